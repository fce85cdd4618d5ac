import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import { ownFolder } from './own-folder.js';

export const discoveryFileName = 'service.json';
const lockFileName = 'service.lock';
/** A lock is held for the moment of a start; one that is older was left behind by a crash. */
const lockMillisMax = 10_000;
/** How long a service that is said to live may take to accept a connection. */
const connectMillisMax = 500;

const discoverySchema = z.object({
  version: z.literal(1),
  pid: z.number().int().positive(),
  grpc: z.string().regex(/^127\.0\.0\.1:\d{1,5}$/),
  page: z.string(),
  token: z.string(),
  startedAt: z.string(),
});
export type Discovery = z.infer<typeof discoverySchema>;

/** The place where a service says where it is: service.json in a folder that only its user can enter. */
export class DiscoveryFile {
  readonly path: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, discoveryFileName);
  }

  /**
   * Runs `start` and publishes what it returns, unless another service is alive here. Two that start at once cannot both.
   * @throws Failure `unavailable` naming the service that is there, `usage` where the folder is not its user's alone
   */
  async claim(start: () => Promise<Discovery>): Promise<Discovery> {
    await ownFolder(this.#folder);
    const unlock = await this.#lock();
    try {
      const other = await this.#read();
      if (other !== undefined && (await isAlive(other))) {
        throw new Failure(
          'unavailable',
          `Another Simmer service is running (process ${other.pid}, ${this.path}). Stop it, or give this one another --runtime-dir.`,
        );
      }
      const discovery = await start();
      await this.#write(discovery);
      return discovery;
    } finally {
      await unlock();
    }
  }

  /** Says another token. @throws Failure `unavailable` where the file does not speak of this process any more */
  async replaceToken(token: string): Promise<void> {
    const current = await this.#read();
    if (current?.pid !== process.pid) throw new Failure('unavailable', `${this.path} is not this service's any more.`);
    await this.#write({ ...current, token });
  }

  /** Removes the file if it still speaks of this process. */
  async clear(pid: number): Promise<void> {
    const current = await this.#read();
    if (current?.pid === pid) await rm(this.path, { force: true });
  }

  async #read(): Promise<Discovery | undefined> {
    try {
      if ((await stat(this.path)).size > limits.discoveryBytesMax) return undefined;
      const parsed = discoverySchema.safeParse(JSON.parse(await readFile(this.path, 'utf8')));
      return parsed.success ? parsed.data : undefined;
    } catch {
      return undefined;
    }
  }

  /** Replaced by rename, so that a reader sees the old one or the new one and never a part. */
  async #write(discovery: Discovery): Promise<void> {
    const unfinished = join(this.#folder, `.${discoveryFileName}.${discovery.pid}.tmp`);
    const file = await open(unfinished, 'w', 0o600);
    try {
      await file.chmod(0o600);
      await file.writeFile(`${JSON.stringify(discovery, undefined, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, this.path);
  }

  async #lock(): Promise<() => Promise<void>> {
    const path = join(this.#folder, lockFileName);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      try {
        await writeFile(path, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
        return () => rm(path, { force: true });
      } catch (thrown) {
        if (!hasCode(thrown, 'EEXIST')) {
          throw new Failure('unavailable', `The runtime folder ${this.#folder} cannot be written.`, thrown);
        }
        // Kernel times on both sides: a clock that was set meanwhile only costs one more try.
        const made = await stat(path).catch(() => undefined);
        if (made !== undefined && Math.abs(Date.now() - made.mtimeMs) < lockMillisMax) break;
        await rm(path, { force: true });
      }
    }
    throw new Failure('unavailable', `Another Simmer service is starting in ${this.#folder}.`);
  }
}

async function isAlive(discovery: Discovery): Promise<boolean> {
  try {
    process.kill(discovery.pid, 0);
  } catch (thrown) {
    if (!hasCode(thrown, 'EPERM')) return false;
  }
  // The number may belong to another program by now; only a service listens where this one said.
  return accepts(Number(discovery.grpc.split(':')[1]));
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: connectMillisMax });
    const settle = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', settle(true));
    socket.once('error', settle(false));
    socket.once('timeout', settle(false));
  });
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}
