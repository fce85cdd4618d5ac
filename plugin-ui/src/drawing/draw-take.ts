import type { TakeSummary } from '../../../service/src/core/monitor.js';
import type { Services } from '../services.js';
import type { PageState, SessionView } from '../state/state.js';
import { laneFor } from '../workspace/drawn-lane.js';
import type { Workspace } from '../workspace/workspace.js';

export interface DrawTake {
  readonly draw: (name: string, isSketch: boolean) => void;
  /** A take that was asked for may have come. */
  update(view: SessionView, state: PageState): void;
}

export interface DrawTakeOptions {
  readonly services: Services;
  readonly workspace: Workspace;
  readonly session: string;
  readonly view: () => SessionView | undefined;
  readonly listen: (take: TakeSummary) => void;
}

const secondsWithoutSelection = 10;
const sketchName = 'Sketch';

/** Asks for takes of the drawn lane. A sketch is only listened to, and the next sketch takes its place. */
export function createDrawTake({ services, workspace, session, view, listen }: DrawTakeOptions): DrawTake {
  let awaited: { readonly job: string; readonly isSketch: boolean } | undefined;
  let sketch: string | undefined;

  const draw = async (name: string, isSketch: boolean): Promise<void> => {
    const snapshot = view()?.snapshot;
    const { points } = workspace.drawing;
    if (snapshot === undefined || points.length === 0) return;
    const rate = snapshot.sampleRateHz;
    const start = (points[0]?.frame ?? 0) / rate;
    const end = Math.max(start + secondsWithoutSelection, (points.at(-1)?.frame ?? 0) / rate);
    const range = workspace.selection ?? { start, end };
    const fromFrame = Math.round(range.start * rate);
    const { ok, job } = await services.ask({
      type: 'draw-take',
      session,
      lane: [...laneFor(points, fromFrame)],
      seed: snapshot.seed,
      guideAmount: snapshot.guideAmount,
      fromFrame,
      toFrame: Math.round(range.end * rate),
      name: isSketch ? sketchName : name,
    });
    if (ok && job !== null) awaited = { job, isSketch };
  };

  return {
    draw: (name, isSketch) => void draw(name, isSketch),
    update(seen, { jobs }) {
      const job = awaited === undefined ? undefined : jobs.find(({ id }) => id === awaited?.job);
      if (awaited === undefined || job === undefined) return;
      if (job.state === 'failed') services.toast(job.message);
      if (job.state === 'failed' || job.state === 'cancelled') awaited = undefined;
      if (job.state !== 'done') return;
      const take = seen.takes.find(({ id }) => id === job.take);
      if (take === undefined || awaited === undefined) return;
      const { isSketch } = awaited;
      awaited = undefined;
      if (!isSketch) return services.toast(`${take.name === '' ? 'The take' : take.name} is among the takes.`);
      const old = seen.takes.find(({ id }) => id === sketch);
      if (old !== undefined && !old.kept && !old.current && old.name === sketchName && old.id !== take.id) {
        void services.ask({ type: 'discard', session, take: old.id });
      }
      sketch = take.id;
      listen(take);
    },
  };
}
