import { describe, expect, test } from 'vitest';
import { parseRiffFile } from '../../../service/src/core/riff-file.js';

interface Shape {
  readonly bits: number;
  readonly containerBytes: number;
  readonly channels?: number;
  readonly extensible?: boolean;
  readonly form?: 'RIFF' | 'RF64' | 'BW64';
}

const values = [0, 0.5, -0.5, 0.25, -0.125, 0.75, -1, 0.0625];

/** Values as they stand in a container: at its top or, as some recorders have it, at its bottom. */
function pcm({ bits, containerBytes }: Shape, bottom = false, amplitudes = values): Buffer {
  const bytes = Buffer.alloc(amplitudes.length * containerBytes);
  for (const [index, value] of amplitudes.entries()) {
    const whole = BigInt(Math.round(value * 2 ** (bits - 1)));
    let stored = bottom ? whole : whole << BigInt(8 * containerBytes - bits);
    if (containerBytes === 1) stored += 128n;
    for (let place = 0; place < containerBytes; place += 1) {
      bytes[index * containerBytes + place] = Number((stored >> BigInt(8 * place)) & 255n);
    }
  }
  return bytes;
}

const chunk = (name: string, content: Buffer, size = content.length) => {
  const head = Buffer.alloc(8);
  head.write(name, 0, 'latin1');
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
};

function wav(shape: Shape, data: Buffer, dataSize = data.length, after = Buffer.alloc(0)): Buffer {
  const { bits, containerBytes, channels = 1, extensible = false, form = 'RIFF' } = shape;
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : 1, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(48_000, 4);
  format.writeUInt32LE(48_000 * channels * containerBytes, 8);
  format.writeUInt16LE(channels * containerBytes, 12);
  format.writeUInt16LE(extensible ? containerBytes * 8 : bits, 14);
  if (extensible) {
    format.writeUInt16LE(22, 16);
    format.writeUInt16LE(bits, 18);
    format.writeUInt16LE(1, 24);
  }
  const long = Buffer.alloc(28);
  long.writeBigUInt64LE(BigInt(data.length), 8);
  const head = Buffer.from(`${form}....WAVE`, 'latin1');
  const parts = [head, chunk('fmt ', format), chunk('data', data, dataSize), after];
  if (form !== 'RIFF') parts.splice(1, 0, chunk('ds64', long));
  return Buffer.concat(parts);
}

const read = (file: Buffer) => Array.from(parseRiffFile(file)?.values ?? []);

describe('PCM of a WAV file', () => {
  const shapes = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((containerBytes) =>
    [8 * containerBytes - 8, 8 * containerBytes - 4, 8 * containerBytes]
      .filter((bits) => bits >= 5 && bits <= 48)
      .map((bits) => ({ bits, containerBytes })),
  );
  test.each(shapes)('of $bits bits in $containerBytes bytes has its level', (shape) => {
    for (const extensible of [false, true])
      for (const form of ['RIFF', 'RF64', 'BW64'] as const) {
        const file = wav({ ...shape, extensible, form }, pcm(shape));
        for (const [index, value] of read(file).entries()) expect(value).toBeCloseTo(values[index] ?? 9, 1);
        expect(read(file)).toHaveLength(values.length);
      }
  });

  test('of 24 bits in 4 bytes is the same at the top and at the bottom of its container', () => {
    const shape = { bits: 24, containerBytes: 4 };
    expect(read(wav(shape, pcm(shape)))).toEqual(values);
    // With what a recorder of 24 bits has and one of 16 has not: a last byte.
    const fine = values.map((value) => value * (1 - 2 ** -17));
    expect(read(wav(shape, pcm(shape, true, fine)))).toEqual(fine);
    expect(read(wav(shape, pcm(shape, false, fine)))).toEqual(fine);
  });
});

describe('data of a size that is not known', () => {
  const shape = { bits: 16, containerBytes: 2, channels: 2 };

  test.each([0, 0xffffffff, 0x7ffff000, 0x80000000])('%i is read to the end of the file', (size) => {
    expect(read(wav(shape, pcm(shape), size))).toEqual(values);
    // A recorder that was cut off inside of a frame.
    expect(read(wav(shape, pcm(shape).subarray(0, -3), size))).toEqual(values.slice(0, -2));
  });

  test('in RF64 is in its ds64, or else to the end', () => {
    const file = wav({ ...shape, form: 'RF64' }, pcm(shape), 0xffffffff, chunk('LIST', Buffer.from('after')));
    expect(read(file)).toEqual(values);
  });

  test('of no audio at all is empty, whatever comes after it', () => {
    expect(read(wav(shape, Buffer.alloc(0), 0))).toEqual([]);
    expect(read(wav(shape, Buffer.alloc(0), 0, chunk('LIST', Buffer.from('after it'))))).toEqual([]);
  });
});
