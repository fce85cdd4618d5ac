import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openGuideFile, readChannels } from '../../../service/src/cli/guide-file.js';
import { binAmplitudes } from '../../../service/src/core/mu-law.js';
import { halfWidthPeriods } from '../../../service/src/core/resampler.js';
import { Clock } from '../../../service/src/core/units.js';
import { wavHeader } from '../../../service/src/core/wav.js';
import { GuideTrack } from '../../../service/src/render/guide-track.js';

/** Tones below 0.8 of half the slower rate: what any good resampler keeps as it is. Known at every time, so it is the reference. */
interface Sound {
  readonly shares: readonly number[];
  readonly lowestHalfRateHz: number;
}

const at = ({ shares, lowestHalfRateHz }: Sound, seconds: number) =>
  shares.reduce((sum, share, tone) => sum + Math.sin(2 * Math.PI * share * lowestHalfRateHz * seconds + tone), 0) /
  (2 * shares.length);
const sampled = (sound: Sound, rateHz: number, count: number) =>
  Float32Array.from({ length: count }, (_, frame) => at(sound, frame / rateHz));

function file(sound: Sound, rateHz: number, seconds: number): Uint8Array {
  const values = sampled(sound, rateHz, Math.ceil(seconds * rateHz));
  const header = wavHeader({ sampleRateHz: rateHz, channelCount: 1, frameCount: values.length });
  return Buffer.concat([header, new Uint8Array(values.buffer)]);
}

/** The largest difference from the reference, away from the ends, where the filter sees nothing. */
function farthest(values: Float32Array, rateHz: number, sound: Sound, edgeSeconds: number): number {
  let most = 0;
  const edge = Math.ceil(edgeSeconds * rateHz);
  expect(values.length).toBeGreaterThan(3 * edge);
  for (let frame = edge; frame < values.length - edge; frame += 1)
    most = Math.max(most, Math.abs((values[frame] ?? 0) - at(sound, frame / rateHz)));
  return most;
}

const usual = [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000] as const;
const pairs: [number, number][] = usual.flatMap((from) => usual.map((to): [number, number] => [from, to]));
const shares = [0.11, 0.43, 0.79];

const quiet = (line: string) => expect.fail(line);

async function holds(fromHz: number, toHz: number, sound: Sound): Promise<void> {
  const edgeSeconds = (halfWidthPeriods + 2) / Math.min(fromHz, toHz);
  const bytes = file(sound, fromHz, 5 * edgeSeconds);
  const guide = await openGuideFile('g.wav', bytes, toHz, false, quiet);
  const [prime = new Float32Array(0)] = await readChannels('p.wav', bytes, toHz, 1, quiet);
  expect(farthest(guide.frames(0, guide.frameCount), toHz, sound, edgeSeconds)).toBeLessThan(1.5e-3);
  expect(farthest(prime, toHz, sound, edgeSeconds)).toBeLessThan(1.5e-3);
}

describe('audio of a file is where it was, and as loud', () => {
  test.each(pairs)('from %i to %i Hz', async (fromHz, toHz) => {
    await holds(fromHz, toHz, { shares, lowestHalfRateHz: Math.min(fromHz, toHz) / 2 });
  });

  test('from any rate to any other', { timeout: 60_000 }, async () => {
    const rate = fc.integer({ min: 8000, max: 192_000 });
    const tones = fc.array(fc.double({ min: 0.02, max: 0.8, noNaN: true }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(rate, rate, tones, (fromHz, toHz, shares) =>
        holds(fromHz, toHz, { shares, lowestHalfRateHz: Math.min(fromHz, toHz) / 2 }),
      ),
      { numRuns: 60 },
    );
  });
});

describe("a plugin's guide is heard, after the filter's delay", () => {
  const hosts = [22_050, 44_100, 48_000, 47_999, 96_000];
  const models = [8000, 16_000, 22_050, 44_100, 48_000];
  test.each(hosts.flatMap((host) => models.map((model): [number, number] => [host, model])))(
    'of a host at %i Hz by a model at %i Hz',
    (hostHz, modelHz) => {
      const slowerHz = Math.min(hostHz, modelHz);
      const sound = { shares: [0.05, 0.11], lowestHalfRateHz: slowerHz / 2 };
      const clock = new Clock(hostHz, modelHz);
      const track = new GuideTrack(clock, 0, -20, { coefficient: 0, gain: 1 });
      const frames = sampled(sound, hostHz, Math.ceil(hostHz / 4));
      track.append(0, frames.length, frames);
      // Once the level has settled, it is one factor for a while: correlation is what there is to compare.
      const last = clock.firstStepAt(frames.length) - 1;
      let [both, heard, expected] = [0, 0, 0];
      for (let step = last - Math.ceil(modelHz / 10); step <= last; step += 1) {
        const value = binAmplitudes[track.bin(step)] ?? 0;
        const reference = at(sound, step / modelHz - halfWidthPeriods / slowerHz);
        both += value * reference;
        heard += value ** 2;
        expected += reference ** 2;
        expect(track.gate(step)).toBeGreaterThan(0.9);
      }
      expect(both / Math.sqrt(heard * expected)).toBeGreaterThan(0.99);
    },
  );
});
