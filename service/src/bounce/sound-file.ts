/** Where a file's bytes go. */
export interface ByteSink {
  /** Appends. */
  append(bytes: Uint8Array): Promise<void>;
  /** Writes over what was appended before. */
  overwrite(offset: number, bytes: Uint8Array): Promise<void>;
}

/** A file of sound in the making: a port, which wav-file.ts and flac-file.ts fill. */
export interface SoundFile {
  /** Within ±1, channels interleaved, in order, as many frames in all as were announced. */
  write(values: Float32Array): Promise<void>;
  /** Writes what can be known only now. */
  finish(): Promise<void>;
  /** It is not wanted any more: lets go of what it holds. Not after `finish`. */
  abandon(): void;
}
