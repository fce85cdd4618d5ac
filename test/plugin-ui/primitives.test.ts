import { describe, expect, it, vi } from 'vitest';
import { FrameScheduler } from '../../plugin-ui/src/ui/frames.js';
import { Scope } from '../../plugin-ui/src/ui/scope.js';
import { createStore } from '../../plugin-ui/src/ui/store.js';

describe('scope', () => {
  it('disposes in reverse, once, children included', () => {
    const scope = new Scope();
    const said: string[] = [];
    scope.add(() => said.push('first'));
    scope.child().add(() => said.push('child'));
    scope.add(() => said.push('last'));
    scope.dispose();
    scope.dispose();
    expect(said).toEqual(['last', 'child', 'first']);
  });

  it('disposes at once of what comes too late', () => {
    const scope = new Scope();
    scope.dispose();
    const late = vi.fn();
    scope.add(late);
    expect(late).toHaveBeenCalledOnce();
  });

  it('lets go of a listener, by itself or alone', () => {
    const scope = new Scope();
    const target = new EventTarget();
    const [first, second] = [vi.fn(), vi.fn()];
    const stop = scope.on(target, 'x', first);
    scope.on(target, 'x', second);
    stop();
    target.dispatchEvent(new Event('x'));
    scope.dispose();
    target.dispatchEvent(new Event('x'));
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([0, 1]);
  });

  it('lets go of a child that ends before it', () => {
    const parent = new Scope();
    const dispose = vi.fn();
    const child = parent.child();
    child.add(dispose);
    child.dispose();
    parent.dispose();
    expect(dispose).toHaveBeenCalledOnce();
  });
});

describe('store', () => {
  it('tells what is, then what becomes, and nothing when nothing changed', () => {
    const store = createStore(0, (state, add: number) => state + add);
    const heard: number[] = [];
    const stop = store.watch((state) => heard.push(state));
    store.dispatch(2);
    store.dispatch(0);
    stop();
    store.dispatch(5);
    expect(heard).toEqual([0, 2]);
    expect(store.state).toBe(7);
  });
});

describe('frames', () => {
  class Clock {
    readonly waiting = new Map<number, (now: number) => void>();
    private last = 0;

    request(run: (now: number) => void): number {
      this.last += 1;
      this.waiting.set(this.last, run);
      return this.last;
    }

    cancel(id: number): void {
      this.waiting.delete(id);
    }

    tick(now: number): void {
      const due = [...this.waiting.values()];
      this.waiting.clear();
      for (const run of due) run(now);
    }
  }

  it('asks for one frame however much changed, and for none when nothing moves', () => {
    const clock = new Clock();
    const frames = new FrameScheduler(clock);
    const paint = vi.fn(() => false);
    frames.invalidate(paint);
    frames.invalidate(paint);
    expect(clock.waiting.size).toBe(1);
    clock.tick(1);
    expect(paint).toHaveBeenCalledExactlyOnceWith(1);
    expect(clock.waiting.size).toBe(0);
  });

  it('goes on while something moves', () => {
    const clock = new Clock();
    const frames = new FrameScheduler(clock);
    let left = 3;
    frames.invalidate(() => {
      left -= 1;
      return left > 0;
    });
    for (let now = 0; now < 10; now += 1) clock.tick(now);
    expect(left).toBe(0);
  });

  it('asks for nothing on behalf of what is gone', () => {
    const clock = new Clock();
    const frames = new FrameScheduler(clock);
    const paint = vi.fn(() => true);
    frames.invalidate(paint);
    frames.forget(paint);
    expect(clock.waiting.size).toBe(0);
    clock.tick(1);
    expect(paint).not.toHaveBeenCalled();
  });
});
