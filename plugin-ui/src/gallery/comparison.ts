import { el } from '../ui/dom.js';
import type { Comparison, Exhibit, Sound } from './data.js';
import type { Part } from './exhibit.js';
import { lanePanel, spectrumPanel } from './panels.js';
import { createPlayerBar } from './player-bar.js';
import { createStrip, loadImage } from './strip.js';
import { Transport } from './transport.js';

/** Several experiments under one playhead: one is heard, and another is one key away, at the same place. */
export function createComparison({ title, text, ids }: Comparison, exhibits: readonly Exhibit[]): Part {
  const chosen = ids.flatMap((id) => {
    const found = exhibits.find((exhibit) => exhibit.id === id);
    return found?.sound === undefined ? [] : [{ id, title: found.title, sound: found.sound }];
  });
  const heading = el('h2', {}, title);
  const element = el('section', { class: 'exhibit' }, heading, el('p', { class: 'story' }, text));
  const [first] = chosen;
  if (first === undefined || chosen.length < 2) {
    element.append(el('p', { class: 'fault' }, 'Fewer than two of these can be played.'));
    return { element, show: () => {} };
  }
  const transport = new Transport(
    chosen.map(({ sound }) => sound.audio),
    Math.min(...chosen.map(({ sound }) => sound.seconds)),
  );
  const panel = createPlayerBar(ids.join(', '), transport, () => chosen[transport.audible]?.sound ?? first.sound);
  const group = el('div', { role: 'radiogroup', 'aria-label': 'Which one plays' });
  const tracks = chosen.map(({ id, title: name, sound }, index) => {
    const radio = el('input', { type: 'radio', name: `audible-${ids.join('-')}`, value: id });
    radio.addEventListener('change', () => transport.choose(index));
    const label = el('label', { class: 'choice' }, radio, el('span', { class: 'id' }, id), el('span', {}, name));
    const strip = track(id, sound, transport);
    const row = el('div', { class: 'track' }, label, strip.element);
    group.append(row);
    return { radio, row, strip };
  });
  element.append(panel.element, group, el('p', { class: 'facts' }, `Press ${keysOf(chosen.length)} to switch.`));
  element.addEventListener('keydown', (event) => {
    const index = Number(event.key) - 1;
    if (tracks[index] !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) transport.choose(index);
  });
  const show = () => {
    panel.show();
    for (const [index, { radio, row, strip }] of tracks.entries()) {
      radio.checked = index === transport.audible;
      row.classList.toggle('audible', index === transport.audible);
      strip.follow();
    }
  };
  transport.onChange(show);
  return { element, show };
}

function track(id: string, sound: Sound, transport: Transport) {
  const picture = loadImage(sound.spectrogram, () => strip.paint());
  const rows = [
    { above: 6, height: 54, panel: (plot, drawn) => lanePanel(plot, { ...drawn, sections: [] }, '') },
    { above: 6, height: 110, panel: (plot, drawn) => spectrumPanel(picture.image, '')(plot, drawn) },
  ] satisfies Parameters<typeof createStrip>[2];
  const strip = createStrip(id, sound, rows, transport);
  return strip;
}

const keysOf = (count: number): string => Array.from({ length: count }, (_, index) => index + 1).join(', ');
