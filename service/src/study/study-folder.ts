import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../core/failure.js';
import type { Measures } from './measures.js';

/** What is known of a take that is done. */
export interface FinishedTake {
  readonly measures: Measures;
  /** A small spectrogram, a byte for each point: band after band, lowest first. */
  readonly picture: { readonly bands: number; readonly columns: number; readonly base64: string };
}

const finishedSchema = z.object({
  bytes: z.number(),
  sha256: z.string(),
  measures: z.record(z.string(), z.number()),
  picture: z.object({ bands: z.number(), columns: z.number(), base64: z.string() }),
});

const planFile = 'study.json';
const recordFolder = '.done';

/** A study's folder: its plan, its takes, and what is known of those that are done. Nothing in it is half written under its own name. */
export class StudyFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes the folder this plan's, or finds that it is.
   * @throws Failure `usage` where it is another study's, or cannot be written
   */
  async claim(digest: string, summary: unknown): Promise<void> {
    const known = await readFile(join(this.path, planFile), 'utf8').catch(() => undefined);
    if (known === undefined) {
      await this.#write(join(this.path, planFile), `${JSON.stringify({ digest, plan: summary }, undefined, 2)}\n`);
      return;
    }
    if (digestIn(known) === digest) return;
    throw new Failure(
      'usage',
      `${this.path} holds another study (or one of other models): say another --out, or --fresh to begin anew and keep that one beside it.`,
    );
  }

  /** Puts what is there aside, so that the folder is free. Returns where it is now; undefined: there was nothing. */
  async putAside(): Promise<string | undefined> {
    if ((await stat(this.path).catch(() => undefined)) === undefined) return undefined;
    for (let number = 1; ; number += 1) {
      const aside = `${this.path}-before-${number}`;
      if ((await stat(aside).catch(() => undefined)) !== undefined) continue;
      await rename(this.path, aside);
      return aside;
    }
  }

  /** What is known of a take whose file is here and whole; undefined: it must be rendered. */
  async finished(file: string): Promise<FinishedTake | undefined> {
    try {
      const record = finishedSchema.parse(JSON.parse(await readFile(this.#recordOf(file), 'utf8')));
      const bytes = await readFile(join(this.path, file));
      if (bytes.length !== record.bytes || sha256(bytes) !== record.sha256) return undefined;
      return { measures: record.measures as unknown as Measures, picture: record.picture };
    } catch {
      return undefined;
    }
  }

  /** Writes a take, and then that it is done. */
  async finish(file: string, bytes: Uint8Array, take: FinishedTake): Promise<void> {
    await this.#write(join(this.path, file), bytes);
    const record = { bytes: bytes.length, sha256: sha256(bytes), ...take };
    await this.#write(this.#recordOf(file), `${JSON.stringify(record)}\n`);
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(this.path, name);
    await this.#write(path, content);
    return path;
  }

  read(file: string): Promise<Uint8Array> {
    return readFile(join(this.path, file));
  }

  #recordOf(file: string): string {
    return join(this.path, recordFolder, `${file}.json`);
  }

  async #write(path: string, content: string | Uint8Array): Promise<void> {
    const unfinished = `${path}.${process.pid}.part`;
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(unfinished, content);
      const written = await open(unfinished, 'r');
      await written.sync().finally(() => written.close());
      await rename(unfinished, path);
    } catch (cause) {
      await rm(unfinished, { force: true }).catch(() => {});
      throw new Failure('usage', `${path} cannot be written: is the disk full, or the folder another's?`, cause);
    }
  }
}

function digestIn(json: string): string | undefined {
  try {
    return z.object({ digest: z.string() }).parse(JSON.parse(json)).digest;
  } catch {
    return undefined;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
