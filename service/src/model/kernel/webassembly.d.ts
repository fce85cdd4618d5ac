/** What the kernel needs of the WebAssembly JavaScript interface: its full types come with the DOM's only. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: BufferSource);
    private readonly compiled: true;
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  /** A shared one can be posted to worker threads, which then see the same bytes. */
  class Memory {
    constructor(descriptor: { initial: number; maximum: number; shared: true });
    readonly buffer: SharedArrayBuffer;
    /** Adds pages of 64 KiB and returns how many there were. @throws RangeError beyond the maximum */
    grow(pages: number): number;
  }
  type BufferSource = ArrayBufferView<ArrayBuffer> | ArrayBuffer;
  function compile(bytes: BufferSource): Promise<Module>;
}
