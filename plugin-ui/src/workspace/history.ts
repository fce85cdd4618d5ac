/** What was, is, and may be again. */
export interface History<Value> {
  readonly past: readonly Value[];
  readonly present: Value;
  readonly future: readonly Value[];
}

const pastMax = 200;

export function historyOf<Value>(present: Value): History<Value> {
  return { past: [], present, future: [] };
}

/** A change that is none is not remembered. */
export function changed<Value>(history: History<Value>, present: Value): History<Value> {
  if (present === history.present) return history;
  return { past: [...history.past, history.present].slice(-pastMax), present, future: [] };
}

export function undone<Value>(history: History<Value>): History<Value> {
  const present = history.past.at(-1);
  if (history.past.length === 0 || present === undefined) return history;
  return { past: history.past.slice(0, -1), present, future: [history.present, ...history.future] };
}

export function redone<Value>(history: History<Value>): History<Value> {
  const [present, ...future] = history.future;
  if (present === undefined) return history;
  return { past: [...history.past, history.present], present, future };
}
