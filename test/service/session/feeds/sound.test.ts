import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noEmphasis } from '../../../../service/src/core/emphasis.js';
import { binAmplitudes, silentBin } from '../../../../service/src/core/mu-law.js';
import { Clock } from '../../../../service/src/core/units.js';
import { PeakRun } from '../../../../service/src/session/feeds/peak-run.js';
import { pairSteps, peaksOf } from '../../../../service/src/session/feeds/peaks.js';
import { SoundFeed } from '../../../../service/src/session/feeds/sound.js';
import { GapList } from '../../../../service/src/session/gap-list.js';
import { TakeRecord } from '../../../../service/src/take/take-record.js';

const model = {
  name: 'm',
  digest: '0'.repeat(64),
  rateHz: 16_000,
  blockSteps: 64,
  engine: 'onnx',
  emphasis: noEmphasis,
  sound: 'mu-law' as const,
};
const takeAt = (rootStep: number) =>
  new TakeRecord({ model, seed: 1, rootStep, firstStep: rootStep, parent: undefined, after: undefined });

function finalSteps(take: TakeRecord, first: number, sound: Uint8Array) {
  const { length } = sound;
  return { take, first, sound, temperature: new Float32Array(length), entropy: new Float32Array(length) };
}

/** What a page that lays every stretch over what it has would show, by pair. */
function laid(stretches: readonly { firstStep: number; low: number[]; high: number[] }[]): Map<number, string> {
  const shown = new Map<number, string>();
  for (const { firstStep, low, high } of stretches) {
    for (const [index, value] of low.entries()) shown.set(firstStep / pairSteps + index, `${value} ${high[index]}`);
  }
  return shown;
}

describe('what was just heard', () => {
  it('is the peaks of all of it, whatever the pieces and the ticks', () => {
    const pieces = fc.array(fc.record({ length: fc.integer({ min: 1, max: 300 }), tick: fc.boolean() }), {
      minLength: 1,
    });
    const where = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(pieces, where, fc.infiniteStream(fc.nat(255)), (parts, first, values) => {
        const take = takeAt(0);
        const feed = new SoundFeed('s', new Clock(48_000, 16_000), noEmphasis, 'mu-law');
        const all: number[] = [];
        const told = [];
        for (const { length, tick } of parts) {
          const bins = Uint8Array.from({ length }, () => values.next().value ?? 0);
          feed.addSteps(finalSteps(take, first + all.length, bins));
          all.push(...bins);
          if (tick) told.push(...feed.take());
        }
        told.push(...feed.take());
        expect(feed.take()).toEqual([]);
        const whole = peaksOf(
          first,
          Float32Array.from(all, (bin) => binAmplitudes[bin] ?? 0),
        );
        const wanted = { firstStep: whole.first, low: [...whole.low], high: [...whole.high] };
        expect([...laid(told)]).toEqual([...laid([wanted])]);
        expect(told.every((stretch) => stretch.type === 'peaks' && stretch.take === take.id)).toBe(true);
      }),
    );
  });

  it('belongs to its take, also where that changes between two ticks', () => {
    const [one, other] = [takeAt(0), takeAt(640)];
    const feed = new SoundFeed('s', new Clock(48_000, 16_000), noEmphasis, 'mu-law');
    feed.addSteps(finalSteps(one, 0, new Uint8Array(640).fill(200)));
    feed.addSteps(finalSteps(other, 640, new Uint8Array(64).fill(50)));
    const told = feed.take().map((stretch) => [stretch.type === 'peaks' && stretch.take, stretch.firstStep]);
    expect(told).toEqual([
      [one.id, 0],
      [other.id, 640],
    ]);
  });

  it('has its emphasis taken back', () => {
    const feed = new SoundFeed('s', new Clock(48_000, 16_000), { coefficient: 0.85, gain: 1 }, 'mu-law');
    const bin = 200;
    feed.addSteps(finalSteps(takeAt(0), 0, new Uint8Array(640).fill(bin)));
    const settledValue = Math.min(127, Math.round((127 * (binAmplitudes[bin] ?? 0)) / 0.15));
    expect(feed.take()[0]?.high.at(-1)).toBe(settledValue);
    expect(settledValue).not.toBe(Math.round(127 * (binAmplitudes[bin] ?? 0)));
  });

  it('is the guide too, and its silence once there was one', () => {
    const feed = new SoundFeed('s', new Clock(48_000, 16_000), noEmphasis, 'mu-law');
    feed.addGuide(0, 960, undefined);
    expect(feed.take()).toEqual([]);
    feed.addGuide(960, 192, new Float32Array(192).fill(0.5));
    feed.addGuide(1152, 192, new Float32Array(192).fill(Number.NaN));
    expect(feed.take()).toEqual([{ type: 'guide', session: 's', firstStep: 320, low: [64, 0], high: [64, 0] }]);
    feed.addGuide(1344, 192, undefined);
    expect(feed.take()).toEqual([{ type: 'guide', session: 's', firstStep: 384, low: [0, 0], high: [0, 0] }]);
  });

  it('stays bounded however much comes between two ticks', () => {
    const run = new PeakRun();
    for (let step = 0; step < 2_000_000; step += 1) run.add(step, -1, 1);
    const [stretch] = run.take();
    expect(stretch?.low.length).toBeLessThanOrEqual(15_000);
    expect((stretch?.firstStep ?? 0) + pairSteps * (stretch?.low.length ?? 0)).toBe(2_000_000);
    for (let turn = 0; turn < 10; turn += 1) run.add(turn * 1000, 0, 0);
    expect(run.take()).toHaveLength(10);
    expect(silentBin).toBe(128);
  });
});

describe('gaps', () => {
  it('are told once, and again as they grow', () => {
    const gaps = new GapList();
    gaps.add([]);
    expect(gaps.version).toBe(0);
    gaps.add([
      { fromFrame: 0, toFrame: 64 },
      { fromFrame: 200, toFrame: 264 },
    ]);
    gaps.add([{ fromFrame: 200, toFrame: 328 }]);
    expect(gaps.all).toEqual([
      { fromFrame: 0, toFrame: 64 },
      { fromFrame: 200, toFrame: 328 },
    ]);
    expect(gaps.version).toBe(2);
    for (let at = 0; at < 1000; at += 1) gaps.add([{ fromFrame: 1000 * at, toFrame: 1000 * at + 1 }]);
    expect(gaps.all.length).toBe(256);
    expect(gaps.all.at(-1)).toEqual({ fromFrame: 999_000, toFrame: 999_001 });
  });
});
