import './style/tokens.css';
import './style/base.css';
import './style/page.css';
import './style/toasts.css';
import './style/session.css';
import './style/controls.css';
import './style/song.css';
import './style/cards.css';
import './style/meters.css';
import { comeBack } from './monitor/come-back.js';
import { type CommandBody, Commands } from './monitor/commands.js';
import { Link } from './monitor/link.js';
import type { Services } from './services.js';
import { Peaks } from './sound/peaks.js';
import { Spectrogram } from './sound/spectrogram.js';
import { TakeLanes } from './sound/take-lanes.js';
import { reduce } from './state/reduce.js';
import { initialState } from './state/state.js';
import { FrameScheduler } from './ui/frames.js';
import { Scope } from './ui/scope.js';
import { createStore } from './ui/store.js';
import { createAppView } from './view/app-view.js';
import { createToastsView } from './view/toasts-view.js';
import { announcements } from './words/announce.js';

const scope = new Scope();
const store = createStore(initialState, reduce);
const motionQuery = matchMedia('(prefers-reduced-motion: reduce)');
const frames = new FrameScheduler({
  request: (run) => requestAnimationFrame(run),
  cancel: (id) => cancelAnimationFrame(id),
});
const feedUrl = new URL('feed', location.href);
feedUrl.protocol = 'ws:';

const commands = new Commands((text) => link.send(text));
const soundListeners = new Set<() => void>();
const sound = {
  fetch: (path: string, signal: AbortSignal) => fetch(path, { signal, cache: 'no-store' }),
  now: () => performance.now(),
  arrived: () => {
    for (const listener of soundListeners) listener();
  },
};
const peaks = new Peaks(sound);

let comeBackKey: string | undefined;
const link = new Link({
  open: () => new WebSocket(feedUrl),
  admit: () => comeBack(comeBackKey, { fetch, crypto, host: location.host }),
  random: Math.random,
  helloMillisMax: 5_000,
  events: {
    onOpen: () => {
      peaks.markAllStale();
      store.dispatch({ type: 'opened' });
    },
    onMessage: (message) => {
      if (message.type === 'hello') comeBackKey = message.comeBackKey;
      if (message.type === 'reply') commands.receive(message);
      if (message.type === 'peaks') peaks.add(message.take, message);
      if (message.type === 'guide') peaks.add('', message);
      store.dispatch({ type: 'message', message, nowMillis: performance.now() });
    },
    onLost: (attempt, retryMillis) => {
      commands.linkLost();
      store.dispatch({ type: 'lost', attempt, retryAtMillis: performance.now() + retryMillis });
    },
    onSilent: () => store.dispatch({ type: 'silent' }),
    onForeign: () => {
      commands.linkLost();
      store.dispatch({ type: 'foreign' });
    },
  },
});
scope.add(() => link.dispose());

const toasts = createToastsView(scope);
const services: Services = {
  scope,
  frames,
  reducedMotion: () => motionQuery.matches,
  commands,
  fetch: sound.fetch,
  peaks,
  spectrogram: new Spectrogram({ ...sound, scope }),
  takeLanes: new TakeLanes(sound),
  onSound: (listener) => {
    soundListeners.add(listener);
    return () => soundListeners.delete(listener);
  },
  toast: toasts.show,
  toastWithAction: toasts.showWithAction,
  ask: async (command: CommandBody) => {
    const { fault, job } = await commands.ask(command);
    if (fault !== '') toasts.show(fault);
    return { ok: fault === '', job };
  },
};

const root = document.querySelector<HTMLElement>('#page');
if (root === null) throw new Error('The page has no place to be.');
const view = createAppView(root, services, toasts, {
  retry: () => link.retryNow(),
  reload: () => location.reload(),
});

let before = initialState;
scope.add(
  store.watch((state) => {
    view.update(state);
    const texts = announcements(before, state);
    if (texts.length > 0) view.announce(texts.join(' '));
    before = state;
  }),
);
// Gestures end before the link does.
scope.on(window, 'pagehide', () => scope.dispose());
// A page that comes back from the browser's cache has been disposed of: it starts anew.
new Scope().on(window, 'pageshow', (event) => {
  if ('persisted' in event && event.persisted === true) location.reload();
});
