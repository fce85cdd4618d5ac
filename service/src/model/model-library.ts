import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Failure, printable } from '../core/failure.js';
import { limits } from '../core/limits.js';
import type { Manifest } from './manifest.js';
import { tinyModel } from './tiny-model.js';
import { readManifest, readModel, type VerifiedModel } from './verified-model.js';

/** A model that was found. Its files are checked when it is loaded. */
export interface FoundModel {
  readonly folder: string | undefined;
  readonly manifest: Manifest;
  readonly digest: string;
}

/** A folder that looks like a model and is none. */
export interface BrokenFolder {
  readonly folder: string;
  readonly failure: Failure;
}

/** Finds models in folders of folders; the first of a name counts. The tiny model is always there. */
export class ModelLibrary {
  readonly #folders: readonly string[];
  readonly #loaded = new Map<string, Promise<VerifiedModel>>();

  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  async list(): Promise<{ found: FoundModel[]; broken: BrokenFolder[] }> {
    const found = new Map<string, FoundModel>();
    const broken: BrokenFolder[] = [];
    for (const folder of await this.#modelFolders()) {
      try {
        const { manifest, digest } = await readManifest(folder);
        if (!found.has(manifest.name)) found.set(manifest.name, { folder, manifest, digest });
      } catch (thrown) {
        broken.push({ folder, failure: Failure.from(thrown) });
      }
    }
    const { manifest, digest } = tinyModel;
    if (!found.has(manifest.name)) found.set(manifest.name, { folder: undefined, manifest, digest });
    return { found: [...found.values()], broken };
  }

  /**
   * Loads a model by name and checks all of its files, once.
   * @throws Failure `model-missing`, `model-damaged`
   */
  async load(name: string): Promise<VerifiedModel> {
    const { found, broken } = await this.list();
    const model = found.find((entry) => entry.manifest.name === name);
    if (model === undefined) {
      const damaged = broken.find((entry) => basename(entry.folder) === name);
      if (damaged !== undefined) throw damaged.failure;
      const names = found.map((entry) => entry.manifest.name).join(', ');
      throw new Failure('model-missing', `There is no model named "${printable(name, 64)}" (there are: ${names}).`);
    }
    if (model.folder === undefined) return tinyModel;
    const loading = this.#loaded.get(model.digest) ?? readModel(model.folder);
    this.#loaded.set(model.digest, loading);
    loading.catch(() => this.#loaded.delete(model.digest));
    return loading;
  }

  /** The model of a session that names none: `one-song`, else the first that is no stand-in, else the tiny one. */
  async defaultName(): Promise<string> {
    const { found } = await this.list();
    const names = found.map((entry) => entry.manifest.name);
    return names.find((name) => name === 'one-song') ?? names.find((name) => name !== 'tiny') ?? 'tiny';
  }

  async #modelFolders(): Promise<string[]> {
    const folders: string[] = [];
    for (const parent of this.#folders) {
      const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
      const names: string[] = [];
      for (const entry of entries) {
        if (!entry.name.startsWith('.') && (await isFolder(parent, entry))) names.push(entry.name);
      }
      folders.push(...names.sort().map((name) => join(parent, name)));
    }
    return folders.slice(0, limits.modelsMax);
  }
}

/** A link to a folder is one too: what is in it is verified like any other. */
async function isFolder(parent: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return (await stat(join(parent, entry.name)).catch(() => undefined))?.isDirectory() === true;
}
