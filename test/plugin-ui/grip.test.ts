import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Grip, settleMillis } from '../../plugin-ui/src/hand/grip.js';
import { angleOf, arcPath, dialDegrees, dragged, keyed, pointAt, typed } from '../../plugin-ui/src/knob/arc.js';

function gripped(): { grip: Grip; sent: [string, number][] } {
  const sent: [string, number][] = [];
  const grip = new Grip((phase, value) => {
    sent.push([phase, value]);
    return sent.length;
  });
  return { grip, sent };
}

describe('a parameter in the hand', () => {
  it('is told by begin, at most one value a frame, and end', () => {
    const { grip, sent } = gripped();
    grip.grab(1);
    grip.move(1.1);
    grip.move(1.2);
    grip.flush();
    grip.flush();
    grip.move(1.3);
    grip.release(0);
    expect(sent).toEqual([
      ['begin', 0],
      ['perform', 1.2],
      ['perform', 1.3],
      ['end', 0],
    ]);
  });

  it('shows the hand until the host has been told of its last value, and the host after it', () => {
    const { grip } = gripped();
    expect(grip.shown(0.8, 0)).toBe(0.8);
    grip.grab(0.8);
    grip.move(1.4);
    expect(grip.shown(0.9, 0)).toBe(1.4);
    grip.release(0);
    expect(grip.shown(0.9, 10)).toBe(1.4);
    grip.edited(1); // of its begin: not the last one
    expect(grip.shown(0.9, 20)).toBe(1.4);
    grip.edited(3);
    expect(grip.shown(1.35, 30)).toBe(1.35);
  });

  it('does not hold on for ever where no answer comes', () => {
    const { grip } = gripped();
    grip.set(1.5, 0);
    expect(grip.shown(0.7, settleMillis - 1)).toBe(1.5);
    expect(grip.shown(0.7, settleMillis)).toBe(0.7);
  });

  it('never makes an edit of what the host says, in whatever order both speak', () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant('grab' as const) }),
      fc.record({ kind: fc.constant('move' as const), value: fc.double({ min: 0, max: 2, noNaN: true }) }),
      fc.record({ kind: fc.constant('release' as const) }),
      fc.record({ kind: fc.constant('host' as const), value: fc.double({ min: 3, max: 4, noNaN: true }) }),
      fc.record({ kind: fc.constant('edited' as const), id: fc.nat(50) }),
      fc.record({ kind: fc.constant('frame' as const) }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const { grip, sent } = gripped();
        for (const [millis, one] of acts.entries()) {
          if (one.kind === 'grab') grip.grab(1);
          if (one.kind === 'move') grip.move(one.value);
          if (one.kind === 'release') grip.release(millis);
          if (one.kind === 'host') grip.shown(one.value, millis);
          if (one.kind === 'edited') grip.edited(one.id);
          if (one.kind === 'frame') grip.flush();
        }
        grip.release(1000);
        // The host's values lie beyond 3: none was sent. Begin and end take turns, and what is performed lies between.
        expect(sent.every(([, value]) => value <= 2)).toBe(true);
        let open = false;
        for (const [phase] of sent) {
          expect(open).toBe(phase !== 'begin');
          open = phase !== 'end';
        }
        expect(open).toBe(false);
      }),
    );
  });
});

describe('the dial', () => {
  const span = { min: 0, max: 2 };

  it('runs over 270 degrees with its middle at the top', () => {
    expect([angleOf(0, span), angleOf(1, span), angleOf(2, span), angleOf(9, span)]).toEqual([
      -dialDegrees / 2,
      0,
      dialDegrees / 2,
      dialDegrees / 2,
    ]);
    const [x, y] = pointAt(90, 10);
    expect([x, y]).toEqual([expect.closeTo(10), expect.closeTo(0)]);
    expect(arcPath(-135, 135, 84)).toMatch(/^M-59\.40 59\.40A84 84 0 1 1 59\.40 59\.40$/);
  });

  it('turns ten times as finely with Shift, and stays within its ends', () => {
    expect(dragged(1, 24, false, span)).toBeCloseTo(1.2);
    expect(dragged(1, 24, true, span)).toBeCloseTo(1.02);
    expect([dragged(1.9, 900, false, span), dragged(0.1, -900, false, span)]).toEqual([2, 0]);
  });

  it('is turned by keys, and by no other key', () => {
    expect([keyed(1, 'ArrowUp', false, span), keyed(1, 'ArrowLeft', true, span)]).toEqual([1.01, 0.999]);
    expect([keyed(1, 'PageDown', false, span), keyed(1, 'Home', false, span), keyed(1, 'End', false, span)]).toEqual([
      0.9, 0, 2,
    ]);
    expect(keyed(1, 'Tab', false, span)).toBeUndefined();
  });

  it('reads what is typed, and refuses what is no number', () => {
    expect(['0.95', ' 1,5 ', '.5', '7', '-3', '−1'].map((text) => typed(text, span))).toEqual([
      0.95, 1.5, 0.5, 2, 0, 0,
    ]);
    expect(['', 'hot', '1.2.3', '1e3', 'NaN'].map((text) => typed(text, span))).toEqual(Array(5).fill(undefined));
  });
});
