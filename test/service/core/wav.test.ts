import { expect, test } from 'vitest';
import { mixToMono, parseWav, wavHeader, wavValuesMax } from '../../../service/src/core/wav.js';

function wav(tag: number, bits: number, channelCount: number, data: number[]): Uint8Array {
  const bytes = Buffer.alloc(44 + data.length);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + data.length, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(tag, 20);
  bytes.writeUInt16LE(channelCount, 22);
  bytes.writeUInt32LE(44_100, 24);
  bytes.writeUInt16LE(bits, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(data.length, 40);
  bytes.set(data, 44);
  return bytes;
}

test('what is written comes back', () => {
  const values = Float32Array.of(0, 0.5, -1, 1e-20, 0.3);
  const file = Buffer.concat([
    wavHeader({ sampleRateHz: 48_000, channelCount: 1, frameCount: 5 }),
    new Uint8Array(values.buffer),
  ]);
  expect(parseWav(file)).toEqual({ sampleRateHz: 48_000, channelCount: 1, frameCount: 5, values });
  expect(file.readUInt32LE(4)).toBe(file.length - 8);
});

test('channels are interleaved', () => {
  const values = Float32Array.of(0.1, -0.1, 0.2, -0.2, 0.3, -0.3);
  const header = wavHeader({ sampleRateHz: 44_100, channelCount: 2, frameCount: 3 });
  const file = Buffer.concat([header, new Uint8Array(values.buffer)]);
  expect(parseWav(file)).toEqual({ sampleRateHz: 44_100, channelCount: 2, frameCount: 3, values });
  // Bytes of a second, and of a frame.
  expect([file.readUInt32LE(28), file.readUInt16LE(32)]).toEqual([8 * 44_100, 8]);
  expect(() => wavHeader({ sampleRateHz: 48_000, channelCount: 2, frameCount: wavValuesMax / 2 + 1 })).toThrow(
    'at most',
  );
});

test.each([
  ['16 bits', wav(1, 16, 1, [0x00, 0x40, 0x00, 0x80]), [0.5, -1]],
  ['24 bits', wav(1, 24, 1, [0x00, 0x00, 0x40, 0x01, 0x00, 0x80, 0xff, 0xff, 0xff]), [0.5, -1 + 2 ** -23, -(2 ** -23)]],
  ['32 bits', wav(1, 32, 1, [0, 0, 0, 0xc0]), [-0.5]],
])('reads PCM of %s', (_, file, values) => {
  expect([...parseWav(file).values]).toEqual(values);
});

test('channels are mixed by their mean', () => {
  const { values, channelCount } = parseWav(wav(1, 16, 2, [0x00, 0x40, 0x00, 0x20]));
  expect([...mixToMono(values, channelCount)]).toEqual([0.375]);
});

test.each([
  ['text', Buffer.from('hello, this is no sound')],
  ['nothing', new Uint8Array(0)],
  ['no format', Buffer.concat([Buffer.from('RIFF\x04\0\0\0WAVEdata\x02\0\0\0ab')])],
  ['72 bits', wav(1, 72, 1, [1, 2, 3, 4, 5, 6, 7, 8, 9])],
  ['no channels', wav(1, 16, 0, [1, 2])],
])('refuses %s', (_, bytes) => {
  expect(() => parseWav(bytes)).toThrow();
});

test('a file that ends early gives the frames it has; one that cannot be written is refused', () => {
  const cut = wav(1, 16, 1, [1, 0, 2, 0]).subarray(0, 46);
  expect(parseWav(cut).frameCount).toBe(1);
  expect(() => wavHeader({ sampleRateHz: 48_000, channelCount: 1, frameCount: wavValuesMax + 1 })).toThrow('at most');
});
