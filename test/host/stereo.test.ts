import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differences } from '../../scripts/lib/audio-check.js';
import { readWav } from '../../scripts/lib/wav-file.js';
import { fixtureModels } from '../support/played-model.js';
import { runSimmer, ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { runOne, type Segment } from '../support/test-host.js';
import { heardFrames } from './heard.js';
import { sampleRate } from './rig.js';

const models = ['--models', fixtureModels, '--model', 'vq-tiny-stereo'];
const frameCount = 2 * sampleRate;
const lane = { points: [{ frame: 0, value: 1 }] };
const take = 4;

let service: ServiceProcess;
let runtimeDir: string;
beforeAll(async () => {
  runtimeDir = temporaryFolder();
  service = await ServiceProcess.start(models, runtimeDir);
});
afterAll(() => service.stop());

test('a stereo model reaches both outputs of the plugin unmixed, exported and played', {
  tags: ['offline'],
}, async () => {
  const folder = temporaryFolder();
  const [laneFile, output] = [join(folder, 'lane.csv'), join(folder, 'out.wav')];
  writeFileSync(laneFile, '0,1\n');
  const args = [...models, '--lane', laneFile, '--seconds', '2', '--take', `${take}`, '-o', output];
  const { code, stderr } = await runSimmer(['render', ...args]);
  expect(code, stderr).toBe(0);
  const [left = new Float32Array(), right = new Float32Array()] = readWav(output).channels;

  const segments: Segment[] = [
    { kind: 'announced-offline', frameCount, lane, blocks: { random: 3 } },
    { kind: 'stop', frameCount: 4800, untilStatus: 'Ready', lane },
    { kind: 'play', frameCount, lane, blocks: 512 },
  ];
  const played = await runOne({ parameters: { Take: take }, segments }, { runtimeDir });
  const [exported, , heard] = played.segments;
  if (exported === undefined || heard === undefined) throw new Error('a segment is missing');
  expect(differences(exported.left, left)).toEqual({ count: 0, first: undefined });
  expect(differences(exported.right, right)).toEqual({ count: 0, first: undefined });
  // Control: they are two.
  expect(differences(left, right).count).toBeGreaterThan(frameCount / 2);

  const isHeard = heardFrames(heard);
  const other = (channel: Float32Array, expected: Float32Array) =>
    channel.filter((value, frame) => isHeard[frame] === 1 && !Object.is(value, expected[frame])).length;
  expect([other(heard.left, left), other(heard.right, right)]).toEqual([0, 0]);
});
