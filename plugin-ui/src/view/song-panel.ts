import type { ModelCard } from '../../../service/src/core/monitor.js';
import { createDrawingTools, type DrawingOptions } from '../drawing/drawing-tools.js';
import type { Services } from '../services.js';
import { createSongView } from '../song/song-view.js';
import type { SessionView } from '../state/state.js';
import { el, setAttribute } from '../ui/dom.js';
import type { Workspace } from '../workspace/workspace.js';

export interface SongPanel {
  readonly element: HTMLElement;
  update(view: SessionView, models: readonly ModelCard[]): void;
}

/** The song view with its tools and, while a lane is drawn, those of the drawing. */
export function createSongPanel(services: Services, workspace: Workspace, options: DrawingOptions): SongPanel {
  const button = (text: string, title: string, run: () => void): HTMLButtonElement => {
    const made = el('button', { type: 'button', title }, text);
    services.scope.on(made, 'click', run);
    return made;
  };
  const show = (): void => {
    setAttribute(fit, 'aria-pressed', String(song.following === 'fit'));
    setAttribute(follow, 'aria-pressed', String(song.following === 'follow'));
    setAttribute(draw, 'aria-pressed', String(workspace.drawing.open));
  };
  const song = createSongView(services, workspace, () => show());
  let spectrumOn = true;
  const draw = button('Draw a lane', 'Draws a temperature lane here, without touching the host’s.', () =>
    workspace.drawing.setOpen(!workspace.drawing.open),
  );
  const out = button('−', 'Zoom out (−)', () => song.zoom(1 / 0.6));
  const closer = button('+', 'Zoom in (+)', () => song.zoom(0.6));
  out.setAttribute('aria-label', 'Zoom out');
  closer.setAttribute('aria-label', 'Zoom in');
  const fit = button('All', 'Shows all of the song (0).', () => song.setFollowing('fit'));
  const follow = button('Follow', 'Keeps the playhead in view (F).', () =>
    song.setFollowing(song.following === 'follow' ? 'free' : 'follow'),
  );
  const spectrum = button('Spectrum', 'Shows the spectrogram under the waveform.', () => {
    spectrumOn = !spectrumOn;
    song.setSpectrum(spectrumOn);
    setAttribute(spectrum, 'aria-pressed', String(spectrumOn));
  });
  spectrum.setAttribute('aria-pressed', 'true');
  const tools = createDrawingTools(options);
  const element = el(
    'section',
    { class: 'song-panel', 'aria-label': 'Song view' },
    el(
      'div',
      { class: 'song-tools', role: 'group', 'aria-label': 'View' },
      draw,
      el('span', { class: 'spring' }),
      spectrum,
      fit,
      follow,
      out,
      closer,
    ),
    song.element,
    legend(),
    tools.element,
    el(
      'p',
      { class: 'unseen', id: 'song-keys' },
      'Left and right scroll, plus and minus zoom, zero shows all, F follows the playhead, brackets select a range at the playhead.',
    ),
  );
  services.scope.add(workspace.watch(show));
  show();
  return {
    element,
    update(view, models) {
      song.update(view, models);
      tools.update(view, models);
    },
  };
}

function legend(): HTMLElement {
  return el(
    'p',
    { class: 'legend' },
    el('span', { class: 'key key-evaluated' }, 'what the draws used'),
    el('span', { class: 'key key-delivered' }, 'the host’s lane'),
    el('span', { class: 'key key-useful' }, 'useful range'),
    el('span', { class: 'key key-ahead' }, 'drawn ahead'),
  );
}
