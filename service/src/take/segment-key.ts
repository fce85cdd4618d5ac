import { createHash } from 'node:crypto';
import type { Step } from '../core/units.js';
import { littleEndianBytes } from './little-endian.js';
import type { SegmentKey, ShapedSteps } from './segment.js';

/**
 * Keys are a chain: what is drawn depends on everything that was drawn before, so a segment's key depends on the key
 * before it, and that of the first on the root. Two takes that were shaped alike up to a segment share it.
 *
 *     root   = SHA-256("simmer root 1" 00 digest 00 seed 00 root step)      numbers in decimal, text in ASCII
 *     root   = SHA-256("simmer root 1" 00 digest 00 seed 00 root step 00 engine)      where the engine is not "onnx"
 *     key(n) = SHA-256("simmer segment 1" 00 key(n−1) 00 step count 00
 *                      temperature[] as u16 little-endian · strength[] as u8 · bin[] as u8)
 *
 *     key(n) = SHA-256("simmer segment 2" 00 …the same… · condition[] as u32 little-endian)     of a model of codes
 *
 * The number in each tag rises whenever the same inputs come to mean other draws, so that nothing stored before is
 * taken for them.
 */
const rootTag = 'simmer root 1';
const segmentTag = 'simmer segment 1';
const conditionedTag = 'simmer segment 2';

/** The engine that no key names: there was no other when the first songs were made, and theirs must be found. */
const unnamedEngine = 'onnx';

/** What the first segment of a take follows. `modelDigestHex` is the SHA-256 of the model's manifest. */
export function rootKey(modelDigestHex: string, seed: number, rootStep: Step, engine = unnamedEngine): SegmentKey {
  const named = engine === unnamedEngine ? [] : [engine];
  return createHash('sha256')
    .update([rootTag, modelDigestHex, seed, rootStep, ...named].join('\0'))
    .digest('hex');
}

/** The key of the segment that follows `previousKey` (a segment's or rootKey) and was shaped by `shaping`. */
export function nextKey(previousKey: SegmentKey, shaping: ShapedSteps): SegmentKey {
  const tag = shaping.condition === undefined ? segmentTag : conditionedTag;
  const hash = createHash('sha256')
    .update(`${[tag, previousKey, shaping.temperature.length].join('\0')}\0`)
    .update(littleEndianBytes(shaping.temperature))
    .update(shaping.guideStrength)
    .update(shaping.guideBin);
  if (shaping.condition !== undefined) hash.update(littleEndianBytes(shaping.condition));
  return hash.digest('hex');
}

/** True for what could be a key: 64 digits of lower-case hex. Anything else never becomes part of a path. */
export function isSegmentKey(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
