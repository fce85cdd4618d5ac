import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ShapedSteps } from '../../../service/src/take/segment.js';
import { isSegmentKey, nextKey, rootKey } from '../../../service/src/take/segment-key.js';

const digest = 'ab'.repeat(32);

function shaped(
  temperature: number[],
  strength = temperature.map(() => 0),
  bin = temperature.map(() => 128),
): ShapedSteps {
  return {
    temperature: Uint16Array.from(temperature),
    guideStrength: Uint8Array.from(strength),
    guideBin: Uint8Array.from(bin),
  };
}

describe('the key of a segment', () => {
  test('is what its documentation says, and so the same on every machine and in every version', () => {
    const root = createHash('sha256').update(`simmer root 1\0${digest}\0${7}\0${640}`).digest('hex');
    expect(rootKey(digest, 7, 640)).toBe(root);
    expect(rootKey(digest, 7, 640, 'onnx')).toBe(root);
    const kernel = createHash('sha256').update(`simmer root 1\0${digest}\0${7}\0${640}\0kernel-int8-1`).digest('hex');
    expect(rootKey(digest, 7, 640, 'kernel-int8-1')).toBe(kernel);
    const key = createHash('sha256')
      .update(`simmer segment 1\0${root}\0${2}\0`)
      .update(Uint8Array.of(0x34, 0x12, 0xff, 0x0f, 1, 2, 3, 4))
      .digest('hex');
    expect(nextKey(root, shaped([0x1234, 0x0fff], [1, 2], [3, 4]))).toBe(key);
    expect(isSegmentKey(key)).toBe(true);
  });

  test('differs with everything that a draw depends on, and with nothing else', () => {
    const plain = {
      digest,
      seed: 7,
      rootStep: 640,
      engine: 'onnx',
      before: [4000, 4000],
      shape: shaped([1, 2, 3], [4, 5, 6], [7, 8, 9]),
    };
    const keyOf = (of: typeof plain) =>
      nextKey(nextKey(rootKey(of.digest, of.seed, of.rootStep, of.engine), shaped(of.before)), of.shape);
    const changed = [
      { ...plain, digest: 'ac'.repeat(32) },
      { ...plain, seed: 8 },
      { ...plain, rootStep: 704 },
      { ...plain, engine: 'kernel-int8-1' },
      { ...plain, engine: 'kernel-int8-2' },
      { ...plain, engine: 'kernel-float32-1' },
      { ...plain, before: [4000, 4001] },
      { ...plain, before: [4000] },
      { ...plain, shape: shaped([1, 2, 4], [4, 5, 6], [7, 8, 9]) },
      { ...plain, shape: shaped([1, 2, 3], [4, 5, 7], [7, 8, 9]) },
      { ...plain, shape: shaped([1, 2, 3], [4, 5, 6], [7, 8, 8]) },
      { ...plain, shape: shaped([1, 2], [4, 5], [7, 8]) },
    ];
    expect(new Set([plain, ...changed].map(keyOf)).size).toBe(changed.length + 1);
    expect(keyOf({ ...plain })).toBe(keyOf(plain));
    // Views of a larger buffer are what they show.
    const wide = shaped([9, 1, 2, 3, 9], [9, 4, 5, 6, 9], [9, 7, 8, 9, 9]);
    const view: ShapedSteps = {
      temperature: wide.temperature.subarray(1, 4),
      guideStrength: wide.guideStrength.subarray(1, 4),
      guideBin: wide.guideBin.subarray(1, 4),
    };
    expect(keyOf({ ...plain, shape: view })).toBe(keyOf(plain));
  });

  test('does not run fields into one another', () => {
    expect(rootKey('a', 12, 3)).not.toBe(rootKey('a', 1, 23));
    expect(rootKey('a1', 2, 3)).not.toBe(rootKey('a', 12, 3));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 64 }), fc.integer({ min: 1, max: 7 }), (bytes, cut) => {
        // The same bytes in all, split in another way between the arrays.
        const split = (steps: number) => ({
          temperature: new Uint16Array(bytes.slice(0, 2 * steps).buffer),
          guideStrength: bytes.slice(2 * steps, 3 * steps),
          guideBin: bytes.slice(3 * steps, 4 * steps),
        });
        const most = Math.floor(bytes.length / 4);
        const fewer = Math.min(cut, most - 1);
        expect(nextKey(digest, split(most))).not.toBe(nextKey(digest, split(fewer)));
      }),
    );
  });

  test('is 64 digits of hex; nothing else passes for one', () => {
    for (const text of [
      '',
      'a'.repeat(63),
      'a'.repeat(65),
      'A'.repeat(64),
      'g'.repeat(64),
      `../${'a'.repeat(61)}`,
      `${'a'.repeat(64)}\n`,
    ]) {
      expect(isSegmentKey(text)).toBe(false);
    }
  });
});
