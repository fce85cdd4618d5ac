// @module-tag offline
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSession } from '../../scripts/lib/ardour/session.js';
import { Rig, simmer } from './rig.js';

const endFrame = 24_000;
const impulseFrame = 12_000;

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
});
afterAll(() => rig.close());

/** Where the guide that reached the service is not silent, in song frames. */
async function impulsesHeard(name: string, latent: boolean): Promise<number[]> {
  const impulse = new Float32Array(endFrame);
  impulse[impulseFrame] = 0.5;
  const plugins = [
    simmer([{ frame: 0, value: 0.75 }], { guideAmount: 1, sidechain: true }),
    ...(latent ? [{ name: 'SimmerTestLatent' }] : []),
  ];
  const plan = rig.plan(name, endFrame, [
    { name: 'simmer', plugins },
    { name: 'guide', audio: impulse, sendTo: 'simmer' },
  ]);
  await makeSession(rig.home, plan);
  const { record } = await rig.exportAndRecord(plan);
  return [...(record.guide ?? [])].flatMap((value, index) => (value === 0 ? [] : [record.rootFrame + index]));
}

test('a Send into the sidechain arrives at its own song frame', async () => {
  expect(await impulsesHeard('guide', false)).toEqual([impulseFrame]);
});

test('also with a latent plugin behind Simmer', async () => {
  expect(await impulsesHeard('guide-latent', true)).toEqual([impulseFrame]);
});
