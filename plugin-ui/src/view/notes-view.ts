import { el } from '../ui/dom.js';
import type { Scope } from '../ui/scope.js';

export interface NotesView {
  readonly element: HTMLElement;
  say(text: string, way?: { readonly label: string; readonly go: () => void }): void;
}

const noteMillis = 12_000;
const notesMax = 3;

/** What is said for a moment, at the foot of the page: a refusal and what to do, or how to take something back. */
export function createNotesView(scope: Scope): NotesView {
  const element = el('div', { class: 'notes', role: 'log', 'aria-live': 'polite', 'aria-label': 'Messages' });
  return {
    element,
    say(text, way) {
      for (const note of [...element.children]) if (note.firstElementChild?.textContent === text) note.remove();
      const close = el('button', { type: 'button', class: 'close', 'aria-label': 'Close message' }, '×');
      const note = el('div', { class: 'note' }, el('p', {}, text), close);
      const life = scope.child();
      const end = (): void => {
        life.dispose();
        note.remove();
      };
      if (way !== undefined) {
        const button = el('button', { type: 'button' }, way.label);
        note.insertBefore(button, close);
        life.on(button, 'click', () => {
          way.go();
          end();
        });
      }
      life.on(close, 'click', end);
      life.after(noteMillis, end);
      element.append(note);
      while (element.children.length > notesMax) element.firstElementChild?.remove();
    },
  };
}
