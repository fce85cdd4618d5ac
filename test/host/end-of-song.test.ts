// @module-tag offline
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../service/src/core/limits.js';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { runOne, type Segment } from '../support/test-host.js';

const frameCount = 9600;
const lane = { points: [{ frame: 0, value: 0.9 }] };

let service: ServiceProcess;
let runtimeDir: string;
beforeAll(async () => {
  runtimeDir = temporaryFolder();
  service = await ServiceProcess.start([], runtimeDir);
});
afterAll(() => service.stop());

test('a host that goes beyond the end of the song hears silence, is told so, and hears the song when it is back', async () => {
  const bounced = (fromFrame: number): Segment => {
    return { kind: 'announced-offline', fromFrame, frameCount, lane, blocks: 512 };
  };
  const lastFrame = limits.songFrameMax - frameCount;
  const { segments } = await runOne(
    {
      segments: [
        bounced(0),
        bounced(limits.songFrameMax + 48_000),
        bounced(0),
        bounced(lastFrame),
        { kind: 'play', fromFrame: limits.songFrameMax, frameCount, lane, blocks: 512 },
        bounced(lastFrame),
      ],
    },
    { runtimeDir },
  );
  const [start, beyond, again, end, playedBeyond, endAgain] = segments;
  const heard = segments.map(({ left }) => left.some((value) => value !== 0));
  expect(heard).toEqual([true, false, true, true, false, true]);
  expect([start, again, end, endAgain].map((segment) => segment?.failedCalls)).toEqual([0, 0, 0, 0]);
  expect(again?.left).toEqual(start?.left);
  expect(endAgain?.left).toEqual(end?.left);
  // Counts since the instance was made.
  expect(segments.map(({ missedFrames }) => missedFrames / frameCount)).toEqual([0, 1, 1, 1, 2, 2]);
  expect(beyond?.failedCalls).toBe(beyond?.blocks.length);
  expect([playedBeyond?.failedCalls, playedBeyond?.status]).toEqual([0, 'Behind']);
});
