import { readFile, truncate, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type StoreFiles, storeFiles } from '../../../service/src/store/store-files.js';

type Handle = Awaited<ReturnType<StoreFiles['open']>>;

/** What happens at each call to the file system: `before` may throw in its place. */
interface Watch {
  before(call: string, path: string): void;
  /** How much of what is written arrives, when writing it throws. */
  readonly tornShare: number;
  opened?(path: string, flags: unknown): void;
  synced?(path: string): void;
  renaming?(from: string, to: string): Promise<void>;
  removing?(path: string): Promise<void>;
}

/** The real file system, with `watch` at every call. */
function watched(watch: Watch): StoreFiles {
  const wrap = (handle: Handle, path: string): Handle =>
    new Proxy(handle, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...given: unknown[]) => {
          // What is open must be closed even when the call is to fail, or the test itself runs out of files.
          if (name === 'close') await Reflect.apply(member, target, given);
          try {
            watch.before(String(name), path);
          } catch (thrown) {
            const [bytes] = given;
            if (name === 'writeFile' && bytes instanceof Uint8Array) {
              await target.writeFile(bytes.subarray(0, Math.floor(watch.tornShare * bytes.length)));
            }
            throw thrown;
          }
          const result: unknown = name === 'close' ? undefined : await Reflect.apply(member, target, given);
          if (name === 'sync') watch.synced?.(path);
          return result;
        };
      },
    });
  const watchedCalls = {
    async open(path: string, ...rest: [string | number, number?]) {
      watch.before('open', path);
      const handle = await storeFiles.open(path, ...rest);
      watch.opened?.(path, rest[0]);
      return wrap(handle, path);
    },
    async rename(from: string, to: string) {
      watch.before('rename', to);
      await watch.renaming?.(from, to);
      return storeFiles.rename(from, to);
    },
    async unlink(path: string) {
      watch.before('unlink', path);
      await watch.removing?.(path);
      return storeFiles.unlink(path);
    },
  };
  return new Proxy(storeFiles, {
    get(target, name: keyof StoreFiles) {
      if (name in watchedCalls) return Reflect.get(watchedCalls, name);
      const member = target[name];
      return async (path: string, ...rest: unknown[]) => {
        watch.before(name, path);
        return Reflect.apply(member, target, [path, ...rest]);
      };
    },
  });
}

/** An error as the system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made for a test`), { code });
}

/** A file system of which call number `failing`, from 1 on, fails, or that one and all after it. */
export class FailingFiles {
  readonly files: StoreFiles;
  /** Calls so far, by name. */
  readonly calls: string[] = [];
  /** What the first call that failed was. */
  failed: string | undefined;

  constructor(failing: number, code: string, thenAll: boolean) {
    this.files = watched({
      tornShare: 0.5,
      before: (call, path) => {
        this.calls.push(call);
        if (this.calls.length < failing || (this.calls.length > failing && !thenAll)) return;
        this.failed ??= `${call} ${path}`;
        throw systemError(code);
      },
    });
  }
}

/** A file system that fails whenever `reason` gives an error's code for a call. */
export function filesFailing(reason: (call: string, path: string) => string | undefined): StoreFiles {
  return watched({
    tornShare: 0.5,
    before: (call, path) => {
      const code = reason(call, path);
      if (code !== undefined) throw systemError(code);
    },
  });
}

/**
 * A file system that remembers what was not synced, and can lose it as a loss of power does: contents of files become
 * torn, and names go back to what they were when their folder was synced last.
 */
export class PowerlessFiles {
  readonly files: StoreFiles;
  /** Files whose content is not on the disk. */
  readonly #unsyncedContents = new Set<string>();
  /** Names whose change is not on the disk: what each stood for before; undefined: for nothing. */
  readonly #unsyncedNames = new Map<string, Uint8Array | undefined>();

  /** With `deaf`, syncing does nothing: a control. */
  constructor(deaf = false) {
    this.files = watched({
      before: () => {},
      tornShare: 0.5,
      opened: (path, flags) => {
        if (flags === 'wx') this.#unsyncedContents.add(path);
      },
      synced: (path) => {
        if (deaf) return;
        this.#unsyncedContents.delete(path);
        for (const name of [...this.#unsyncedNames.keys()]) {
          if (dirname(name) === path) this.#unsyncedNames.delete(name);
        }
      },
      renaming: async (from, to) => {
        await this.#remember(to);
        // The other name goes too; that it may come back is of no use to anyone.
        if (this.#unsyncedContents.delete(from)) this.#unsyncedContents.add(to);
        else this.#unsyncedContents.delete(to);
      },
      removing: (path) => this.#remember(path),
    });
  }

  /** What would be lost now. */
  get unsynced(): number {
    return this.#unsyncedContents.size + this.#unsyncedNames.size;
  }

  async losePower(): Promise<void> {
    for (const path of this.#unsyncedContents) {
      const { length } = await readFile(path).catch(() => Buffer.alloc(0));
      if (length > 0) await truncate(path, Math.floor(length / 3));
    }
    for (const [path, before] of this.#unsyncedNames) {
      if (before === undefined) await unlink(path).catch(() => {});
      else await writeFile(path, before);
    }
    this.#unsyncedContents.clear();
    this.#unsyncedNames.clear();
  }

  async #remember(path: string): Promise<void> {
    if (this.#unsyncedNames.has(path)) return;
    this.#unsyncedNames.set(path, await readFile(path).catch(() => undefined));
  }
}
