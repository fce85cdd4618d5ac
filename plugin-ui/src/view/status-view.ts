import type { SessionView } from '../state/state.js';
import { el, setHidden, setStyle, setText } from '../ui/dom.js';
import { exportWords } from '../words/progress.js';
import { reactionWords, takesWords } from '../words/takes.js';
import { aheadWords, linkWords, speedWords } from '../words/words.js';
import { createFaultsView } from './faults-view.js';

export interface StatusView {
  readonly element: HTMLElement;
  update(view: SessionView): void;
}

/** The state of one instance: what went wrong, how soon a knob is heard, how fast audio is drawn, and how far an export is. */
export function createStatusView(): StatusView {
  const faults = createFaultsView();
  const speed = reading('Speed', 'Seconds of audio drawn per second of work. Playback needs more than 1.');
  const link = reading('Link', 'Round trip between the plugin and Simmer.');
  const ahead = reading('Ahead', 'Audio that is ready ahead of the playhead.');
  const takes = reading('Takes', 'Takes that this instance remembers.');
  const reaction = reading(
    'Knob to sound',
    'How long from turning a knob until you hear it: the host’s block, the way to Simmer and back with the drawing, and the filter.',
  );
  const progressText = el('span');
  const bar = el('i', { class: 'bar', 'aria-hidden': 'true' });
  const progress = el('p', { class: 'export', hidden: '' }, el('strong', {}, 'Export'), ' ', bar, ' ', progressText);
  const readings = [reaction, speed, ahead, link, takes].map(({ element }) => element);
  return {
    element: el(
      'footer',
      { class: 'session-foot' },
      progress,
      faults.element,
      el('dl', { class: 'readings' }, ...readings),
    ),
    update({ snapshot }) {
      faults.update(snapshot);
      const exporting = snapshot.offline && snapshot.playing;
      setHidden(progress, !exporting);
      if (exporting) {
        const { text, share } = exportWords(snapshot);
        setText(progressText, text);
        setHidden(bar, share === undefined);
        setStyle(bar, '--fill', (share ?? 0).toFixed(4));
      }
      const knob = reactionWords(snapshot);
      reaction.show(knob.text, false, [knob.sum, knob.basis]);
      const fast = speedWords(snapshot);
      speed.show(fast.text, fast.slow, []);
      ahead.show(
        aheadWords(snapshot),
        false,
        snapshot.offline ? [] : [`of ${Math.round(snapshot.lookaheadMillis)} ms`],
      );
      link.show(linkWords(snapshot.linkMillis), false, []);
      takes.show(takesWords(snapshot), false, []);
    },
  };
}

interface Reading {
  readonly element: HTMLElement;
  /** `notes` stand beside it, quieter; empty ones are not there. */
  show(text: string, bad: boolean, notes: readonly string[]): void;
}

function reading(label: string, meaning: string): Reading {
  const value = el('span');
  const note = el('small');
  const element = el('div', { class: 'reading', title: meaning }, el('dt', {}, label), el('dd', {}, value, ' ', note));
  return {
    element,
    show(text, bad, notes) {
      setText(value, text);
      setText(note, notes.filter((part) => part !== '').join(' · '));
      element.classList.toggle('bad', bad);
    },
  };
}
