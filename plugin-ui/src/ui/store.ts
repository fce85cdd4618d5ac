export interface Store<State, Action> {
  readonly state: State;
  dispatch(action: Action): void;
  /** Calls at once with what is, then with what becomes; not again when an action changes nothing. */
  watch(listener: (state: State) => void): () => void;
}

/** One state, changed only by a pure function of state and action. */
export function createStore<State, Action>(
  initial: State,
  reduce: (state: State, action: Action) => State,
): Store<State, Action> {
  let state = initial;
  const listeners = new Set<(state: State) => void>();
  return {
    get state() {
      return state;
    },
    dispatch(action) {
      const next = reduce(state, action);
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener(next);
    },
    watch(listener) {
      listeners.add(listener);
      listener(state);
      return () => listeners.delete(listener);
    },
  };
}
