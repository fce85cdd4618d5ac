import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  confirmMillisMax,
  type Gesture,
  type GestureEvent,
  gestureAfter,
  idle,
  shownValue,
} from '../../plugin-ui/src/control/gesture.js';
import { type EditPhase, ParameterEditor } from '../../plugin-ui/src/control/parameter-editor.js';
import { FrameScheduler } from '../../plugin-ui/src/ui/frames.js';
import { Scope } from '../../plugin-ui/src/ui/scope.js';
import { parameters } from '../../service/src/core/parameters.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

interface Sent {
  readonly id: number;
  readonly phase: EditPhase;
  readonly value: number;
}

function start() {
  const scope = new Scope();
  const waiting: ((now: number) => void)[] = [];
  const frames = new FrameScheduler({ request: (run) => waiting.push(run), cancel: () => waiting.splice(0) });
  const sent: Sent[] = [];
  let linked = true;
  const editor = new ParameterEditor({
    spec: parameters.temperature,
    scope,
    frames,
    now: () => Date.now(),
    changed: () => {},
    send: (phase, value) => {
      if (!linked) return undefined;
      sent.push({ id: sent.length + 1, phase, value });
      return sent.length;
    },
  });
  return {
    editor,
    scope,
    sent,
    phases: () => sent.map(({ phase, value }) => (phase === 'perform' ? value : phase)),
    frame: () => {
      for (const run of waiting.splice(0)) run(0);
    },
    cut: () => {
      linked = false;
    },
  };
}

describe('who moves a knob', () => {
  it('is the host, until the page holds it', () => {
    const { editor } = start();
    editor.update(0.7, 0);
    expect(editor.value).toBe(0.7);
    editor.begin();
    editor.update(0.9, 0);
    expect(editor.value).toBe(0.7);
    editor.change(1.2);
    editor.update(0.9, 0);
    expect(editor.value).toBe(1.2);
  });

  it('stays the page after it let go, until the host has received that very end', () => {
    const { editor, sent, frame } = start();
    editor.update(0.7, 0);
    editor.begin();
    editor.change(1.2);
    frame();
    editor.end();
    const endId = sent.at(-1)?.id ?? 0;
    // An echo of the way there, and a word about an earlier command.
    editor.update(0.71, endId - 1);
    expect(editor.value).toBe(1.2);
    editor.update(1.2, endId);
    editor.update(0.5, endId);
    expect(editor.value).toBe(0.5);
  });

  it('is the host again after half a second, whatever it has or has not said', () => {
    const { editor } = start();
    editor.update(0.7, 0);
    editor.set(1.5);
    vi.advanceTimersByTime(confirmMillisMax - 1);
    expect(editor.value).toBe(1.5);
    vi.advanceTimersByTime(1);
    expect(editor.value).toBe(0.7);
  });

  it('both directions at once: automation keeps moving, and the knob shows one of the two at any time', () => {
    const { editor, frame } = start();
    const shown: number[] = [];
    for (let tick = 0; tick < 40; tick += 1) {
      if (tick === 10) editor.begin();
      if (tick >= 10 && tick < 20) editor.change(1.5);
      if (tick === 20) editor.end();
      editor.update(0.5 + tick / 1_000, 0);
      frame();
      vi.advanceTimersByTime(50);
      shown.push(editor.value);
    }
    expect(shown.slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, tick) => 0.5 + tick / 1_000));
    expect(new Set(shown.slice(10, 29))).toEqual(new Set([1.5]));
    expect(shown.slice(31)).toEqual(Array.from({ length: 9 }, (_, tick) => 0.5 + (tick + 31) / 1_000));
  });
});

describe('what is sent', () => {
  it('is one value a frame, and the last one before the end', () => {
    const { editor, frame, phases } = start();
    editor.begin();
    for (const value of [1.1, 1.2, 1.3]) editor.change(value);
    frame();
    frame();
    editor.change(1.41234);
    editor.end();
    frame();
    expect(phases()).toEqual(['begin', 1.3, 1.412, 'end']);
  });

  it('is nothing while nobody holds it', () => {
    const { editor, phases, frame } = start();
    editor.change(1.3);
    editor.end();
    frame();
    expect(phases()).toEqual([]);
  });

  it('is one gesture for a key that is held, which ends by itself', () => {
    const { editor, phases, frame } = start();
    for (const value of [1.01, 1.02, 1.03]) {
      editor.nudge(value);
      frame();
      vi.advanceTimersByTime(100);
    }
    vi.advanceTimersByTime(400);
    expect(phases()).toEqual(['begin', 1.01, 1.02, 1.03, 'end']);
  });

  it('ends when what it holds goes away, and only once', () => {
    const { editor, scope, phases } = start();
    editor.begin();
    editor.change(1.2);
    scope.dispose();
    scope.dispose();
    expect(phases()).toEqual(['begin', 1.2, 'end']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is let go of when the link is lost; what the pointer still does means nothing', () => {
    const { editor, phases, cut, frame } = start();
    editor.update(0.6, 0);
    editor.begin();
    editor.change(1.2);
    cut();
    frame();
    expect(editor.holding).toBe(false);
    expect(editor.value).toBe(0.6);
    editor.change(1.9);
    editor.end();
    editor.begin();
    expect(editor.holding).toBe(false);
    expect(phases()).toEqual(['begin']);
  });

  it('always pairs begin and end, whatever happens in between', () => {
    const step = fc.oneof(
      fc.constantFrom('begin', 'end', 'frame', 'lose', 'wait' as const),
      fc.double({ min: -1, max: 3, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { editor, scope, frame, sent } = start();
        for (const what of steps) {
          if (typeof what === 'number') editor.change(what);
          else if (what === 'begin') editor.begin();
          else if (what === 'end') editor.end();
          else if (what === 'frame') frame();
          else if (what === 'lose') {
            // The service ends what was open; the page says nothing of it any more.
            if (editor.holding) sent.push({ id: sent.length + 1, phase: 'end', value: 0 });
            editor.linkLost();
          } else vi.advanceTimersByTime(300);
        }
        scope.dispose();
        let open = false;
        for (const { phase, value } of sent) {
          expect(open).toBe(phase !== 'begin');
          if (phase === 'begin') open = true;
          if (phase === 'end') open = false;
          expect(value >= 0 && value <= 2).toBe(true);
        }
        expect(open).toBe(false);
      }),
    );
  });
});

describe('the machine itself', () => {
  it('shows the page’s value in every state but one', () => {
    const events = fc.array(
      fc.oneof(
        fc.record({ type: fc.constant('begin' as const), value: fc.double({ min: 0, max: 2, noNaN: true }) }),
        fc.record({ type: fc.constant('end' as const), endId: fc.nat(20), nowMillis: fc.nat(2_000) }),
        fc.record({ type: fc.constant('confirmed' as const), id: fc.nat(20) }),
        fc.record({ type: fc.constant('time' as const), nowMillis: fc.nat(4_000) }),
        fc.constant({ type: 'lost' as const }),
      ),
    );
    fc.assert(
      fc.property(events, (list: GestureEvent[]) => {
        const end = list.reduce<Gesture>(gestureAfter, idle);
        expect(shownValue(end, 99) === 99).toBe(end.kind === 'idle');
      }),
    );
  });
});
