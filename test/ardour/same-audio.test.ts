// @module-tag offline
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../../scripts/lib/audio-check.js';
import { type EpochRecord, readRecords } from '../../scripts/lib/record.js';
import { renderWithoutHost } from '../../scripts/lib/service.js';
import { readWav } from '../../scripts/lib/wav-file.js';
import { Rig, sampleRateHz, stereo } from './rig.js';

const seconds = 4;
const endFrame = seconds * sampleRateHz;
const seed = 7;

/** Renders a lane file by `simmer render`, as long as the export. */
async function render(rig: Rig, name: string, lane: string, model: string, take = seed) {
  const [output, recordFolder] = [join(rig.folder, `${name}.wav`), join(rig.folder, `${name}-record`)];
  const wanted = ['--model', model, '--lane', lane, '--seconds', `${seconds}`, '--take', `${take}`];
  await renderWithoutHost([...wanted, '--rate', `${sampleRateHz}`, '--record', recordFolder, '-o', output]);
  const [record] = readRecords(recordFolder);
  if (record === undefined) throw new Error('simmer render recorded nothing.');
  return { wav: readWav(output), record };
}

/** The first draws of both, as many as the song is long. */
function drawsOf({ drawn, rootStep, modelRateHz }: EpochRecord): Uint8Array {
  if (!(drawn instanceof Uint8Array)) throw new Error('These models draw bins.');
  expect(rootStep).toBe(0);
  expect(drawn.length).toBeGreaterThanOrEqual((endFrame * modelRateHz) / sampleRateHz);
  return drawn.subarray(0, (endFrame * modelRateHz) / sampleRateHz);
}

// The tiny model is fast; one-song is the one that people hear.
describe.each(['tiny', 'one-song'])('with %s, simmer render and the export from Ardour are the same audio', (model) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start(model);
  });
  afterAll(() => rig.close());

  async function expectSame(name: string, exported: Awaited<ReturnType<Rig['exportAndRecord']>>, lane: string) {
    const rendered = await render(rig, name, lane, model);
    expect(Buffer.compare(drawsOf(rendered.record), drawsOf(exported.record))).toBe(0);
    const [mono = new Float32Array()] = rendered.wav.channels;
    for (const channel of stereo(exported.wav))
      expect(differences(channel, mono)).toEqual({ count: 0, first: undefined });
    return mono;
  }

  test('for a lane of steps, drawn in both', async () => {
    // Values that float32 holds exactly, jumping from one frame to the next: nothing in it can be rounded differently.
    const jumps = [
      [0, 0.75],
      [50_000, 1.125],
      [120_001, 0.875],
    ] as const;
    const drawn = jumps.flatMap(([frame, value], index) => {
      const before = jumps[index - 1];
      return before === undefined
        ? [{ frame, value }]
        : [
            { frame: frame - 1, value: before[1] },
            { frame, value },
          ];
    });
    const exported = await rig.exportAndRecord(await rig.session('steps', endFrame, drawn, { seed }));
    const lane = join(rig.folder, 'steps.csv');
    writeFileSync(lane, jumps.map(([frame, value]) => `${frame / sampleRateHz},${value},hold\n`).join(''));
    const mono = await expectSame('steps', exported, lane);

    // Another take of it is other audio: the comparison can tell.
    const other = await render(rig, 'steps-other', lane, model, seed + 1);
    expect(differences(other.wav.channels[0] ?? new Float32Array(), mono).count).toBeGreaterThan(endFrame / 2);
  });

  test('for a ramp, through the lane as Ardour delivered it', async () => {
    const ramp = [
      { frame: 0, value: 0.75 },
      { frame: endFrame / 2, value: 1.1 },
      { frame: endFrame, value: 0.75 },
    ];
    const exported = await rig.exportAndRecord(await rig.session('ramp', endFrame, ramp, { seed }));
    await expectSame('ramp', exported, join(exported.record.folder, 'delivered-lane.csv'));
  });
});
