// @module-tag offline
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exportSession } from '../../scripts/lib/ardour/run.js';
import { examine } from '../../scripts/lib/audio-check.js';
import { forgetTimeOfExport, readWav } from '../../scripts/lib/wav-file.js';
import { Rig, sampleRateHz, stereo } from './rig.js';

const endFrame = 20 * sampleRateHz;
const lane = [
  { frame: 0, value: 0.75 },
  { frame: endFrame / 2, value: 1.1 },
  { frame: endFrame, value: 0.75 },
];
/** The service is killed when this share of the file is written. */
const killedAt = 0.25;
/** docs/protocol.md: a link that is gone is waited for this long; Ardour needs some seconds more around it. */
const waitsSecondsMax = 30 + 30;

/** An export that Ardour itself lets fall cannot be gone on with: the whole test is run again, once. */
const oneRetry = { retry: 1 };

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start();
});
afterEach(() => rig.close());

/** Exports and calls `atKill` once the first part is written. */
async function exportKilled(plan: Parameters<typeof exportSession>[1], output: string, atKill: () => Promise<void>) {
  let killing: Promise<void> | undefined;
  await exportSession(rig.home, plan, {
    output,
    timeoutMillis: 180_000,
    retries: 0,
    onProgress: (share) => {
      if (share >= killedAt && share < 1) killing ??= atKill();
    },
  });
  expect(killing, 'the export was over before the service was killed').toBeDefined();
  await killing;
  forgetTimeOfExport(output);
}

test('an export whose service is killed and comes back equals the undisturbed one', oneRetry, async () => {
  const plan = await rig.session('killed', endFrame, lane);
  const undisturbed = await rig.exportAndRecord(plan);
  const output = join(rig.folder, 'killed.wav');
  let bytesAtReturn = 0;
  await exportKilled(plan, output, async () => {
    await rig.service.kill();
    await sleep(2000);
    bytesAtReturn = statSync(output).size;
    await rig.startService();
  });
  // The export did wait for the service: most of it was written after its return.
  expect(bytesAtReturn).toBeLessThan(undisturbed.bytes.length * 0.8);
  expect(readFileSync(output).equals(undisturbed.bytes)).toBe(true);
});

test('an export whose service never comes back ends within a bound, and says so', oneRetry, async () => {
  const plan = await rig.session('lost', endFrame, lane);
  const output = join(rig.folder, 'lost.wav');
  let killedMoment = 0;
  await exportKilled(plan, output, async () => {
    await rig.service.kill();
    killedMoment = performance.now();
  });
  expect((performance.now() - killedMoment) / 1000).toBeLessThan(waitsSecondsMax);
  // Silence from there on, and the reason for people in the shim's log.
  const [left] = stereo(readWav(output));
  expect(examine(left, sampleRateHz).longestZeroRun).toBeGreaterThan(endFrame / 10);
  expect(rig.shimLog()).toMatch(/lost and has not come back in 30 s/);
});
