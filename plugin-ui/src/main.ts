import './style/tokens.css';
import './style/page.css';
import './style/session.css';
import './style/lane.css';
import './style/meters.css';
import { Hands } from './hand/hands.js';
import { Link } from './monitor/link.js';
import { reduce } from './state/reduce.js';
import { initialState } from './state/state.js';
import { FrameScheduler } from './ui/frames.js';
import { Scope } from './ui/scope.js';
import { createStore } from './ui/store.js';
import { createAppView } from './view/app-view.js';
import { announcements } from './words/announce.js';

const scope = new Scope();
const store = createStore(initialState, reduce);
const stillness = matchMedia('(prefers-reduced-motion: reduce)');
const frames = new FrameScheduler({
  request: (run) => requestAnimationFrame(run),
  cancel: (id) => cancelAnimationFrame(id),
});
const feedUrl = new URL('feed', location.href);
feedUrl.protocol = 'ws:';

const hands = new Hands((command) => link.send(command));
const link: Link = new Link({
  open: () => new WebSocket(feedUrl),
  random: Math.random,
  events: {
    onOpen: () => store.dispatch({ type: 'opened' }),
    onMessage: (message) => {
      if (message.type === 'edited') hands.edited(message.session, message.id);
      store.dispatch({ type: 'message', message, nowMillis: performance.now() });
    },
    onLost: (attempt, retryMillis) => {
      hands.drop();
      store.dispatch({ type: 'lost', attempt, retryAtMillis: performance.now() + retryMillis });
    },
    onSilent: () => store.dispatch({ type: 'silent' }),
    onForeign: () => store.dispatch({ type: 'foreign' }),
  },
});
scope.add(() => link.dispose());

const root = document.querySelector<HTMLElement>('#page');
if (root === null) throw new Error('The page has no place to be.');
const view = createAppView(
  root,
  { scope, frames, hands, still: () => stillness.matches },
  { retry: () => link.retryNow(), reload: () => location.reload() },
);

let before = initialState;
scope.add(
  store.watch((state) => {
    view.update(state);
    const said = announcements(before, state);
    if (said.length > 0) view.announce(said.join(' '));
    before = state;
  }),
);
scope.on(window, 'pagehide', () => scope.dispose());
// A page that comes back from the browser's cache has been disposed of: it starts anew.
new Scope().on(window, 'pageshow', (event) => {
  if ('persisted' in event && event.persisted === true) location.reload();
});
