import { el } from '../ui/dom.js';
import type { Exhibit, Guide, Sound } from './data.js';
import { lanePanel, likenessPanel, spectrumPanel, wavePanel } from './panels.js';
import { createPlayerBar } from './player-bar.js';
import { createStrip, loadImage, type Row } from './strip.js';
import { Transport } from './transport.js';

/** A part of the page and how it is brought up to the moment. */
export interface Part {
  readonly element: HTMLElement;
  readonly show: () => void;
}

/** One experiment: its story, its sound, and what there is to see of it. */
export function createExhibit(exhibit: Exhibit): Part {
  const { id, title, story, sound, missing } = exhibit;
  const heading = el('h2', { id }, el('span', { class: 'id' }, id), ` ${title}`);
  const element = el(
    'section',
    { class: 'exhibit', 'aria-labelledby': id },
    heading,
    el('p', { class: 'story' }, story),
  );
  if (sound === undefined) {
    element.append(el('p', { class: 'fault' }, missing ?? 'It was not rendered.'));
    return { element, show: () => {} };
  }
  const facts = `${exhibit.model} · take ${sound.take} · ${sound.seconds} s`;
  const transport = new Transport([sound.audio], sound.seconds);
  const panel = createPlayerBar(id, transport, () => sound);
  const strip = createStrip(
    id,
    sound,
    rowsOf(sound, () => strip.paint()),
    transport,
  );
  const show = () => {
    panel.show();
    strip.follow();
  };
  transport.onChange(show);
  element.append(panel.element, strip.element, el('p', { class: 'facts' }, facts));
  if (sound.guide !== undefined) element.append(guidePlayer(sound.guide));
  return { element, show };
}

function rowsOf(sound: Sound, repaint: () => void): Row[] {
  const picture = loadImage(sound.spectrogram, repaint);
  const rows: Row[] = [
    { above: 24, height: 120, panel: lanePanel },
    { above: 26, height: 72, panel: wavePanel },
    { above: 26, height: 190, panel: (plot, drawn) => spectrumPanel(picture.image)(plot, drawn) },
  ];
  const { guide } = sound;
  if (guide !== undefined) rows.push({ above: 26, height: 96, panel: likenessPanel(guide) });
  return rows;
}

function guidePlayer({ audio }: Guide): HTMLElement {
  const player = el('audio', { controls: '', loop: '', preload: 'none', src: audio });
  return el('p', { class: 'guide' }, 'The guide alone, in its loop:', player);
}
