import type { SessionSnapshot } from '../../../service/src/core/monitor.js';
import { el, setAttribute, setText } from '../ui/dom.js';
import { type Fault, faultsOf, healthWords } from '../words/faults.js';

export interface FaultsView {
  readonly element: HTMLElement;
  update(snapshot: SessionSnapshot): void;
}

/** A row of lamps, all of them always there: dark while nothing is wrong, lit and counting when something is. */
export function createFaultsView(): FaultsView {
  const health = el('p', { class: 'health' });
  const list = el('dl', { class: 'lamps' });
  const lamps = new Map<string, { lamp: HTMLElement; value: HTMLElement }>();
  const lampFor = (fault: Fault) => {
    const known = lamps.get(fault.key);
    if (known !== undefined) return known;
    const value = el('dd');
    const lamp = el('div', { class: 'lamp', title: fault.meaning }, el('dt', {}, fault.label), value);
    list.append(lamp);
    const made = { lamp, value };
    lamps.set(fault.key, made);
    return made;
  };
  return {
    element: el('div', { class: 'faults' }, health, list),
    update(snapshot) {
      const { text, severity } = healthWords(snapshot);
      setText(health, text);
      setAttribute(health, 'data-severity', severity);
      for (const fault of faultsOf(snapshot)) {
        const { lamp, value } = lampFor(fault);
        setAttribute(lamp, 'data-severity', fault.severity);
        setText(value, fault.value);
      }
    },
  };
}
