import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../plugin-ui/src/monitor/messages.js';
import { type Action, reduce } from '../../plugin-ui/src/state/reduce.js';
import { initialState, type PageState } from '../../plugin-ui/src/state/state.js';
import { announcements } from '../../plugin-ui/src/words/announce.js';
import { type MonitorMessage, monitorProtocol, type SessionSnapshot } from '../../service/src/core/monitor.js';
import { snapshot, storeSnapshot } from '../service/monitor/examples.js';
import { job, take } from './examples.js';

const message = (content: MonitorMessage, nowMillis = 0): Action => ({ type: 'message', message: content, nowMillis });
const hello = (pid = 1) => message({ type: 'hello', protocol: monitorProtocol, version: '0.1.0', pid, models: [] });
const sessions = (list: SessionSnapshot[], nowMillis = 0) =>
  message({ type: 'sessions', sessions: list, store: storeSnapshot(), refused: '' }, nowMillis);
const lane = (session: string, epoch: number, frames: number[]) => {
  const points = { frames, values: frames.map(() => 1) };
  return message({ type: 'lane', session, epoch, delivered: points, evaluated: points });
};
const stateAfter = (...actions: Action[]): PageState => actions.reduce(reduce, initialState);

describe('the state of the page', () => {
  it('has sessions only once the service has said which', () => {
    expect(stateAfter(hello()).sessions).toBeUndefined();
    expect(stateAfter(hello(), sessions([])).sessions).toEqual([]);
  });

  it('follows what is listed, and gathers lane', () => {
    const state = stateAfter(
      hello(),
      sessions([snapshot({ id: 'a' }), snapshot({ id: 'b' })]),
      lane('a', 1, [0, 10]),
      lane('a', 1, [20]),
      lane('gone', 1, [0]),
      sessions([snapshot({ id: 'a', playheadFrame: 30 })]),
    );
    expect(state.sessions?.map((view) => view.snapshot.id)).toEqual(['a']);
    expect(state.sessions?.[0]?.evaluated[0]?.frames).toEqual([0, 10, 20]);
  });

  it('keeps the last view, standing still, when the link is lost, and goes on from it', () => {
    const before = stateAfter({ type: 'opened' }, hello(), sessions([snapshot()]), lane('s1', 1, [0, 10]));
    const lost = reduce(before, { type: 'lost', attempt: 1, retryAtMillis: 500 });
    expect(before.sessions?.[0]?.speed).toBe(1);
    expect(lost.sessions?.[0]).toEqual({ ...before.sessions?.[0], speed: 0 });
    const again = [{ type: 'opened' } as const, hello(), sessions([snapshot()])].reduce(reduce, lost);
    expect(again.link).toEqual({ kind: 'open' });
    expect(again.sessions?.[0]?.evaluated[0]?.frames).toEqual([0, 10]);
  });

  it('stands still while the service says nothing, and goes on when it speaks', () => {
    const before = stateAfter({ type: 'opened' }, hello(), sessions([snapshot()]));
    const silent = reduce(before, { type: 'silent' });
    expect(silent.link).toEqual({ kind: 'silent' });
    expect(silent.sessions?.[0]?.speed).toBe(0);
    const again = reduce(silent, sessions([snapshot()]));
    expect([again.link, again.sessions?.[0]?.speed]).toEqual([{ kind: 'open' }, 1]);
    expect(announcements(before, silent)).toEqual(['Simmer has said nothing for two seconds.']);
    expect(announcements(silent, again)).toEqual(['Simmer speaks again.']);
  });

  it('knows the store of this service, and of no other', () => {
    const state = stateAfter(hello(), sessions([]));
    expect(stateAfter(hello()).store).toBeUndefined();
    expect(state.store).toEqual(storeSnapshot());
    expect(reduce(state, hello(1)).store).toEqual(storeSnapshot());
    expect(reduce(state, hello(2)).store).toBeUndefined();
  });

  it('starts anew with another process', () => {
    expect(stateAfter(hello(1), sessions([snapshot()]), hello(2)).sessions).toBeUndefined();
  });

  it('forgets a lane whose song frames have another meaning', () => {
    const state = stateAfter(
      hello(),
      sessions([snapshot()]),
      lane('s1', 1, [0, 1]),
      sessions([snapshot({ sampleRateHz: 96_000 })]),
    );
    expect(state.sessions?.[0]?.evaluated).toEqual([]);
  });

  it('measures how fast an offline epoch runs, and takes playback at its word', () => {
    const offline = (playheadFrame: number) => [snapshot({ offline: true, playheadFrame })];
    const state = stateAfter(hello(), sessions(offline(0), 0), sessions(offline(48_000 * 0.4), 100));
    expect(state.sessions?.[0]?.speed).toBeCloseTo(4);
    expect(stateAfter(hello(), sessions([snapshot()])).sessions?.[0]?.speed).toBe(1);
    expect(stateAfter(hello(), sessions([snapshot({ playing: false })])).sessions?.[0]?.speed).toBe(0);
  });

  it('knows takes, gaps, edits and jobs, and of an instance that is gone nothing', () => {
    const edited = (id: number): Action => message({ type: 'edited', session: 's1', id });
    const state = stateAfter(
      hello(),
      sessions([snapshot()]),
      message({ type: 'takes', session: 's1', takes: [take] }),
      message({ type: 'takes', session: 'gone', takes: [take] }),
      message({ type: 'gaps', session: 's1', gaps: [[5, 9]] }),
      edited(7),
      edited(4),
      message({ type: 'jobs', jobs: [job] }),
      sessions([snapshot({ playheadFrame: 9 })]),
    );
    expect(state.sessions?.map(({ takes, gaps, editedId }) => ({ takes, gaps, editedId }))).toEqual([
      { takes: [take], gaps: [[5, 9]], editedId: 7 },
    ]);
    expect(state.jobs).toEqual([job]);
    expect(reduce(state, hello(2)).jobs).toEqual([]);
    const silent = message({ type: 'reply', id: 1, fault: '', job: null });
    expect(reduce(state, silent)).toBe(state);
  });

  it('does not change when what it knows comes again', () => {
    const state = stateAfter({ type: 'opened' });
    expect(reduce(state, { type: 'opened' })).toBe(state);
  });
});

describe('what is said aloud', () => {
  const calm = stateAfter({ type: 'opened' }, hello(), sessions([snapshot()]));

  it('is that a session came, and went', () => {
    expect(announcements(stateAfter({ type: 'opened' }, hello(), sessions([])), calm)).toEqual([
      'REAPER is connected.',
    ]);
    expect(announcements(calm, reduce(calm, sessions([])))).toEqual(['1 session ended.']);
  });

  it('is that something went wrong, once', () => {
    const worse = reduce(calm, sessions([snapshot({ underrunCount: 1, underrunFrameCount: 480 })]));
    const more = reduce(worse, sessions([snapshot({ underrunCount: 2, underrunFrameCount: 960 })]));
    expect(announcements(calm, worse)).toEqual(['REAPER: 1 underrun, together 10 ms of silence.']);
    expect(announcements(worse, more)).toEqual([]);
  });

  it('is a model that is missing, and a store in trouble, once each', () => {
    const missing = reduce(calm, sessions([snapshot({ id: 's2', missingModel: 'one-song is not here.' })]));
    expect(announcements(calm, missing)).toEqual([
      'REAPER is connected.',
      'REAPER: one-song is not here.',
      '1 session ended.',
    ]);
    const full = (failedWriteCount: number): Action => ({
      type: 'message',
      nowMillis: 0,
      message: {
        type: 'sessions',
        sessions: [snapshot()],
        store: storeSnapshot({ trouble: 'The disk is full.', failedWriteCount }),
        refused: '',
      },
    });
    expect(announcements(calm, reduce(calm, full(1)))).toEqual(['The store: The disk is full.']);
    expect(announcements(reduce(calm, full(1)), reduce(calm, full(2)))).toEqual([]);
  });

  it('is why a plugin is refused, once', () => {
    const said = (refused: string): Action => ({
      type: 'message',
      nowMillis: 0,
      message: { type: 'sessions', sessions: [snapshot()], store: storeSnapshot(), refused },
    });
    const before = reduce(calm, said(''));
    const after = reduce(before, said('Update the plugin.'));
    expect(after.refused).toBe('Update the plugin.');
    expect(announcements(before, after)).toEqual(['A plugin is refused. Update the plugin.']);
    expect(announcements(after, reduce(after, said('Update the plugin.')))).toEqual([]);
    expect(announcements(after, reduce(after, said('')))).toEqual([]);
  });

  it('is the link, and not the numbers', () => {
    expect(announcements(calm, reduce(calm, { type: 'lost', attempt: 1, retryAtMillis: 0 }))).toHaveLength(1);
    expect(announcements(calm, reduce(calm, sessions([snapshot({ temperatureEvaluated: 1.2 })])))).toEqual([]);
  });
});

describe('the edge of the page', () => {
  const good = { type: 'sessions', sessions: [snapshot()], store: storeSnapshot(), refused: '' };

  it('takes what the schema says', () => {
    expect(parseMessage(JSON.stringify(good))).toEqual({ ok: true, message: good });
  });

  it.each([
    ['no text', new ArrayBuffer(2)],
    ['no JSON', '{'],
    [
      'another protocol',
      JSON.stringify({ type: 'hello', protocol: monitorProtocol + 1, version: '1', pid: 1, models: [] }),
    ],
    ['an unknown kind', JSON.stringify({ type: 'command' })],
    ['a number that is none', JSON.stringify({ ...good, sessions: [{ ...snapshot(), linkMillis: null }] })],
    ['a missing field', JSON.stringify({ ...good, sessions: [{ ...snapshot(), seed: undefined }] })],
  ])('refuses %s', (_what, data) => {
    expect(parseMessage(data)).toEqual({ ok: false });
  });
});
