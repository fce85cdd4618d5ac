import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { runOne, type Segment } from '../support/test-host.js';
import { expectHeard } from './heard.js';
import { expectAudio, sampleRate, simmerRender } from './rig.js';

let service: ServiceProcess;
let runtimeDir: string;
beforeAll(async () => {
  runtimeDir = temporaryFolder();
  service = await ServiceProcess.start([], runtimeDir);
});
afterAll(() => service.stop());

const take = 5;
const parameters = { Take: take };
const frameCount = 2 * sampleRate;
const lane = { points: [{ frame: 0, value: 0.8 }] };

test('what CLAP plays is what VST3 bounces and simmer render makes', { tags: ['quick'] }, async () => {
  const segments: Segment[] = [
    { kind: 'stop', frameCount: 4800, blocks: 512, untilStatus: 'Ready', lane },
    { kind: 'play', frameCount, blocks: 512, lane },
  ];
  const played = await runOne({ parameters, segments }, { runtimeDir, format: 'clap' });
  const bounced = await runOne(
    { parameters, segments: [{ kind: 'announced-offline', frameCount, blocks: 1024, lane }] },
    { runtimeDir },
  );
  expectAudio(bounced.segments[0], await simmerRender({ lane: lane.points, take, frameCount }));
  expectHeard(played.segments[1], bounced.segments[0]?.left);
  // Control: another take is another audio.
  const other = await simmerRender({ lane: lane.points, take: take + 1, frameCount });
  expect(() => expectHeard(played.segments[1], other)).toThrow();
});
