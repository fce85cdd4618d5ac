import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Lane, type LanePoint } from '../../../service/src/core/lane.js';
import { formatLaneCsv, parseLaneCsv } from '../../../service/src/core/lane-csv.js';
import { textOf } from '../../../service/src/core/table-text.js';

const at = (frame: number, value: number, interpolation: LanePoint['interpolation'] = 'linear'): LanePoint => ({
  frame,
  value,
  interpolation,
});

describe('Lane', () => {
  test('lines, holds and jumps', () => {
    const lane = Lane.from([at(0, 0.5), at(100, 1), at(200, 2, 'hold'), at(200, 0.25, 'hold'), at(300, 1.25)]);
    expect(lane.valueAt(-50)).toBe(0.5);
    expect(lane.valueAt(0)).toBe(0.5);
    expect(lane.valueAt(50)).toBe(0.75);
    expect(lane.valueAt(199.999)).toBe(1);
    expect(lane.valueAt(200)).toBe(0.25);
    expect(lane.valueAt(250)).toBe(0.75);
    expect(lane.valueAt(9999)).toBe(1.25);
  });

  test('a block holds after its last point; a line in the next one starts at that block', () => {
    const lane = new Lane();
    lane.appendBlock({ startFrame: 0, valueAtStart: 1, points: [] });
    lane.appendBlock({ startFrame: 100, valueAtStart: 1, points: [at(200, 2)] });
    expect(lane.valueAt(99)).toBe(1);
    expect(lane.valueAt(150)).toBe(1.5);
    lane.appendBlock({ startFrame: 200, valueAtStart: 0.5, points: [] });
    expect(lane.valueAt(199)).toBeCloseTo(1.99, 12);
    expect(lane.valueAt(200)).toBe(0.5);
  });

  test('points that go back or are no numbers are refused', () => {
    const lane = Lane.from([at(10, 1)]);
    expect(() => lane.append(at(9, 1))).toThrow('comes after');
    expect(() => lane.append(at(11, Number.NaN))).toThrow('finite');
  });

  test('forgetting changes nothing from there on', () => {
    const points = Array.from({ length: 5000 }, (_, index) =>
      at(index * 10, (index % 7) / 4, index % 3 ? 'linear' : 'hold'),
    );
    const whole = Lane.from(points);
    const short = Lane.from(points);
    short.forgetBefore(30_005);
    expect(short.points.length).toBeLessThan(2002);
    for (let frame = 30_005; frame < 50_100; frame += 7) expect(short.valueAt(frame)).toBe(whole.valueAt(frame));
  });
});

const anyPoint = fc.record({
  frame: fc.integer({ min: 0, max: 2 ** 34 }),
  value: fc.double({ min: 0, max: 2, noNaN: true }),
  interpolation: fc.constantFrom<LanePoint['interpolation'][]>('hold', 'linear'),
});

describe('lane CSV', () => {
  test('a delivered lane comes back bit by bit', () => {
    fc.assert(
      fc.property(
        fc.array(anyPoint, { minLength: 1, maxLength: 30 }),
        fc.constantFrom(8000, 22_050, 44_100, 47_999, 48_000, 96_000, 384_000),
        (unsorted, rate) => {
          const points = unsorted
            .map((point) => ({ ...point, value: point.value + 0 }))
            .sort((a, b) => a.frame - b.frame);
          expect(parseLaneCsv(formatLaneCsv(points, rate), rate)).toEqual(points);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('header, comments, blank lines, byte order mark and any line ending', () => {
    const text = '\uFEFFseconds,temperature\r\n# a remark\r\n0, 0.75\r\n\r\n1.5,1.1,hold # jump\n2,1e0,linear\r';
    expect(parseLaneCsv(text, 48_000)).toEqual([at(0, 0.75), at(72_000, 1.1, 'hold'), at(96_000, 1)]);
  });

  test.each([
    ['semicolons', '0;0.75\n1.5;1.1;hold\n2;1'],
    ['semicolons and decimal commas', '0;0,75\n1,5;1,1;hold\n2,0;1'],
    ['tabs', '0\t0.75\n1.5\t1.1\thold\n2\t1'],
    ['tabs and decimal commas', '0\t,75\n1,5\t1,1\thold\n2\t1'],
    ['spaces', '0 0.75\n1.5   1.1 hold\n2 1'],
    ['quotes', '"0","0.75"\n"1.5","1.1","hold"\n"2","1"'],
    ['quotes and decimal commas', '"0","0,75"\n"1,5","1,1","hold"\n2,1'],
    ['what sep= says', 'sep=|\n0|0.75\n1.5|1.1|hold\n2|1'],
    ['a sep= of semicolons', '"sep=;"\n0;0,75\n1,5;1,1;hold\n2;1'],
    ['a header of other words', 'Time (s),Temp\n0,0.75\n1.5,1.1,hold\n2,1'],
    ['a header in German', 'Zeit;Temperatur\n0;0,75\n1,5;1,1;hold\n2;1'],
    ['a header in another order', 'temperature,note,seconds,shape\n0.75,a,0,linear\n1.1,b,1.5,hold\n1,c,2,'],
    ['times', '0:00,0.75\n0:01.5,1.1,HOLD\n00:00:02.000,1'],
    ['empty columns', '0,0.75,,\n1.5,1.1,hold,\n,,,\n2,1,'],
  ])('columns by %s', (_, text) => {
    expect(parseLaneCsv(text, 48_000)).toEqual([at(0, 0.75), at(72_000, 1.1, 'hold'), at(96_000, 1)]);
  });

  test('hours and minutes count', () => {
    expect(parseLaneCsv('1:02:03.5,1', 1000)[0]?.frame).toBe(3_723_500);
    expect(parseLaneCsv('-0:01.5,1', 1000)[0]?.frame).toBe(-1500);
  });

  test('every encoding that spreadsheets save', () => {
    const text = 'Température;seconds\n0,75;0\n';
    const wide = Buffer.from(text, 'utf16le');
    const swapped = Buffer.from(wide).swap16();
    for (const bytes of [
      Buffer.from(text),
      Buffer.from(`\uFEFF${text}`),
      wide,
      swapped,
      Buffer.concat([Buffer.from([0xff, 0xfe]), wide]),
      Buffer.concat([Buffer.from([0xfe, 0xff]), swapped]),
    ]) {
      expect(parseLaneCsv(textOf(bytes), 48_000)).toEqual([at(0, 0.75)]);
    }
  });

  test('rounded seconds mean the whole frame they are close to; others stay between frames', () => {
    expect(parseLaneCsv('0.333333333,1', 48_000)[0]?.frame).toBe(16_000);
    expect(parseLaneCsv('0.00001,1', 48_000)[0]?.frame).toBeCloseTo(0.48, 12);
  });

  test.each([
    ['', 'no points'],
    ['0,0.75\n0,2.5', 'Line 2'],
    ['0,-0.1', 'not within 0 to 2'],
    ['0,nan', 'not a temperature'],
    ['0,', 'not a temperature'],
    ['1,1\n0,1', 'go back'],
    ['0,1,curve', 'neither hold nor linear'],
    ['0,1,hold,9', 'three columns'],
    ['0,Infinity', 'not a temperature'],
    ['1e300,1', 'too far'],
    ['0,5,0,75', 'Line 1 of the lane: more than three columns (numbers with decimal commas need ;'],
    ['0;1\n1.234,5;1', 'Line 2'],
    ['00:00:01:12,1', '"00:00:01:12" counts video frames'],
    ['0:61,1', '"0:61" is not a number of seconds'],
    ['frame,temperature\n0,1', 'Line 1 of the lane: "frame" is not seconds'],
    ['Time (ms);Value\n0;1', '"Time (ms)" is not seconds'],
    ['0,"1', 'Line 1 of the lane: a quote is not closed'],
    ['0,warm', 'A line is seconds,temperature[,hold|linear], such as 1.5,0.9.'],
  ])('refuses %j', (text, why) => {
    expect(() => parseLaneCsv(text, 48_000)).toThrow(why);
  });
});
