import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { runOne, type Segment } from '../support/test-host.js';
import { expectHeard, heardFrames } from './heard.js';
import { sampleRate, simmerRender } from './rig.js';

const frameCount = 4 * sampleRate;
const slope = [
  { frame: 0, value: 0.75 },
  { frame: frameCount, value: 0.79 },
];
const jump = [
  { frame: 0, value: 0.75 },
  { frame: 2 * sampleRate + 77, value: 0.76 },
  { frame: 2 * sampleRate + 77, value: 1.2 },
  { frame: frameCount, value: 1.2 },
];

let service: ServiceProcess;
let runtimeDir: string;
beforeAll(async () => {
  runtimeDir = temporaryFolder();
  service = await ServiceProcess.start([], runtimeDir);
});
afterAll(() => service.stop());

/** The transport stands first, as in a DAW, so that the place where it starts is there. */
const standing = (points: typeof slope): Segment => {
  return { kind: 'stop', frameCount: 4800, blocks: 256, untilStatus: 'Ready', lane: { points: points.slice(0, 1) } };
};
const playing = (points: typeof slope, more: Partial<Segment> = {}): Segment => {
  return { kind: 'play', frameCount, blocks: 256, lane: { points }, ...more };
};

describe.each([
  ['a slope', slope],
  ['a jump', jump],
])('%s that was heard', (_, points) => {
  test('is exported and bounced bit for bit, in another process, by other blocks, with the store and without it', async () => {
    const played = await runOne(
      {
        segments: [standing(points), playing(points), { kind: 'stop', fromFrame: frameCount, frameCount: 4800 }],
        saveState: 'song.state',
      },
      { runtimeDir },
    );
    const heard = played.segments[1];
    const state = played.state ?? '';
    // The song names what it needs, and stays small.
    expect(readFileSync(state).length).toBeLessThan(20_000);
    const rendered = async () => {
      const lane = { points };
      const { segments } = await runOne(
        {
          loadState: state,
          segments: [
            { kind: 'announced-offline', frameCount, lane, blocks: 1024 },
            { kind: 'announced-offline', frameCount, lane, blocks: { random: 4 } },
            { kind: 'bounce', frameCount, lane: { points, delivery: 'staircase' }, blocks: 8192 },
          ],
        },
        { runtimeDir },
      );
      expect(segments.map(({ missedFrames, failedCalls }) => [missedFrames, failedCalls])).toEqual(
        segments.map(() => [0, 0]),
      );
      return segments;
    };
    for (const segment of await rendered()) expectHeard(heard, segment.left);
    await service.stop();
    rmSync(join(runtimeDir, 'store'), { recursive: true });
    service = await ServiceProcess.start([], runtimeDir);
    for (const segment of await rendered()) expectHeard(heard, segment.left);
    // It was drawn again, and is stored again.
    expect(readdirSync(join(runtimeDir, 'store')).length).toBeGreaterThan(0);
  });
});

test('control: without the song, or with another lane, it is another take', async () => {
  const played = await runOne({ segments: [standing(jump), playing(jump)], saveState: 'song.state' }, { runtimeDir });
  const lane = { points: [...jump.slice(0, 2), { frame: 2 * sampleRate + 77, value: 0.9 }] };
  const { segments } = await runOne(
    {
      loadState: played.state ?? '',
      segments: [
        { kind: 'announced-offline', frameCount, lane, blocks: 1024 },
        { kind: 'announced-offline', frameCount, lane: { points: jump }, parameters: { Take: 9 } },
      ],
    },
    { runtimeDir },
  );
  const [branched, other] = segments;
  const before = 2 * sampleRate;
  const cut = (audio: Float32Array | undefined, from: number, to: number) => audio?.slice(from, to);
  const heard = played.segments[1];
  if (heard === undefined) throw new Error('nothing was played');
  const first = { ...heard, frameCount: before, blocks: heard.blocks.slice(0, before / 256) };
  expectHeard(
    { ...first, left: heard.left.slice(0, before), right: heard.right.slice(0, before) },
    cut(branched?.left, 0, before),
  );
  expect(cut(branched?.left, before + 4800, frameCount)).not.toEqual(cut(heard.left, before + 4800, frameCount));
  expect(() => expectHeard(heard, other?.left)).toThrow();
});

test('an edit at bar 5 keeps bars 1 to 4, and is from there on what a cold render of the edited lane gives', async () => {
  const bar = sampleRate;
  const before = [{ frame: 0, value: 0.8 }];
  const edited = [
    { frame: 0, value: 0.8 },
    { frame: 4 * bar, value: 0.8 },
    { frame: 4 * bar, value: 1.1 },
  ];
  const exported = (points: typeof before): Segment => {
    return { kind: 'announced-offline', frameCount: 6 * bar, lane: { points }, blocks: 1024 };
  };
  const { segments } = await runOne(
    { segments: [exported(before), exported(edited), exported(before)] },
    { runtimeDir },
  );
  const [first, second, undone] = segments;
  expect(second?.left.slice(0, 4 * bar)).toEqual(first?.left.slice(0, 4 * bar));
  expect(second?.left).toEqual(await simmerRender({ lane: edited, take: 1, frameCount: 6 * bar }));
  expect(undone?.left).toEqual(first?.left);
});

test.each([
  ['split', 50],
  ['inside', 10],
] as const)('one bar in a loop, blocks %s at its end, %i times: pass n is pass 1', async (wrap, passes) => {
  const bar = sampleRate / 2;
  const { segments } = await runOne(
    {
      parameters: { Take: passes },
      segments: [
        { ...standing(jump), fromFrame: bar },
        {
          kind: 'play',
          fromFrame: bar,
          frameCount: passes * bar,
          blocks: 256,
          loop: { start: bar, end: 2 * bar, wrap },
          lane: { points: slope },
        },
      ],
    },
    { runtimeDir },
  );
  const heard = segments[1];
  if (heard === undefined) throw new Error('nothing was played');
  expect(heard.passages.length).toBe(passes);
  // Every frame of the bar, as it was heard first; gaps were not heard.
  const first = new Map<number, number>();
  let compared = 0;
  const audible = heardFrames(heard);
  for (const { offset, songFrame, frameCount: count } of heard.passages) {
    for (let index = 0; index < count; index += 1) {
      if (audible[offset + index] === 0) continue;
      const value = heard.left[offset + index] ?? Number.NaN;
      const known = first.get(songFrame + index);
      if (known === undefined) first.set(songFrame + index, value);
      else {
        compared += 1;
        if (!Object.is(known, value)) throw new Error(`frame ${songFrame + index} was heard in two ways`);
      }
    }
  }
  expect(compared).toBeGreaterThan((passes * bar) / 2);
});

test('what was heard right before the sample rate changes is in the song', async () => {
  const played = await runOne(
    {
      parameters: { Take: 8 },
      segments: [
        standing(jump),
        playing(jump),
        { kind: 'stop', frameCount: 44_100, sampleRate: 44_100, blocks: 256, lane: { points: jump.slice(0, 1) } },
      ],
      saveState: 'song.state',
    },
    { runtimeDir },
  );
  const lane = { points: jump };
  const { segments } = await runOne(
    { loadState: played.state ?? '', segments: [{ kind: 'announced-offline', frameCount, lane, blocks: 1024 }] },
    { runtimeDir },
  );
  expectHeard(played.segments[1], segments[0]?.left);
});
