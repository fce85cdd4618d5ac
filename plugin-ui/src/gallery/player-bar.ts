import { el, setAttribute, setHidden, setStyle, setText } from '../ui/dom.js';
import { readColours, tint } from './colours.js';
import { type Guide, likenessAt, type Sound, temperatureAt } from './data.js';
import type { Transport } from './transport.js';

/** The play button, the position, and the values there. `show` brings them up to date, at every frame. */
export function createPlayerBar(name: string, transport: Transport, soundNow: () => Sound) {
  const play = el('button', { class: 'play', type: 'button' });
  const place = el('span', { class: 'place' });
  const temperature = el('span', { class: 'now' });
  const likeness = el('span', { class: 'place' });
  const fault = el('p', { class: 'fault', role: 'status' });
  const element = el('div', { class: 'console' }, play, place, temperature, likeness, fault);
  play.addEventListener('click', () => transport.toggle());

  const show = (): void => {
    const sound = soundNow();
    setAttribute(play, 'aria-label', `${transport.plays ? 'Pause' : 'Play'} ${name}`);
    setAttribute(play, 'data-plays', `${transport.plays}`);
    setText(place, `${clock(transport.place)} / ${clock(transport.seconds)}`);
    const value = temperatureAt(sound.lane, transport.place);
    setText(temperature, `temperature ${value.toFixed(2)}`);
    setStyle(temperature, 'color', tint(readColours(element), sound, value));
    setText(likeness, likenessText(sound.guide, transport.place));
    setText(fault, transport.fault);
    setHidden(fault, transport.fault === '');
  };
  return { element, show };
}

const likenessText = (guide: Guide | undefined, second: number): string =>
  guide === undefined ? '' : `likeness to the guide ${likenessAt(guide, second).toFixed(2)}`;

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
