import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAudioFile } from '../../../service/src/audio-file/read-audio-file.js';
import { Failure } from '../../../service/src/core/failure.js';

/**
 * Files that libsndfile wrote: 0.1 s, left a sine of 440 Hz at 0.5, right one of 660 Hz at 0.25; `mono.mp3` has the left one
 * alone.
 */
const folder = join(import.meta.dirname, '../../fixtures/audio');
const names = readdirSync(folder);
const file = (name: string) => new Uint8Array(readFileSync(join(folder, name)));

/** How far a decoder may be from what was encoded, away from the ends. */
const errorMax = (name: string) => {
  if (/mp3|ogg$/.test(name)) return 0.08;
  return /law|u8|s8/.test(name) ? 0.02 : 2 ** -14;
};

describe('an audio file that somebody else wrote', () => {
  test.each(names)('%s is what was written', async (name) => {
    const { sampleRateHz, channelCount, frameCount, values } = await readAudioFile(file(name));
    expect(sampleRateHz).toBe(22_050);
    expect(channelCount).toBe(2);
    expect(Math.abs(frameCount - 0.1 * sampleRateHz)).toBeLessThan(700);
    const right = name === 'mono.mp3' ? { level: 0.5, hz: 440 } : { level: 0.25, hz: 660 };
    const most = [0, 0];
    for (let frame = 400; frame < 1800; frame += 1) {
      const seconds = (2 * Math.PI * frame) / sampleRateHz;
      const expected = [0.5 * Math.sin(440 * seconds), right.level * Math.sin(right.hz * seconds)];
      for (const [channel, value] of expected.entries())
        most[channel] = Math.max(most[channel] ?? 0, Math.abs((values[2 * frame + channel] ?? 9) - value));
    }
    expect(Math.max(...most)).toBeLessThan(errorMax(name));
  });

  test('of FLAC is read to its end where it does not say its length', async () => {
    const bytes = file('flac-16.flac');
    const whole = await readAudioFile(bytes);
    bytes[21] = (bytes[21] ?? 0) & 0xf0;
    bytes.fill(0, 22, 42);
    expect(await readAudioFile(bytes)).toEqual(whole);
  });

  test('with an ID3 tag in front is the same', async () => {
    const tag = Uint8Array.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 20, ...new Array<number>(20).fill(0)]);
    for (const name of ['flac-16.flac', 'mp3.mp3']) {
      const tagged = await readAudioFile(Buffer.concat([tag, file(name)]));
      expect(tagged.frameCount).toBe((await readAudioFile(file(name))).frameCount);
    }
  });

  test('that is damaged is read as far as it goes, or refused in words', { timeout: 120_000 }, async () => {
    const damage = fc.array(
      fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 0, max: 255 })),
      {
        maxLength: 12,
      },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        damage,
        fc.double({ min: 0.01, max: 1 }),
        async (name, hits, share) => {
          const bytes = file(name).slice(0, Math.ceil(share * file(name).length));
          for (const [place, value] of hits) bytes[Math.floor(place * bytes.length)] = value;
          const outcome = await readAudioFile(bytes).catch((thrown: unknown) => thrown);
          if (outcome instanceof Error) {
            expect(outcome).toBeInstanceOf(Failure);
            expect(outcome).toMatchObject({ code: 'invalid' });
          } else expect(outcome).toHaveProperty('values');
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([
    ['nothing', ''],
    ['a text', 'seconds,temperature\n0,1\n'],
    ['an OGG of something else', 'OggS............................OpusHead'],
    ['a FLAC of junk', 'fLaC'.repeat(200)],
    ['an OGG of junk', `OggS\x01vorbis${'junk'.repeat(200)}`],
  ])('that is %s is refused', async (_, text) => {
    await expect(readAudioFile(Buffer.from(text, 'latin1'))).rejects.toMatchObject({ code: 'invalid' });
  });
});
