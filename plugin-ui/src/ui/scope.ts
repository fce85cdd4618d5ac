/**
 * Who owns a listener, a timer or an observer: a scope. Disposing of it disposes of its children first and then, in
 * reverse order, of everything it owns. Nothing else in the page adds listeners or starts timers.
 */
export class Scope {
  private readonly disposers = new Set<() => void>();
  private disposed = false;

  add(dispose: () => void): () => void {
    if (this.disposed) {
      dispose();
      return () => {};
    }
    this.disposers.add(dispose);
    return () => {
      if (this.disposers.delete(dispose)) dispose();
    };
  }

  child(): Scope {
    const scope = new Scope();
    scope.add(this.add(() => scope.dispose()));
    return scope;
  }

  on(
    target: EventTarget,
    type: string,
    listener: (event: Event) => void,
    options: { readonly passive?: boolean } = {},
  ): () => void {
    target.addEventListener(type, listener, options);
    return this.add(() => target.removeEventListener(type, listener));
  }

  /** Returns the cancellation. */
  after(millis: number, run: () => void): () => void {
    const timer = setTimeout(() => {
      this.disposers.delete(cancel);
      run();
    }, millis);
    const cancel = () => clearTimeout(timer);
    return this.add(cancel);
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const dispose of [...this.disposers].reverse()) {
      this.disposers.delete(dispose);
      dispose();
    }
  }
}
