import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { limits } from '../../core/limits.js';
import type { EngineName } from '../engine-name.js';
import { kernelVersion } from '../kernel/module.js';
import { onnxRuntimeVersion } from '../onnx/version.js';
import type { ProviderWish } from '../provider-wish.js';

/** Everything but the model that a speed depends on: measured under others it says nothing. */
export interface Circumstances {
  readonly kernel: number;
  readonly onnxruntime: string;
  readonly provider: string;
  readonly cpu: string;
  readonly node: string;
}

/** Those of this process. */
export function circumstancesHere(provider: ProviderWish): Circumstances {
  return {
    kernel: kernelVersion,
    onnxruntime: onnxRuntimeVersion(),
    provider,
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.version,
  };
}

/** Seconds of audio per second of one voice on one thread, by engine. */
export type Speeds = ReadonlyMap<string, number>;

const text = z.string().max(256);
const fileSchema = z.strictObject({
  version: z.literal(1),
  measured: z
    .array(
      z.strictObject({
        digest: z.string().regex(/^[0-9a-f]{64}$/),
        kernel: z.number().int().nonnegative(),
        onnxruntime: text,
        provider: text,
        cpu: text,
        node: text,
        realTimeFactors: z.record(text, z.number().positive()),
      }),
    )
    .max(limits.engineSpeedsMax),
});
type Measured = z.infer<typeof fileSchema>['measured'][number];

/**
 * How fast every engine of a model is on this machine, kept in a file, so that it is measured once and not at every start.
 * Nothing depends on the file: one that is missing, broken or cannot be written costs another measurement.
 */
export class EngineSpeeds {
  readonly #file: string;
  readonly #circumstances: Circumstances;
  #measured: readonly Measured[];

  private constructor(file: string, circumstances: Circumstances, measured: readonly Measured[]) {
    this.#file = file;
    this.#circumstances = circumstances;
    this.#measured = measured;
  }

  /** Reads what is known in `folder`, the user's cache. */
  static async open(folder: string, circumstances: Circumstances): Promise<EngineSpeeds> {
    const file = join(folder, 'engine-speeds.json');
    return new EngineSpeeds(file, circumstances, await readMeasured(file));
  }

  /** What was measured of a model under the circumstances of today; empty: nothing yet. */
  of(digest: string): Speeds {
    const found = this.#measured.findLast((entry) => entry.digest === digest && this.#isOfToday(entry));
    return new Map(Object.entries(found?.realTimeFactors ?? {}));
  }

  /** Remembers what was measured, here and in the file, beside what others have written there in the meantime. */
  async add(digest: string, speeds: ReadonlyMap<EngineName, number>): Promise<void> {
    const all = await readMeasured(this.#file);
    const isReplaced = (entry: Measured) => entry.digest === digest && this.#isOfToday(entry);
    const realTimeFactors = { ...all.findLast(isReplaced)?.realTimeFactors, ...Object.fromEntries(speeds) };
    const others = all.filter((entry) => !isReplaced(entry));
    this.#measured = [...others, { digest, ...this.#circumstances, realTimeFactors }].slice(-limits.engineSpeedsMax);
    await this.#write();
  }

  async #write(): Promise<void> {
    const unfinished = `${this.#file}.${process.pid}.part`;
    try {
      // It may lie in a runtime folder, which is its user's alone.
      await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
      await writeFile(unfinished, `${JSON.stringify({ version: 1, measured: this.#measured }, null, 1)}\n`);
      await rename(unfinished, this.#file);
    } catch {
      await rm(unfinished, { force: true }).catch(() => {});
    }
  }

  #isOfToday(entry: Circumstances): boolean {
    const { kernel, onnxruntime, provider, cpu, node } = this.#circumstances;
    return (
      entry.kernel === kernel &&
      entry.onnxruntime === onnxruntime &&
      entry.provider === provider &&
      entry.cpu === cpu &&
      entry.node === node
    );
  }
}

/** What a file says, or nothing where there is none that can be read. */
async function readMeasured(file: string): Promise<readonly Measured[]> {
  try {
    const stat = await lstat(file);
    if (!stat.isFile() || stat.size > limits.engineSpeedsBytesMax) return [];
    return fileSchema.parse(JSON.parse(await readFile(file, 'utf8'))).measured;
  } catch {
    return [];
  }
}
