import { el } from '../ui/dom.js';

/** What to do when no instance is connected. */
export function createEmptyView(): HTMLElement {
  return el(
    'section',
    { class: 'empty', 'aria-labelledby': 'empty-heading' },
    el('div', { class: 'empty-curve', 'aria-hidden': 'true' }),
    el('h2', { id: 'empty-heading' }, 'Nothing on the stove'),
    el('p', {}, 'Simmer is running and waiting for a host. To hear something:'),
    el(
      'ol',
      {},
      el(
        'li',
        {},
        el('b', {}, 'Add Simmer to a track'),
        ' in Reaper, Bitwig, Live, Ardour or another host, as an instrument or on audio.',
      ),
      el('li', {}, el('b', {}, 'Draw its Temperature lane.'), ' Low is cold and careful, high is hot and wild.'),
      el('li', {}, el('b', {}, 'Press play.'), ' The instance appears here as soon as the host has loaded it.'),
    ),
    el('p', { class: 'aside' }, 'Send another track into its sidechain as a guide: strong when cold, gone when hot.'),
  );
}
