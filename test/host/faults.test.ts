import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomWholes } from '../support/random.js';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { runOne, type Scenario } from '../support/test-host.js';
import { type Toxic, ToxicProxy } from '../support/toxic-proxy.js';
import { expectHeard } from './heard.js';
import { expectAudio, sampleRate, simmerRender } from './rig.js';

const points = [
  { frame: 0, value: 0.7 },
  { frame: 3 * sampleRate, value: 1.2 },
  { frame: 3 * sampleRate, value: 0.9 },
];
const exported = (frameCount: number, blocks = 1024): Scenario => {
  return { segments: [{ kind: 'announced-offline', frameCount, blocks, lane: { points } }] };
};

let service: ServiceProcess;
let runtimeDir: string;
beforeAll(async () => {
  runtimeDir = temporaryFolder();
  service = await ServiceProcess.start([], runtimeDir);
});
afterAll(() => service.stop());

test('the service killed at ten random moments of an export and started again: complete and equal', {
  tags: ['offline'],
}, async () => {
  const frameCount = 40 * sampleRate;
  const exporting = runOne(exported(frameCount, 512), { runtimeDir });
  const random = randomWholes(17);
  let kills = 0;
  let over = false;
  const killing = (async () => {
    while (kills < 10 && !over) {
      await sleep(random(600, 1600));
      if (over) break;
      await service.stop('SIGKILL');
      kills += 1;
      service = await ServiceProcess.start([], runtimeDir);
    }
  })();
  const { segments } = await exporting;
  over = true;
  await killing;
  expectAudio(segments[0], await simmerRender({ lane: points, take: 1, frameCount }));
  expect(segments[0]?.missedFrames).toBe(0);
  expect(kills).toBeGreaterThanOrEqual(5);
});

describe('a bad line', () => {
  const cases: [string, number, Toxic[]][] = [
    ['in slices of one byte', 1, [{ sliceBytes: 1 }]],
    ['ten times as slow as the song', 0.5, [{ delayMillis: 100 }]],
    [
      'reset again and again',
      4,
      [{ resetAfterBytes: 2000 }, { resetAfterBytes: 90_000 }, { resetAfterBytes: 200_000 }],
    ],
    ['that goes deaf without a word', 4, [{ deafAfterBytes: 150_000 }, { deafAfterBytes: 300 }]],
  ];
  test.each(cases)('%s: the export is complete and equal', { tags: ['offline'] }, async (_, seconds, toxics) => {
    const frameCount = seconds * sampleRate;
    const proxy = await ToxicProxy.start(service, toxics);
    try {
      const { segments } = await runOne(exported(frameCount), { runtimeDir: proxy.runtimeDir });
      expectAudio(segments[0], await simmerRender({ lane: points, take: 1, frameCount }));
      expect(segments[0]?.missedFrames).toBe(0);
      // Each toxic was met, and what needed another connection got one.
      expect(proxy.connectionCount).toBe(toxics.filter((toxic) => !toxic.sliceBytes && !toxic.delayMillis).length + 1);
    } finally {
      proxy.stop();
    }
  });
});

test('the service that stands still for three seconds of playback: what was heard before and after is what is exported', async () => {
  const frameCount = 9 * sampleRate;
  const lane = { points };
  const playing = runOne(
    {
      parameters: { Take: 23 },
      segments: [
        { kind: 'stop', frameCount: 4800, untilStatus: 'Ready', lane },
        { kind: 'play', frameCount, blocks: 512, lane },
        { kind: 'announced-offline', frameCount, blocks: 8192, lane },
      ],
    },
    { runtimeDir },
  );
  await sleep(3500);
  await service.freeze(3000);
  const [, heard, exportedAfter] = (await playing).segments;
  expect((heard?.missedFrames ?? 0) / sampleRate).toBeGreaterThan(1);
  expectHeard(heard, exportedAfter?.left, 0.3);
});

test('the service killed and not started again: a visible failure within the bound, and the host goes on', {
  tags: ['offline'],
}, async () => {
  const exporting = runOne(exported(60 * sampleRate), { runtimeDir });
  await sleep(1500);
  await service.stop('SIGKILL');
  const started = performance.now();
  const { segments } = await exporting;
  const took = performance.now() - started;
  service = await ServiceProcess.start([], runtimeDir);
  expect(segments[0]?.failedCalls).toBeGreaterThan(0);
  expect(segments[0]?.missedFrames).toBeGreaterThan(0);
  expect(segments[0]?.status).toBe('Failed');
  // 30 s without a link (docs/protocol.md), once; the rest fails at once.
  expect(took).toBeLessThan(60_000);
});
