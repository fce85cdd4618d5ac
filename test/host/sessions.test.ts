import { afterAll, beforeAll, expect, test } from 'vitest';
import { differences } from '../../scripts/lib/audio-check.js';
import { randomWholes } from '../support/random.js';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { type LanePoint, type PlayedSegment, runOne, type Segment, wholePassages } from '../support/test-host.js';
import { sampleRate } from './rig.js';

let service: ServiceProcess;
let runtimeDir: string;
beforeAll(async () => {
  runtimeDir = temporaryFolder();
  service = await ServiceProcess.start([], runtimeDir);
});
afterAll(() => service.stop());

const songFrames = 3 * sampleRate;
/** Behind the song there is what loops may overrun. */
const exportFrames = songFrames + sampleRate;

type Wholes = (min: number, max: number) => number;
const oneOf = <T>(whole: Wholes, list: readonly [T, ...T[]]): T => list[whole(0, list.length - 1)] ?? list[0];

/** Lines and jumps, by rising frame. */
function anyLane(whole: Wholes): LanePoint[] {
  const value = () => whole(400, 1300) / 1000;
  const points = [{ frame: 0, value: value() }];
  for (let frame = whole(4000, 60_000); frame < songFrames; frame += whole(4000, 60_000)) {
    points.push({ frame, value: value() });
    if (whole(0, 2) === 0) points.push({ frame, value: value() });
  }
  return points;
}

/** Somewhere in the song, in a way that hosts play or render. */
function anyPassage(whole: Wholes, points: readonly LanePoint[]): Segment {
  const fromFrame = whole(0, songFrames - 40_000);
  const passage: Segment = {
    kind: oneOf(whole, ['play', 'play', 'prefetch', 'bounce', 'announced-offline'] as const),
    fromFrame,
    frameCount: whole(16_000, 40_000),
    blocks: oneOf<NonNullable<Segment['blocks']>>(whole, [256, 512, [64, 300, 1], { random: whole(0, 99), max: 1500 }]),
    lane: { points },
  };
  if (passage.kind !== 'play' || whole(0, 1) === 0) return passage;
  const end = fromFrame + whole(9000, 20_000);
  return { ...passage, loop: { start: whole(0, end - 4000), end, wrap: oneOf(whole, ['split', 'inside'] as const) } };
}

/** How many frames of what was heard were compared with an export from the song's start, and how many are others. */
function compare(segments: readonly PlayedSegment[], exported: PlayedSegment) {
  let [compared, different] = [0, 0];
  for (const [index, segment] of segments.entries()) {
    // What precedes a segment fades out in its first frames.
    for (const { songFrame, audio } of wholePassages(segment, segments[index - 1]?.missedFrames).filter(
      (passage) => passage.audio.length > 64,
    )) {
      const heard = index === 0 ? audio : audio.subarray(64);
      const from = index === 0 ? songFrame : songFrame + 64;
      const place = exported.left.subarray(from, from + heard.length);
      compared += place.length;
      different += differences(heard.subarray(0, place.length), place).count;
    }
  }
  return { compared, different };
}

test.each([1, 2, 3])(
  'played through, then here and there and in loops: all that was heard is what is exported (%i)',
  async (seed) => {
    const whole = randomWholes(seed);
    const points = anyLane(whole);
    const lane = { points };
    const standing: Segment = { kind: 'stop', frameCount: 4800, blocks: 256, untilStatus: 'Ready', lane };
    const heardOnce: Segment = { kind: 'play', frameCount: songFrames, blocks: 256, lane };
    const passages = [0, 1, 2, 3].map(() => anyPassage(whole, points));
    const ended: Segment = { kind: 'stop', fromFrame: songFrames, frameCount: sampleRate, blocks: 256 };
    const played = await runOne(
      {
        parameters: { Take: 100 + seed },
        segments: [standing, heardOnce, ...passages, ended],
        saveState: 'song.state',
      },
      { runtimeDir },
    );
    const heard = played.segments.slice(1, -1);
    expect(heard).toHaveLength(5);
    const exported: Segment = { kind: 'announced-offline', frameCount: exportFrames, lane };
    const { segments } = await runOne(
      {
        loadState: played.state ?? '',
        segments: [
          { ...exported, blocks: 1024 },
          { ...exported, blocks: { random: seed } },
          { ...exported, parameters: { Take: 50 } },
        ],
      },
      { runtimeDir },
    );
    const [regular, irregular, other] = segments;
    if (regular === undefined || irregular === undefined || other === undefined)
      throw new Error('a segment is missing');
    for (const again of [regular, irregular]) {
      const { compared, different } = compare(heard, again);
      expect(different, `of ${compared} frames`).toBe(0);
      // A busy machine may miss much, and then nothing would be compared.
      expect(compared).toBeGreaterThan(songFrames / 5);
    }
    // Control: of another take it is not.
    expect(compare(heard, other).different).toBeGreaterThan(songFrames / 10);
  },
);
