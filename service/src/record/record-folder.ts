import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochHeader, EpochRecord } from './epoch-record.js';

/** Where `--record` puts what was drawn: a folder per epoch, complete from the moment it has its name. */
export class RecordFolder {
  readonly #folder: string;
  readonly #warn: (line: string) => void;
  readonly #writing = new Set<Promise<void>>();

  constructor(folder: string, warn: (line: string) => void) {
    this.#folder = folder;
    this.#warn = warn;
  }

  /** Writes a finished epoch in the background. What cannot be written is reported, and disturbs nothing else. */
  save(header: EpochHeader, record: EpochRecord): void {
    if (record.empty) return;
    const name = `${header.sessionId}-epoch-${String(header.epoch).padStart(4, '0')}`;
    const writing = this.#write(name, record)
      .catch((thrown: unknown) => this.#warn(`The record ${name} cannot be written: ${reasonOf(thrown)}.`))
      .finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  /** Waits until everything that was saved is on disk. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing);
  }

  async #write(name: string, record: EpochRecord): Promise<void> {
    const unfinished = join(this.#folder, `.${name}.tmp`);
    try {
      await mkdir(unfinished, { recursive: true });
      for (const [file, content] of record.files()) await writeFile(join(unfinished, file), content);
      await rename(unfinished, join(this.#folder, name));
    } catch (thrown) {
      await rm(unfinished, { recursive: true, force: true }).catch(() => {});
      throw thrown;
    }
  }
}

function reasonOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'there is no room left';
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'what should be a folder is a file';
  return thrown instanceof Error ? thrown.message : String(thrown);
}
