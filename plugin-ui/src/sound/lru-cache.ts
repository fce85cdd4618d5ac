/** Keeps the values that were used last, `sizeMax` of them. */
export class LruCache<Value> {
  private readonly entries = new Map<string, Value>();

  constructor(
    private readonly sizeMax: number,
    private readonly onEvict: (value: Value) => void = () => {},
  ) {}

  get(key: string): Value | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    const before = this.entries.get(key);
    if (before !== undefined && before !== value) this.onEvict(before);
    this.entries.delete(key);
    this.entries.set(key, value);
    for (const [oldest, old] of this.entries) {
      if (this.entries.size <= this.sizeMax) break;
      this.entries.delete(oldest);
      this.onEvict(old);
    }
  }

  *keys(): Iterable<string> {
    yield* this.entries.keys();
  }
}
