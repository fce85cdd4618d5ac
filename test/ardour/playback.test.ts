import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type Passage, playSession } from '../../scripts/lib/ardour/run.js';
import { type Counts, watchSessions } from '../../scripts/lib/watch.js';
import { Rig, sampleRateHz } from './rig.js';

const seconds = 30;
const lane = [
  { frame: 0, value: 0.75 },
  { frame: seconds * sampleRateHz, value: 1.1 },
];
const passages: readonly Passage[] = [
  { fromFrame: 0, millis: 4000 },
  // A seek while the transport rolls.
  { fromFrame: 20 * sampleRateHz, millis: 4000 },
];
/** A passage counts from here on: where a seek lands nothing can be rendered before it is known. */
const settledMillis = 1500;
/** Lookahead of these tests: other work on the machine is not what they are about. */
const lookahead = ['--lookahead-ms', '500'];

let rig: Rig;
afterEach(() => rig.close());

interface Played {
  /** Counts once each passage has settled, and as it ends. */
  readonly settled: readonly Counts[];
  readonly ended: readonly Counts[];
  /** Frames that each passage went on. */
  readonly playedFrames: readonly number[];
}

/** Plays the passages; `during` is called as each of them has settled. */
async function play(during: (passage: number) => Promise<void> = async () => {}): Promise<Played> {
  const plan = await rig.session('playback', seconds * sampleRateHz, lane);
  const watch = await watchSessions(rig.service.pageUrl);
  const settled: Counts[] = [];
  const ended: Counts[] = [];
  const playedFrames: number[] = [];
  const work: Promise<void>[] = [];
  await playSession(rig.home, plan, {
    passages,
    onSaid: ([word, place]) => {
      if (word === 'at') {
        ended.push(watch.counts());
        playedFrames.push(Number(place) - (passages[playedFrames.length]?.fromFrame ?? 0));
      }
      if (word !== 'rolling') return;
      const passage = work.length;
      work.push(
        sleep(settledMillis).then(() => {
          settled.push(watch.counts());
          return during(passage);
        }),
      );
    },
  });
  await Promise.all(work);
  watch.close();
  return { settled, ended, playedFrames };
}

const missed = (counts: Counts | undefined): number =>
  (counts?.underrunFrameCount ?? Number.NaN) + (counts?.gapFrameCount ?? 0);

test('playback with a seek misses nothing where the model is faster than real time', async () => {
  rig = await Rig.start('tiny', lookahead);
  const { settled, ended, playedFrames } = await play();
  expect(settled).toHaveLength(passages.length);
  for (const index of passages.keys()) {
    expect(missed(ended[index]) - missed(settled[index])).toBe(0);
    expect(playedFrames[index]).toBeGreaterThan(3 * sampleRateHz);
  }
});

test('what cannot be there in time is a counted gap, and playback does not wait for it', async () => {
  rig = await Rig.start('tiny', lookahead);
  const frozenMillis = 1500;
  const { settled, ended, playedFrames } = await play(async (passage) => {
    if (passage === 0) await rig.service.freeze(frozenMillis);
  });
  const gapFrames = missed(ended[0]) - missed(settled[0]);
  // The buffer bridges its own length; the rest of the time is missing and counted, and nothing but it.
  expect(gapFrames).toBeGreaterThan(((frozenMillis - 1000) / 1000) * sampleRateHz);
  expect(missed(ended[1]) - missed(settled[1])).toBe(0);
  expect(playedFrames[0]).toBeGreaterThan(3 * sampleRateHz);
});
