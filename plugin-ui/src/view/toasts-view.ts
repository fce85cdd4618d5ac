import type { ToastAction } from '../services.js';
import { el } from '../ui/dom.js';
import type { Scope } from '../ui/scope.js';

export interface ToastsView {
  readonly element: HTMLElement;
  show(text: string): void;
  showWithAction(text: string, action: ToastAction): void;
}

const toastMillis = 12_000;
const toastsMax = 3;

/** Messages for a moment, at the foot of the page: a refusal and what to do, or how to take something back. */
export function createToastsView(scope: Scope): ToastsView {
  const element = el('div', { class: 'toasts', role: 'log', 'aria-live': 'polite', 'aria-label': 'Messages' });
  const show = (text: string, action: ToastAction | undefined): void => {
    for (const toast of [...element.children]) if (toast.firstElementChild?.textContent === text) toast.remove();
    const close = el('button', { type: 'button', class: 'close', 'aria-label': 'Close message' }, '×');
    const toast = el('div', { class: 'toast' }, el('p', {}, text), close);
    const life = scope.child();
    const end = (): void => {
      life.dispose();
      toast.remove();
    };
    if (action !== undefined) {
      const button = el('button', { type: 'button' }, action.label);
      toast.insertBefore(button, close);
      life.on(button, 'click', () => {
        action.run();
        end();
      });
    }
    life.on(close, 'click', end);
    life.after(toastMillis, end);
    element.append(toast);
    while (element.children.length > toastsMax) element.firstElementChild?.remove();
  };
  return { element, show: (text) => show(text, undefined), showWithAction: show };
}
