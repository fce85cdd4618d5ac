// @module-tag offline
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../../scripts/lib/audio-check.js';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { runHost, runOne, type Scenario, type Segment } from '../support/test-host.js';
import { expectAudio, guideNoise, sampleRate, simmerRender } from './rig.js';

const take = 7;
const frameCount = 2 * sampleRate;
/** Rises, jumps within a block and falls. */
const points = [
  { frame: 0, value: 0.5 },
  { frame: 30_001, value: 1.37 },
  { frame: 30_001, value: 0.7 },
  { frame: 90_000, value: 0.61 },
];
const lane = { points };
/** A lane's take is drawn from what is delivered alone, as `simmer render` does. */
const exactly = { Take: take, Start: 2 };

let service: ServiceProcess;
let runtimeDir: string;
let expected: Float32Array;
beforeAll(async () => {
  runtimeDir = temporaryFolder();
  service = await ServiceProcess.start([], runtimeDir);
  expected = await simmerRender({ lane: points, take, frameCount });
});
afterAll(() => service.stop());

const played = (segment: Omit<Segment, 'frameCount' | 'lane'>, more: Partial<Scenario> = {}): Scenario => ({
  parameters: exactly,
  segments: [{ frameCount, lane, ...segment }],
  ...more,
});

/** What `simmer render` makes, in one instance that is told so. */
async function expectExact(segment: Omit<Segment, 'frameCount' | 'lane'>): Promise<void> {
  const { segments } = await runOne(played(segment), { runtimeDir });
  expectAudio(segments[0], expected);
  expect(segments[0]?.missedFrames).toBe(0);
}

describe('an exact render is what simmer render makes', () => {
  test.each<{ readonly blocks: NonNullable<Segment['blocks']> }>([
    { blocks: 8192 },
    { blocks: 512 },
    { blocks: 64 },
    { blocks: [441, 78, 50, 4, 1] },
    { blocks: [1, 8192, 3, 127] },
    { blocks: { random: 11 } },
    { blocks: { random: 12, max: 300 } },
  ])('in blocks of $blocks', ({ blocks }) => expectExact({ kind: 'announced-offline', blocks }));

  test('the same bits with one temperature otherwise are not', async () => {
    const other = { points: [...points.slice(0, 3), { frame: 90_000, value: 0.9 }] };
    const scenario = {
      parameters: exactly,
      segments: [{ kind: 'announced-offline' as const, frameCount, lane: other }],
    };
    const { segments } = await runOne(scenario, { runtimeDir });
    expect(differences(segments[0]?.left ?? new Float32Array(), expected).count).toBeGreaterThan(frameCount / 10);
  });

  test.each([
    ['by setupProcessing alone', { setupMode: 'offline', callMode: 'realtime' }],
    ['by the process call alone', { setupMode: 'realtime', callMode: 'offline' }],
  ] as const)('told %s', (_, modes) => expectExact({ kind: 'announced-offline', ...modes }));

  test.each([8192, 1024, { random: 5 }])(
    'told realtime and rendered at once by the thread that set up, in blocks of %j',
    (blocks) => expectExact({ kind: 'bounce', blocks }),
  );

  test('told offline and played by the clock', () =>
    expectExact({ kind: 'announced-offline', pace: 'realtime', blocks: 512 }));

  test('with calls of no frames, calls without inputs and output that is full of noise', () =>
    expectExact({
      kind: 'announced-offline',
      blocks: { random: 3, max: 2000 },
      abuse: { emptyBlockEvery: 3, nullInputsEvery: 2, dirtyOutput: 'loud' },
    }));

  test('in the same memory for input and output', () =>
    expectExact({ kind: 'announced-offline', blocks: 1000, abuse: { inPlace: true } }));

  test('from a place within the song', async () => {
    const fromFrame = 20_000;
    const { segments } = await runOne(played({ kind: 'announced-offline', fromFrame }), { runtimeDir });
    expectAudio(segments[0], await simmerRender({ lane: points, take, frameCount, fromFrame }));
  });

  test.each([44_100, 96_000])('at %i Hz, set up anew in the same instance', async (rate) => {
    const segments: Segment[] = [
      { kind: 'announced-offline', frameCount, lane },
      { kind: 'announced-offline', frameCount, lane, sampleRate: rate, blockFramesMax: 1000 },
    ];
    const ran = await runOne({ parameters: exactly, segments }, { runtimeDir });
    expectAudio(ran.segments[0], expected);
    expectAudio(ran.segments[1], await simmerRender({ lane: points, take, frameCount, rate }));
  });

  test('guided by the sidechain', async () => {
    const guide = { kind: 'noise', amplitude: 0.5, seed: 5 } as const;
    const parameters = { ...exactly, 'Guide amount': 0.75 };
    const segments: Segment[] = [
      { kind: 'announced-offline', frameCount, lane, guide, blocks: { random: 8, max: 4000 } },
    ];
    const ran = await runOne({ parameters, segments }, { runtimeDir });
    const channels = guideNoise(frameCount, 0.5, 5);
    const guided = await simmerRender({ lane: points, take, frameCount, guide: { channels, amount: 0.75 } });
    expect(differences(guided, expected).count).toBeGreaterThan(frameCount / 10);
    expectAudio(ran.segments[0], guided);
  });
});

describe('many instances at once', () => {
  test('do not hear each other', async () => {
    const takes = [3, 4];
    const scenarios = takes.map((number) =>
      played(
        { kind: 'announced-offline', blocks: { random: number, max: 4000 } },
        { parameters: { ...exactly, Take: number } },
      ),
    );
    const ran = await runHost(scenarios, { runtimeDir, instances: 4 });
    const wanted = await Promise.all(takes.map((number) => simmerRender({ lane: points, take: number, frameCount })));
    expect(ran).toHaveLength(8);
    for (const [index, { segments }] of ran.entries()) {
      const audio = wanted[Math.floor(index / 4)];
      if (audio === undefined) throw new Error('more instances than were asked for');
      expectAudio(segments[0], audio);
    }
  });
});

describe('saved and loaded', () => {
  test('in another process it is the same audio', async () => {
    const folder = temporaryFolder();
    const saved = await runOne(played({ kind: 'announced-offline' }, { saveState: 'song.state' }), {
      runtimeDir,
      folder,
    });
    const segments: Segment[] = [{ kind: 'announced-offline', frameCount, lane }];
    const state = saved.state;
    if (state === undefined) throw new Error('no state was saved');
    const ran = await runOne({ loadState: state, segments }, { runtimeDir });
    expectAudio(ran.segments[0], expected);
  });
});
