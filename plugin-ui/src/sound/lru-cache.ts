/** Keeps what was used last, so many of them. */
export class Recent<Value> {
  private readonly entries = new Map<string, Value>();

  constructor(
    private readonly sizeMax: number,
    private readonly drop: (value: Value) => void = () => {},
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: string): Value | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    const before = this.entries.get(key);
    if (before !== undefined && before !== value) this.drop(before);
    this.entries.delete(key);
    this.entries.set(key, value);
    for (const [oldest, old] of this.entries) {
      if (this.entries.size <= this.sizeMax) break;
      this.entries.delete(oldest);
      this.drop(old);
    }
  }

  *keys(): Iterable<string> {
    yield* this.entries.keys();
  }

  delete(key: string): void {
    const value = this.entries.get(key);
    if (value === undefined) return;
    this.entries.delete(key);
    this.drop(value);
  }
}
