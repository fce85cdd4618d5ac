import type { MonitorMessage, SessionSnapshot } from '../../../service/src/core/monitor.js';
import { remember } from './lane-memory.js';
import type { PageState, SessionView } from './state.js';

export type Action =
  | { readonly type: 'opened' }
  | { readonly type: 'lost'; readonly attempt: number; readonly retryAtMillis: number }
  | { readonly type: 'silent' }
  | { readonly type: 'foreign' }
  | { readonly type: 'message'; readonly message: MonitorMessage; readonly nowMillis: number };

/** What came last stays when the link is lost; it only stops moving, and the page shows it as old. */
export function reduce(state: PageState, action: Action): PageState {
  switch (action.type) {
    case 'opened':
      return state.link.kind === 'open' ? state : { ...state, link: { kind: 'open' } };
    case 'lost':
      return { ...halted(state), link: { kind: 'lost', attempt: action.attempt, retryAtMillis: action.retryAtMillis } };
    case 'silent':
      return { ...halted(state), link: { kind: 'silent' } };
    case 'foreign':
      return { ...halted(state), link: { kind: 'foreign' } };
    case 'message':
      // A service that stood still and speaks again.
      return receive(
        state.link.kind === 'silent' ? { ...state, link: { kind: 'open' } } : state,
        action.message,
        action.nowMillis,
      );
  }
}

function halted(state: PageState): PageState {
  return { ...state, sessions: state.sessions?.map((view) => (view.speed === 0 ? view : { ...view, speed: 0 })) };
}

function receive(state: PageState, message: MonitorMessage, nowMillis: number): PageState {
  switch (message.type) {
    case 'hello':
      // After a lost link to the same process the last state stands until the next one comes, a moment later.
      return {
        ...state,
        jobs: state.service?.pid === message.pid ? state.jobs : [],
        service: { version: message.version, pid: message.pid },
        models: message.models,
        sessions: state.service?.pid === message.pid ? state.sessions : undefined,
        store: state.service?.pid === message.pid ? state.store : undefined,
      };
    case 'sessions': {
      const before = new Map((state.sessions ?? []).map((view) => [view.snapshot.id, view]));
      const sessions = message.sessions.map((snapshot) => viewOf(snapshot, before.get(snapshot.id), nowMillis));
      return { ...state, sessions, store: message.store, refused: message.refused };
    }
    case 'lane':
      return changed(state, message.session, (view) => ({
        ...view,
        delivered: remember(view.delivered, message.epoch, message.delivered),
        evaluated: remember(view.evaluated, message.epoch, message.evaluated),
      }));
    case 'takes':
      return changed(state, message.session, (view) => ({ ...view, takes: message.takes }));
    case 'gaps':
      return changed(state, message.session, (view) => ({ ...view, gaps: message.gaps }));
    case 'edited':
      return changed(state, message.session, (view) => ({
        ...view,
        editedId: Math.max(view.editedId, message.id),
      }));
    case 'jobs':
      return { ...state, jobs: message.jobs };
    case 'peaks':
    case 'guide':
    case 'reply':
      // Sound goes to the sound store, answers go to who asked; neither is state of the page.
      return state;
  }
}

function changed(state: PageState, session: string, change: (view: SessionView) => SessionView): PageState {
  return {
    ...state,
    sessions: state.sessions?.map((view) => (view.snapshot.id === session ? change(view) : view)),
  };
}

function viewOf(snapshot: SessionSnapshot, before: SessionView | undefined, nowMillis: number): SessionView {
  // Another rate is another meaning of every song frame.
  const same = before !== undefined && before.snapshot.sampleRateHz === snapshot.sampleRateHz;
  return {
    snapshot,
    receivedAtMillis: nowMillis,
    speed: speedOf(snapshot, same ? before : undefined, nowMillis),
    delivered: same ? before.delivered : [],
    evaluated: same ? before.evaluated : [],
    takes: before?.takes ?? [],
    gaps: same ? before.gaps : [],
    editedId: before?.editedId ?? 0,
  };
}

/** Playback runs at 1. An offline epoch runs as fast as it can, so its speed is measured from message to message. */
function speedOf(snapshot: SessionSnapshot, before: SessionView | undefined, nowMillis: number): number {
  if (!snapshot.playing) return 0;
  if (!snapshot.offline) return 1;
  const elapsed = nowMillis - (before?.receivedAtMillis ?? nowMillis);
  if (before === undefined || before.snapshot.epoch !== snapshot.epoch || elapsed < 20) return before?.speed ?? 0;
  const seconds = (snapshot.playheadFrame - before.snapshot.playheadFrame) / snapshot.sampleRateHz;
  const measured = Math.max(0, (seconds * 1000) / elapsed);
  return before.speed === 0 ? measured : before.speed + (measured - before.speed) * 0.3;
}
