// @module-tag offline
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bounceTrack } from '../../scripts/lib/ardour/run.js';
import { audioOfDraws, differences, examine } from '../../scripts/lib/audio-check.js';
import { compareLane } from '../../scripts/lib/lane-check.js';
import { type EpochRecord, offlineEpoch } from '../../scripts/lib/record.js';
import { watchSessions } from '../../scripts/lib/watch.js';
import { changePoint, mean } from './change-point.js';
import { type Exported, Rig, stereo } from './rig.js';

/** Jumps at second 10, from one frame to the next; both values are exact in the float32 that hosts send. */
const jumpFrame = 480_000;
const jumpStep = 160_000;
const endFrame = 504_000;
const jumpingLane = [
  { frame: 0, value: 0.5 },
  { frame: jumpFrame - 1, value: 0.5 },
  { frame: jumpFrame, value: 1.75 },
];
/** Ardour's own bounce runs blocks of this many frames, and gives each one value of the lane. */
const bounceBlockSteps = Math.ceil(8192 / 3);

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
});
afterAll(() => rig.close());

/** The file is nothing but the draws, each in its place: no hole, nothing late. */
function expectAudioOfDraws({ wav, record }: Pick<Exported, 'wav' | 'record'>, frames: number): void {
  const expected = audioOfDraws(record, 0, frames);
  for (const channel of stereo(wav)) expect(differences(channel, expected)).toEqual({ count: 0, first: undefined });
  expect(record.segments).toHaveLength(1);
}

/** Where the temperature of the draws jumps, and where their entropy does. */
function jumps(record: EpochRecord): { temperature: number; entropy: number } {
  const temperature = record.temperature.findIndex((value) => value > 1);
  const entropy = changePoint(record.entropy, temperature - 4000, temperature + 4000);
  const [before, after] = [record.entropy.subarray(0, temperature), record.entropy.subarray(temperature)];
  expect(mean(after) - mean(before)).toBeGreaterThan(1);
  return { temperature: temperature + record.rootStep, entropy: entropy + record.rootStep };
}

describe('an export', () => {
  test('is whole, of exact length, and the same bytes every time; another take is another', async () => {
    const lane = [
      { frame: 0, value: 0.8 },
      { frame: 96_000, value: 1.2 },
    ];
    const plan = await rig.session('twice', 96_000, lane);
    const watch = await watchSessions(rig.service.pageUrl);
    const first = await rig.exportAndRecord(plan);
    const counts = watch.counts();
    watch.close();
    const second = await rig.exportAndRecord(plan);

    expect(first.wav.frameCount).toBe(96_000);
    expectAudioOfDraws(first, 96_000);
    expect(counts).toMatchObject({ underrunCount: 0, offlineMissFrameCount: 0, gapFrameCount: 0, overflowCount: 0 });
    expect(examine(stereo(first.wav)[0], 48_000)).toMatchObject({ nonFinite: 0, silentShare: 0 });
    expect(first.bytes.equals(second.bytes)).toBe(true);

    // What is compared can differ: another seed, and a hole of one frame.
    const other = await rig.exportAndRecord(await rig.session('other', 96_000, lane, { seed: 2 }));
    expect(other.record.seed).toBe(2);
    expect(other.bytes.equals(first.bytes)).toBe(false);
    const [left] = stereo(first.wav);
    left[48_000] = 0;
    expect(differences(left, audioOfDraws(first.record, 0, 96_000))).toEqual({ count: 1, first: 48_000 });
  });

  test.each([
    { name: 'alone', options: {} },
    { name: 'after a latent plugin', options: { before: ['SimmerTestLatent'] } },
    { name: 'before a latent plugin', options: { after: ['SimmerTestLatent'] } },
  ])('jumps in its draws where the lane jumps, $name', async ({ name, options }) => {
    const plan = await rig.session(`jump-${name.replaceAll(' ', '-')}`, endFrame, jumpingLane, options);
    const exported = await rig.exportAndRecord(plan);

    const { temperature, entropy } = jumps(exported.record);
    expect(temperature).toBe(jumpStep);
    expect(Math.abs(entropy - temperature)).toBeLessThanOrEqual(1);
    expectAudioOfDraws(exported, endFrame);
    // A lane that jumps two steps later would be told apart.
    expect(compareLane(exported.record, jumpingLane, 2).jumpSteps).toBe(2);
  });
});

describe("Ardour's own bounce", () => {
  test.each([
    { name: 'alone', options: {} },
    { name: 'after a latent plugin', options: { before: ['SimmerTestLatent'] } },
    { name: 'before a latent plugin', options: { after: ['SimmerTestLatent'] } },
  ])('jumps within one of its blocks, and is whole, $name', async ({ name, options }) => {
    const plan = await rig.session(`bounce-${name.replaceAll(' ', '-')}`, endFrame, jumpingLane, options);
    const wav = await bounceTrack(rig.home, plan, { track: 'simmer', timeoutMillis: 120_000 });
    const recordFolder = rig.recordFolder;
    await rig.restartService();
    const record = offlineEpoch(recordFolder, endFrame);

    const { temperature, entropy } = jumps(record);
    expect(Math.abs(temperature - jumpStep)).toBeLessThanOrEqual(bounceBlockSteps);
    // Of a block Ardour tells one value, that of its end: in a song that was never heard the lane goes there in a line.
    expect(Math.abs(entropy - temperature)).toBeLessThanOrEqual(bounceBlockSteps);
    expect(wav.frameCount).toBe(endFrame);
    expectAudioOfDraws({ wav, record }, endFrame);
  });

  test('of a constant lane is the export of it', async () => {
    const plan = await rig.session('constant', 96_000, [{ frame: 0, value: 1 }]);
    const { wav } = await rig.exportAndRecord(plan);
    const bounced = await bounceTrack(rig.home, plan, { track: 'simmer', timeoutMillis: 120_000 });
    for (const channel of [0, 1] as const) {
      expect(differences(stereo(bounced)[channel], stereo(wav)[channel])).toEqual({ count: 0, first: undefined });
    }
  });
});
