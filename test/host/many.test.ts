import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { runHost, type Scenario } from '../support/test-host.js';
import { expectHeard } from './heard.js';
import { sampleRate } from './rig.js';

let service: ServiceProcess;
let runtimeDir: string;
beforeAll(async () => {
  runtimeDir = temporaryFolder();
  service = await ServiceProcess.start(['--workers', '2'], runtimeDir);
});
afterAll(() => service.stop());

/** $SIMMER_MANY_SECONDS plays longer than a test run should take. */
const seconds = Number(process.env.SIMMER_MANY_SECONDS ?? 10);

// A machine that has too little time for eight lets nothing be heard that could be compared.
test('eight instances at once: every frame that was heard is that of its own take', { retry: 2 }, async () => {
  const frameCount = seconds * sampleRate;
  const lanes = Array.from({ length: 8 }, (_, index) => [
    { frame: 0, value: 0.6 + index / 20 },
    { frame: 3 * sampleRate, value: 0.6 + index / 20 },
    { frame: 3 * sampleRate, value: 1.2 - index / 20 },
  ]);
  const scenario = (index: number): Scenario => {
    const lane = { points: lanes[index] ?? [] };
    const parameters = { Take: index + 1 };
    return {
      parameters,
      segments: [
        {
          kind: 'stop',
          frameCount: 4800,
          blocks: 512,
          untilStatus: 'Ready',
          lane: { points: lane.points.slice(0, 1) },
        },
        { kind: 'play', frameCount, blocks: 512, lane },
        { kind: 'announced-offline', frameCount, blocks: 1024, lane },
      ],
    };
  };
  const played = await runHost(
    lanes.map((_, index) => scenario(index)),
    { runtimeDir, timeoutMillis: (seconds * 20 + 200) * 1000 },
  );
  expect(played.length).toBe(8);
  const missed = played.map(({ segments }) => (segments[1]?.missedFrames ?? 0) - (segments[0]?.missedFrames ?? 0));
  console.log(`frames missed by each of eight in ${seconds} s: ${missed.join(' ')}`);
  for (const { segments } of played) {
    // How much was heard depends on the machine; that it was right does not.
    expectHeard(segments[1], segments[2]?.left, 0.05);
    expect(segments[2]?.failedCalls).toBe(0);
  }
  const audible = played.map(({ segments }) => segments[2]?.left.slice(0, 48_000).join());
  expect(new Set(audible).size).toBe(8);
});
