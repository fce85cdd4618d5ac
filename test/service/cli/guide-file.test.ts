import { describe, expect, test } from 'vitest';
import { openGuideFile, readChannels } from '../../../service/src/cli/guide-file.js';

/** A WAV of PCM, `bits` 16, 24 or 32, or of float where `tag` is 3. */
function wav(rate: number, channels: number, bits: number, values: readonly number[], tag = 1): Uint8Array {
  const bytes = Buffer.alloc(44 + (values.length * bits) / 8);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(tag, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE((rate * channels * bits) / 8, 28);
  bytes.writeUInt16LE((channels * bits) / 8, 32);
  bytes.writeUInt16LE(bits, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(bytes.length - 44, 40);
  for (const [index, value] of values.entries()) {
    const at = 44 + (index * bits) / 8;
    if (tag === 3) bytes.writeFloatLE(value, at);
    else bytes.writeIntLE(Math.round(value * (2 ** (bits - 1) - 1)), at, bits / 8);
  }
  return bytes;
}

const tone = (rate: number, frames: number, hz = 440) =>
  Array.from({ length: frames }, (_, frame) => 0.5 * Math.sin((2 * Math.PI * hz * frame) / rate));
const at48 = (frame: number) => 0.5 * Math.sin((2 * Math.PI * 440 * frame) / 48_000);

const quiet = (line: string) => expect.fail(line);

describe('a guide file', () => {
  test.each([
    [48_000, 1, 16, 1],
    [48_000, 2, 24, 1],
    [44_100, 2, 16, 1],
    [44_100, 1, 32, 3],
    [16_000, 1, 32, 1],
    [96_000, 2, 32, 3],
  ])('of %i Hz, %i channels, %i bits (format %i) sounds where it is', async (rate, channels, bits, tag) => {
    const values = tone(rate, rate).flatMap((value) => Array.from({ length: channels }, () => value));
    const file = await openGuideFile('g.wav', wav(rate, channels, bits, values, tag), 48_000, false, quiet);
    const frames = file.frames(10_000, 20_000);
    for (const [index, value] of frames.entries()) expect(Math.abs(value - at48(10_000 + index))).toBeLessThan(2e-3);
  });

  test('is the same however it is read, silent beyond its end, and repeats as a loop', async () => {
    // 441 periods in a second; a second of 44.1 kHz is a whole number of frames at 48 kHz.
    const bytes = wav(44_100, 1, 16, tone(44_100, 44_100));
    const once = await openGuideFile('g.wav', bytes, 48_000, false, quiet);
    expect(once.frames(49_000, 500).every((value) => value === 0)).toBe(true);
    const loop = await openGuideFile('g.wav', bytes, 48_000, true, quiet);
    const whole = loop.frames(0, 150_000);
    for (const [from, count] of [
      [0, 7],
      [47_990, 20],
      [100_001, 4096],
    ] as const) {
      expect(loop.frames(from, count)).toEqual(whole.slice(from, from + count));
    }
    // Also over the seam: nothing but the tone.
    for (const [index, value] of whole.entries()) expect(Math.abs(value - at48(index))).toBeLessThan(2e-3);
  });

  test.each<[string, Uint8Array, string]>([
    ['that is none', Buffer.from('not a wave file at all'), 'g.wav: This is not an audio file'],
    [
      'of a format of its own',
      wav(48_000, 1, 8, [0, 0], 17),
      'g.wav: The WAV file is neither PCM nor float (format 17',
    ],
    ['without audio', wav(48_000, 1, 16, []), 'g.wav holds no audio'],
    ['with what is no number', wav(48_000, 1, 32, [0, Number.NaN], 3), 'g.wav holds values that are not finite'],
    ['at 3 Hz', wav(3, 1, 16, [0, 0.5]), 'g.wav is at 3 Hz'],
  ])('%s is refused', async (_, bytes, message) => {
    await expect(openGuideFile('g.wav', bytes, 48_000, true, quiet)).rejects.toThrow(message);
  });
});

describe('a file that a take goes on from', () => {
  const left = tone(44_100, 44_100);
  const right = tone(44_100, 44_100, 660);
  const stereo = wav(
    44_100,
    2,
    32,
    left.flatMap((value, at) => [value, right[at] ?? 0]),
    3,
  );
  const mono = (values: readonly number[]) => wav(44_100, 1, 32, values, 3);
  const alone = async (values: readonly number[]) => (await readChannels('p.wav', mono(values), 48_000, 1, quiet))[0];

  test('in stereo stays stereo for a stereo model, and becomes its mean for a mono one', async () => {
    expect(await readChannels('p.wav', stereo, 48_000, 2, quiet)).toEqual([await alone(left), await alone(right)]);
    const mean = Array.from(Float32Array.from(left), (value, at) => (value + Math.fround(right[at] ?? 0)) / 2);
    expect(await readChannels('p.wav', stereo, 48_000, 1, quiet)).toEqual([await alone(mean)]);
  });

  test('in mono is one channel for both', async () => {
    const file = await readChannels('p.wav', mono(left), 48_000, 2, quiet);
    expect(file.map(({ length }) => length)).toEqual([48_000]);
    expect(file).toEqual([await alone(left)]);
  });

  test('of more channels than two is their mean', async () => {
    const three = wav(
      44_100,
      3,
      32,
      left.flatMap((value) => [value, value, value]),
      3,
    );
    expect(await readChannels('p.wav', three, 48_000, 2, quiet)).toHaveLength(1);
  });

  test('that is damaged is refused in words', async () => {
    await expect(readChannels('p.wav', mono([]), 48_000, 2, quiet)).rejects.toThrow('p.wav holds no audio');
    await expect(readChannels('p.wav', mono([0, Number.NaN]), 48_000, 2, quiet)).rejects.toThrow('not finite');
  });
});

describe('channels that cancel one another', () => {
  const antiphase = (gain: number) =>
    wav(
      48_000,
      2,
      32,
      tone(48_000, 4800).flatMap((value) => [gain * value, -value]),
      3,
    );

  test.each([
    [1, 1, 1],
    [0.9, 2, -1],
    [1.1, 1, 1.1],
  ])('with the first at %f become channel %i, and that is said', async (gain, channel, level) => {
    const said: string[] = [];
    const file = await openGuideFile('g.wav', antiphase(gain), 48_000, false, (line) => said.push(line));
    const expected = tone(48_000, 4800).map((value) => level * value);
    for (const [frame, value] of file.frames(0, 4800).entries()) expect(value).toBeCloseTo(expected[frame] ?? 9, 5);
    const [prime] = await readChannels('p.wav', antiphase(gain), 48_000, 1, (line) => said.push(line));
    expect(prime).toEqual(file.frames(0, 4800));
    expect(said).toEqual(
      ['g.wav', 'p.wav'].map(
        (name) => `The channels of ${name} cancel one another: channel ${channel}, the loudest, is taken alone.`,
      ),
    );
  });

  test('stay two for a stereo model', async () => {
    const [left = [], right = []] = await readChannels('p.wav', antiphase(1), 48_000, 2, quiet);
    expect(Array.from(left)).toEqual(Array.from(right, (value) => -value + 0));
  });

  test('are not those of one that is silent, nor of two that are different', async () => {
    const half = tone(48_000, 4800).flatMap((value) => [value, 0]);
    const file = await openGuideFile('g.wav', wav(48_000, 2, 32, half, 3), 48_000, false, quiet);
    expect(file.frames(30, 1)[0]).toBeCloseTo(0.5 * (tone(48_000, 4800)[30] ?? 9), 6);
  });
});
