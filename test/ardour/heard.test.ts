import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionPlan } from '../../scripts/lib/ardour/plan.js';
import { bounceTrack, exportSession, recordPlayback } from '../../scripts/lib/ardour/run.js';
import { makeSession } from '../../scripts/lib/ardour/session.js';
import { examine } from '../../scripts/lib/audio-check.js';
import { watchSessions } from '../../scripts/lib/watch.js';
import { readWav } from '../../scripts/lib/wav-file.js';
import { limits } from '../../service/src/core/limits.js';
import { compareHeard, type Heard, heardOf, shiftAgainst, songClock } from './heard.js';
import { Rig, sampleRateHz, simmer, stereo } from './rig.js';

const seconds = 12;
const endFrame = seconds * sampleRateHz;
/** Not at the start of a block of any size used here, nor of a model block. */
const jumpFrame = 5 * sampleRateHz + 77;
/**
 * A busy machine leaves gaps in playback. One longer than this means that playback fell so far behind that it began anew,
 * with another take: a passage from frame 0 on is the first of them only.
 */
const gapFramesMax = limits.catchUpSecondsMax * sampleRateHz;
const heardShareMin = 0.5;
/** Audio has no run of exact zeros as long as this. */
const zeroRunMax = 64;

const lanes = {
  slope: [
    { frame: 0, value: 0.75 },
    { frame: endFrame / 2, value: 1.1 },
    { frame: endFrame, value: 0.8 },
  ],
  jump: [
    { frame: 0, value: 0.75 },
    { frame: jumpFrame - 1, value: 0.75 },
    { frame: jumpFrame, value: 1.25 },
  ],
};

// The tiny model is fast; one-song is the one that people hear, and remembers a change for longer. At half the pace it is
// in time on slow machines too.
const cases = [
  { model: 'tiny', name: 'slope', speed: 'normal' },
  { model: 'tiny', name: 'jump', speed: 'normal' },
  { model: 'one-song', name: 'jump', speed: 'half' },
] as const;

describe.each(cases)('what was heard of a lane with a $name, with $model,', ({ model, name, speed }) => {
  let rig: Rig;
  let store: string;
  let plan: SessionPlan;
  let heard: Heard;
  let missedFrames: number;
  let unheard: Float32Array;

  async function exported(blockFrames: number): Promise<readonly [Float32Array, Float32Array]> {
    const output = join(rig.folder, `${name}-${blockFrames}.wav`);
    await exportSession(rig.home, plan, { output, blockFrames, timeoutMillis: 120_000 });
    return stereo(readWav(output));
  }

  /** Every frame that was heard is in this audio, and where playback was silent there is audio as well. */
  function expectHeard(channels: readonly Float32Array[]): void {
    for (const channel of channels) {
      // Ardour's own fault, which comes and goes: everything of an export is 16 frames early.
      expect(shiftAgainst(heard, channel) ?? 0, 'frames by which Ardour shifted the export').toBe(0);
      const { compared, ...rest } = compareHeard(heard, channel);
      expect(rest).toEqual({ different: 0, first: undefined });
      expect(compared).toBeGreaterThan(heardShareMin * endFrame);
      expect(channel).toHaveLength(endFrame);
      expect(examine(channel, sampleRateHz).longestZeroRun).toBeLessThan(zeroRunMax);
    }
  }

  beforeAll(async () => {
    store = mkdtempSync(join(tmpdir(), 'simmer-store-'));
    rig = await Rig.start(model, ['--store', store]);
    plan = rig.plan(name, endFrame, [
      { name: 'simmer', plugins: [simmer(lanes[name], { seed: 5 })] },
      { name: 'clock', audio: songClock(endFrame), offMix: true },
      { name: 'tape', listensTo: ['simmer', 'clock'], offMix: true },
    ]);
    await makeSession(rig.home, plan);
    // What the lane sounds like where nothing was heard before. Ardour does not save what it exported.
    [unheard] = await exported(1024);
    await rig.service.stop();
    rmSync(store, { recursive: true });
    await rig.startService();

    const watch = await watchSessions(rig.service.pageUrl);
    const options = { track: 'tape', untilFrame: endFrame + sampleRateHz / 2, blockFrames: 256, speed };
    heard = heardOf(await recordPlayback(rig.home, plan, options), endFrame);
    missedFrames = watch.counts().underrunFrameCount;
    watch.close();
    const longest = Math.max(0, ...heard.gaps.map(({ start, end }) => end - start));
    if (longest > gapFramesMax || heard.missingFrames > (1 - heardShareMin) * endFrame)
      throw new Error(
        `This machine was too busy to play: ${heard.missingFrames} of ${endFrame} frames were missing, ${longest} at once.`,
      );
    // Nobody remembers anything now but the saved session, and the store.
    await rig.restartService();
  });
  afterAll(async () => {
    await rig.close();
    rmSync(store, { recursive: true, force: true });
  });

  test('is audio, in its place, and every frame that was not there is counted', () => {
    const { compared } = compareHeard(heard, heard.values);
    expect(compared).toBeGreaterThan(heardShareMin * endFrame);
    expect(heard.missingFrames).toBeLessThanOrEqual(missedFrames);
    expect(examine(heard.values, sampleRateHz)).toMatchObject({ nonFinite: 0 });
    if (name !== 'jump') return;
    // The jump could not be known before it came. Up to there the audio is that of the lane alone, in its place; there it
    // is not, so that a comparison with what was heard can tell it from a comparison with the lane.
    const { first } = compareHeard(heard, unheard);
    expect(first).toBeGreaterThanOrEqual(jumpFrame);
    expect(first).toBeLessThan(jumpFrame + sampleRateHz);
  });

  test('is what is exported, in blocks of another size', async () => {
    expectHeard(await exported(1024));
  });

  test("is what Ardour's own bounce gives", async () => {
    const bounced = await bounceTrack(rig.home, plan, { track: 'simmer', timeoutMillis: 120_000 });
    expectHeard(stereo(bounced));
  });

  test('is what is exported after the store was deleted', async () => {
    expect(existsSync(store) ? readdirSync(store) : []).not.toEqual([]);
    await rig.service.stop();
    rmSync(store, { recursive: true });
    await rig.startService();
    expectHeard(await exported(512));
  });
});
