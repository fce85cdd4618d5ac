import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../../scripts/lib/audio-check.js';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { type PlayedSegment, runOne, type Segment, wholePassages } from '../support/test-host.js';
import { expectAudio, sampleRate } from './rig.js';

const frameCount = 3 * sampleRate;
const points = [
  { frame: 0, value: 0.5 },
  { frame: 50_000, value: 1.1 },
  { frame: 110_000, value: 0.7 },
];
const lane = { points };
const parameters = { Take: 5 };

let service: ServiceProcess;
let runtimeDir: string;
beforeAll(async () => {
  runtimeDir = temporaryFolder();
  service = await ServiceProcess.start(['--store', temporaryFolder()], runtimeDir);
});
afterAll(() => service.stop());

/** Plays live, saves the song, and exports it in another process. */
async function playAndExport(live: Partial<Segment>, exported: Partial<Segment>) {
  const folder = temporaryFolder();
  const segments: Segment[] = [
    { kind: 'stop', frameCount: 4800, untilStatus: 'Ready', lane },
    { kind: 'play', frameCount, lane, ...live },
    // The recipe of what was heard comes within a second.
    { kind: 'stop', fromFrame: frameCount, frameCount: 2 * sampleRate },
  ];
  const played = await runOne({ parameters, segments, saveState: 'song.state' }, { runtimeDir, folder });
  if (played.state === undefined) throw new Error('no state was saved');
  const again: Segment[] = [{ kind: 'announced-offline', frameCount, lane, ...exported }];
  const bounced = await runOne({ loadState: played.state, segments: again }, { runtimeDir });
  const [, heard, rendered] = [...played.segments.slice(0, 2), bounced.segments[0]];
  if (heard === undefined || rendered === undefined) throw new Error('a segment is missing');
  expect(rendered.failedCalls).toBe(0);
  // The model has one voice: what holds of the left channel holds of the right one.
  for (const { left, right } of [heard, rendered]) expect(differences(left, right).count).toBe(0);
  return { heard, rendered, state: played.state };
}

/** An export of a saved song by itself, in a process of its own. */
async function exportOf(state: string, exported: Partial<Segment>): Promise<PlayedSegment> {
  const segments: Segment[] = [{ kind: 'announced-offline', frameCount, lane, ...exported }];
  const [rendered] = (await runOne({ loadState: state, segments }, { runtimeDir })).segments;
  if (rendered === undefined) throw new Error('there is no such segment');
  return rendered;
}

/** Where a segment's audio is another than that of an export from `fromFrame` on; how many frames were compared. */
function compare(heard: PlayedSegment, rendered: PlayedSegment, fromFrame: number) {
  let [compared, different] = [0, 0];
  for (const { songFrame, audio } of wholePassages(heard)) {
    const from = Math.max(songFrame, fromFrame);
    const there = audio.subarray(Math.min(audio.length, from - songFrame));
    const place = rendered.left.subarray(from - fromFrame, from - fromFrame + there.length);
    compared += place.length;
    different += differences(there.subarray(0, place.length), place).count;
  }
  return { compared, different };
}

/** Wherever audio was heard it is what is exported for that place, bit by bit. */
function expectHeard(heard: PlayedSegment, rendered: PlayedSegment): void {
  const { compared, different } = compare(heard, rendered, 0);
  expect(different).toBe(0);
  // A busy machine may miss much, and then nothing would be compared.
  expect(compared / frameCount).toBeGreaterThan(0.2);
}

describe('what was heard is what is exported, in another process with the saved song', () => {
  test.each<{ readonly blocks: NonNullable<Segment['blocks']> }>([
    { blocks: 512 },
    { blocks: { random: 4, max: 2048 } },
  ])('played in blocks of $blocks', { tags: ['quick'] }, async ({ blocks }) => {
    const { heard, rendered } = await playAndExport({ blocks }, {});
    expectHeard(heard, rendered);
  });

  test('exported as Ardour does, with one value for each of its long blocks', async () => {
    const { heard, rendered } = await playAndExport(
      {},
      { kind: 'bounce', lane: { points, delivery: 'staircase' }, blocks: 8192 },
    );
    expectHeard(heard, rendered);
  });

  test('exported from within what was heard, where another beginning would draw other audio', async () => {
    const [heardFrom, exportedFrom] = [20_000, 40_000];
    const { heard, rendered } = await playAndExport({ fromFrame: heardFrom }, { fromFrame: exportedFrom });
    const { compared, different } = compare(heard, rendered, exportedFrom);
    expect(compared / frameCount).toBeGreaterThan(0.2);
    expect(different).toBe(0);
    // Without the saved song it is not what was heard.
    const forgetful: Segment[] = [{ kind: 'announced-offline', frameCount, lane, fromFrame: exportedFrom }];
    const [forgotten] = (await runOne({ parameters, segments: forgetful }, { runtimeDir })).segments;
    if (forgotten === undefined) throw new Error('there is no such segment');
    expect(compare(heard, forgotten, exportedFrom).different).toBeGreaterThan(compared / 10);
  });

  test.each(['split', 'inside'] as const)('played in a loop that wraps %s blocks', async (wrap) => {
    const loop = { start: 24_000, end: 60_000, wrap };
    const { heard, rendered } = await playAndExport({ loop, frameCount: 4 * sampleRate }, {});
    expect(heard.passages.length).toBeGreaterThan(4);
    expectHeard(heard, rendered);
  });

  test('played ahead of the clock, as hosts do that prefetch', async () => {
    const { heard, rendered } = await playAndExport({ kind: 'prefetch' }, {});
    expectHeard(heard, rendered);
  });
});

describe('what was heard is what is exported while other parameters move', () => {
  test.each<{ readonly blocks: NonNullable<Segment['blocks']> }>([{ blocks: 8192 }, { blocks: { random: 6 } }])(
    'another take from within a block on, exported in blocks of $blocks',
    async ({ blocks }) => {
      const change = 70_123;
      // A host tells an automated value where playback begins, too.
      const first = { frame: 0, parameter: 'Take', value: 5 };
      const automation = [first, { frame: change, parameter: 'Take', value: 9 }];
      const { heard, rendered, state } = await playAndExport({ automation }, { automation, blocks });
      expectHeard(heard, rendered);
      // It is another take that was heard there, and nowhere before.
      const unchanged = await exportOf(state, { automation: [first] });
      expect(differences(rendered.left.subarray(0, change), unchanged.left.subarray(0, change)).count).toBe(0);
      expect(compare(heard, unchanged, change).different).toBeGreaterThan(sampleRate / 10);
    },
  );

  test.each<{ readonly blocks: NonNullable<Segment['blocks']> }>([{ blocks: 1024 }, { blocks: { random: 7 } }])(
    'guided live by the sidechain, exported in blocks of $blocks',
    async ({ blocks }) => {
      const guided = {
        guide: { kind: 'noise', amplitude: 0.5, seed: 5 },
        parameters: { Take: 6, 'Guide amount': 0.75 },
      } as const;
      const { heard, rendered, state } = await playAndExport(guided, { ...guided, blocks });
      expectHeard(heard, rendered);
      // The guide is heard.
      const alone = await exportOf(state, { parameters: { Take: 6, 'Guide amount': 0 } });
      expect(compare(heard, alone, 0).different).toBeGreaterThan(sampleRate / 10);
    },
  );

  test('kept, whatever the lane says afterwards', async () => {
    const other = { points: [{ frame: 0, value: 1.6 }] };
    const { heard, rendered, state } = await playAndExport(
      { parameters: { Take: 7 } },
      { lane: other, parameters: { 'Keep take': 1 } },
    );
    expectHeard(heard, rendered);
    const branched = await exportOf(state, { lane: other });
    expect(compare(heard, branched, 0).different).toBeGreaterThan(sampleRate / 10);
  });
});

test('told realtime and rendered at once on a thread of its own: whole from where it is seen, and told until then', async () => {
  const segments: Segment[] = [{ kind: 'play', pace: 'fast', frameCount, lane, blocks: 1024 }];
  const { segments: played } = await runOne({ parameters, segments }, { runtimeDir });
  const [outran] = played;
  if (outran === undefined) throw new Error('there is no such segment');
  const silent = outran.left.findIndex((value) => value !== 0);
  expect(silent).toBeLessThan(sampleRate);
  expect(outran.missedFrames).toBeGreaterThanOrEqual(silent);
  expect(outran.blocks.at(-1)).toMatchObject({ missedFrames: outran.missedFrames, status: 'Waiting' });
  expect(outran.left.subarray(sampleRate).every((value) => value !== 0)).toBe(true);
});

test('exported twice it is the same', async () => {
  const segments: Segment[] = [
    { kind: 'announced-offline', frameCount, lane },
    { kind: 'bounce', frameCount, lane },
  ];
  const { segments: played } = await runOne({ parameters, segments }, { runtimeDir });
  const [first, second] = played;
  if (first === undefined) throw new Error('there is no such segment');
  expectAudio(second, first.left);
});
