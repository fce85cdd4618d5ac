import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curve, curveNames } from '../../plugin-ui/src/drawing/curves.js';
import { readLaneFile, writeLaneFile } from '../../plugin-ui/src/drawing/lane-file.js';
import { snapSeconds } from '../../plugin-ui/src/geometry/snap.js';
import { Drawing } from '../../plugin-ui/src/workspace/drawing.js';
import {
  addPoint,
  type DrawnPoints,
  drawnPointsMax,
  drawnValueAt,
  insertCurve,
  laneFor,
  movePoint,
  removePoint,
  setInterpolation,
} from '../../plugin-ui/src/workspace/drawn-lane.js';
import { changed, historyOf, redone, undone } from '../../plugin-ui/src/workspace/history.js';
import { laneStorage } from '../../plugin-ui/src/workspace/lane-storage.js';
import { Lane } from '../../service/src/core/lane.js';
import { drawnLaneSchema } from '../../service/src/core/page-commands.js';

const interpolation = fc.constantFrom('hold' as const, 'linear' as const);
const temperature = fc.integer({ min: 0, max: 2_000 }).map((value) => value / 1_000);
const frame = fc.integer({ min: -48_000, max: 48_000 * 600 });
const lanes = fc
  .uniqueArray(fc.record({ frame, value: temperature, interpolation }), {
    selector: (point) => point.frame,
    maxLength: 40,
  })
  .map((points): DrawnPoints => points.sort((left, right) => left.frame - right.frame));
const edits = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('add' as const), frame, value: fc.double({ min: -1, max: 3, noNaN: true }) }),
    fc.record({
      do: fc.constant('move' as const),
      at: fc.nat(50),
      frame,
      value: fc.double({ min: -1, max: 3, noNaN: true }),
    }),
    fc.record({ do: fc.constant('remove' as const), at: fc.nat(50) }),
    fc.record({ do: fc.constant('shape' as const), at: fc.nat(50), interpolation }),
    fc.record({
      do: fc.constant('curve' as const),
      name: fc.constantFrom(...curveNames),
      frame,
      length: fc.nat(4_800_000),
    }),
  ),
  { maxLength: 25 },
);
type Edit = typeof edits extends fc.Arbitrary<(infer One)[]> ? One : never;

function edited(points: DrawnPoints, edit: Edit): DrawnPoints {
  switch (edit.do) {
    case 'add':
      return addPoint(points, edit.frame, edit.value).points;
    case 'move':
      return movePoint(points, edit.at, edit.frame, edit.value);
    case 'remove':
      return removePoint(points, edit.at);
    case 'shape':
      return setInterpolation(points, edit.at, edit.interpolation);
    case 'curve': {
      const place = {
        fromFrame: edit.frame,
        toFrame: edit.frame + edit.length,
        low: 0.5,
        high: 1.4,
        random: () => 0.3,
      };
      return insertCurve(points, curve(edit.name, place));
    }
  }
}

function rises(points: DrawnPoints): boolean {
  return points.every((point, index) => index === 0 || point.frame > (points[index - 1]?.frame ?? 0));
}

describe('a drawn lane', () => {
  it('rises and keeps to the range, whatever is done to it, and a command takes it', () => {
    fc.assert(
      fc.property(lanes, edits, (start, list) => {
        const end = list.reduce(edited, start);
        expect(rises(end)).toBe(true);
        if (end.length > 0) expect(drawnLaneSchema.safeParse(end).success).toBe(true);
      }),
    );
  });

  it('undoes and redoes everything, in order', () => {
    fc.assert(
      fc.property(lanes, edits, (start, list) => {
        let history = historyOf(start);
        for (const edit of list) history = changed(history, edited(history.present, edit));
        const end = history.present;
        const steps = history.past.length;
        for (let step = 0; step < steps; step += 1) history = undone(history);
        expect(history.present).toEqual(start);
        expect(undone(history)).toBe(history);
        for (let step = 0; step < steps; step += 1) history = redone(history);
        expect(history.present).toEqual(end);
        expect(redone(history)).toBe(history);
      }),
    );
  });

  it('forgets what was undone once something else is drawn', () => {
    const history = undone(changed(historyOf(1), 2));
    expect(redone(changed(history, 3)).present).toBe(3);
  });

  it('has the very values that the service will draw with', () => {
    fc.assert(
      fc.property(lanes, frame, (points, at) => {
        fc.pre(points.length > 0);
        expect(drawnValueAt(points, at)).toBeCloseTo(Lane.from(points).valueAt(at), 9);
      }),
    );
    expect(drawnValueAt([], 0)).toBeUndefined();
  });

  it('puts a point where there is none and sets the one that is there', () => {
    const one = addPoint([], 10.4, 0.5);
    expect(one).toEqual({ points: [{ frame: 10, value: 0.5, interpolation: 'linear' }], index: 0 });
    expect(addPoint(one.points, 10, 5).points).toEqual([{ frame: 10, value: 2, interpolation: 'linear' }]);
    const full = Array.from({ length: drawnPointsMax }, (_, at) => ({
      frame: at,
      value: 1,
      interpolation: 'hold' as const,
    }));
    expect(addPoint(full, 9_999, 1).points).toBe(full);
  });

  it('reaches back to where a command begins', () => {
    const points = addPoint([], 480, 0.6).points;
    expect(laneFor(points, 480)).toBe(points);
    expect(laneFor(points, 100)[0]).toEqual({ frame: 100, value: 0.6, interpolation: 'hold' });
  });
});

describe('curves', () => {
  it.each(curveNames)('%s stays in its stretch and between its temperatures', (name) => {
    let state = 0.37;
    const random = () => {
      state = (state * 9301 + 0.49297) % 1;
      return state;
    };
    const points = curve(name, { fromFrame: 1_000, toFrame: 97_000, low: 0.5, high: 1.4, random });
    expect(rises(points)).toBe(true);
    expect([points[0]?.frame, points.at(-1)?.frame]).toEqual([1_000, 97_000]);
    for (const { value } of points) expect(value >= 0.5 && value <= 1.4).toBe(true);
  });

  it('end where their names say', () => {
    const place = { fromFrame: 0, toFrame: 8_000, low: 0.5, high: 1.5, random: () => 0.5 };
    const ends = (name: (typeof curveNames)[number]) => {
      const points = curve(name, place);
      return [points[0]?.value, points.at(-1)?.value];
    };
    expect(ends('ramp up')).toEqual([0.5, 1.5]);
    expect(ends('ramp down')).toEqual([1.5, 0.5]);
    expect(ends('sine')).toEqual([0.5, 0.5]);
    expect(ends('steps')).toEqual([0.5, 1.5]);
  });
});

describe('files', () => {
  const utf8 = (text: string) => new TextEncoder().encode(text);
  const wanted = 'A line is seconds,temperature[,hold|linear], such as 1.5,0.9.';

  it('of a spreadsheet are read as simmer render reads them', () => {
    const points = [
      { frame: 0, value: 0.5, interpolation: 'linear' },
      { frame: 1_500, value: 1.25, interpolation: 'hold' },
    ];
    const text = 'Zeit (s);Temperatur\r\n0;0,5\r\n1,5;1,25;hold\r\n';
    expect(readLaneFile(utf8(text), 1_000)).toEqual({ points });
    expect(readLaneFile(Buffer.from(`\uFEFF${text}`, 'utf16le'), 1_000)).toEqual({ points });
  });

  it('bring back every point', () => {
    fc.assert(
      fc.property(lanes, fc.constantFrom(44_100, 48_000, 96_000), (points, rate) => {
        fc.pre(points.length > 0);
        expect(readLaneFile(utf8(writeLaneFile(points, rate)), rate)).toEqual({ points });
      }),
    );
  });

  it('say which line is wrong', () => {
    expect(readLaneFile(utf8('0,0.5\n1,hot'), 48_000)).toEqual({
      fault: `Line 2 of the lane: "hot" is not a temperature. ${wanted}`,
    });
    expect(readLaneFile(utf8(''), 48_000)).toEqual({ fault: `The lane has no points. ${wanted}` });
    const long = Array.from({ length: drawnPointsMax + 1 }, (_, at) => `${at},1`).join('\n');
    expect(readLaneFile(utf8(long), 48_000)).toEqual({
      fault: 'This lane has 4097 points, and a drawing has at most 4096.',
    });
  });

  it('have jumps, of which a drawing keeps the end', () => {
    expect(readLaneFile(utf8('0,0.5\n1,0.5\n1,1.5,hold'), 1_000)).toEqual({
      points: [
        { frame: 0, value: 0.5, interpolation: 'linear' },
        { frame: 1_000, value: 1.5, interpolation: 'hold' },
      ],
    });
  });
});

class FakeStore {
  readonly map = new Map<string, string>();
  full = false;

  get length(): number {
    return this.map.size;
  }

  key(index: number): string | null {
    return [...this.map.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.map.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    if (this.full) throw new Error('QuotaExceededError');
    this.map.set(key, value);
  }

  removeItem(key: string): void {
    this.map.delete(key);
  }
}

describe('the storage', () => {
  const points = addPoint([], 480, 0.6).points;

  it('keeps a lane of each instance, and no more than so many', () => {
    const store = new FakeStore();
    store.setItem('something else', '1');
    for (let index = 0; index < 40; index += 1) laneStorage(store, `track ${index}`).save(points);
    expect(store.length).toBe(25);
    expect(laneStorage(store, 'track 39').load()).toEqual(points);
    expect(laneStorage(store, 'track 0').load()).toEqual([]);
    laneStorage(store, 'track 39').save([]);
    expect(laneStorage(store, 'track 39').load()).toEqual([]);
    expect(store.getItem('something else')).toBe('1');
  });

  it('takes nothing from it that is no lane', () => {
    const store = new FakeStore();
    for (const text of ['{', '[]', '[{"frame":0}]', JSON.stringify([...points, ...points])]) {
      store.map.set('simmer-lane a', text);
      expect(laneStorage(store, 'a').load()).toEqual([]);
    }
  });

  it('does without where it is full or forbidden', () => {
    const store = new FakeStore();
    store.full = true;
    const drawing = new Drawing(laneStorage(store, 'a'));
    drawing.set(points);
    expect(drawing.points).toEqual(points);
    expect(new Drawing(laneStorage(undefined, 'a')).points).toEqual([]);
  });
});

describe('a drawing', () => {
  it('makes one step of a drag, and none of one that is given up', () => {
    const saved: number[] = [];
    const drawing = new Drawing({ load: () => [], save: (points) => saved.push(points.length) });
    drawing.set(addPoint([], 0, 1).points);
    for (const value of [1.1, 1.2, 1.3]) drawing.show(movePoint(drawing.points, 0, 5, value));
    drawing.set(drawing.points);
    expect(drawing.points[0]?.value).toBe(1.3);
    drawing.undo();
    expect(drawing.points[0]?.value).toBe(1);
    drawing.show(movePoint(drawing.points, 0, 5, 2));
    drawing.abandon();
    expect(drawing.points[0]?.value).toBe(1);
    expect(drawing.canRedo).toBe(true);
    expect(saved).toEqual([1, 1, 1]);
  });
});

describe('the grid', () => {
  const time = { frame: 0, beat: 0, barStartBeat: 0, tempoBpm: 120, signature: [4, 4] satisfies [number, number] };

  it('is bars and beats where there is a tempo, as fine as can be seen', () => {
    expect(snapSeconds(1.13, time, 48_000, 0.001)).toBeCloseTo(1.125);
    expect(snapSeconds(1.13, time, 48_000, 0.05)).toBeCloseTo(1);
    expect(snapSeconds(1.13, time, 48_000, 0.2)).toBeCloseTo(2);
  });

  it('is round seconds where there is none', () => {
    expect(snapSeconds(1.13, null, 48_000, 0.01)).toBeCloseTo(1.1);
    expect(snapSeconds(1.13, null, 48_000, 0.001)).toBeCloseTo(1.13);
  });
});
