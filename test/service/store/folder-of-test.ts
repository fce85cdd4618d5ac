import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Makes a function that gives new folders, which do not exist yet; all are gone when the tests of the file are over. */
export function temporaryFolders(): () => Promise<string> {
  const made: string[] = [];
  afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true }))));
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simmer-store-'));
    made.push(folder);
    return join(folder, 'store');
  };
}

export interface FileOfStore {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}

/** Files below `part` of a store's folder. */
export async function filesOf(folder: string, part: 'segments' | 'holds' | 'leaving'): Promise<FileOfStore[]> {
  const found: FileOfStore[] = [];
  for (const entry of await readdir(join(folder, part), { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found.push({ path, name: entry.name, bytes: (await lstat(path)).size });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Files of segments in a store's folder; without those that were never finished. */
export async function segmentFiles(folder: string): Promise<FileOfStore[]> {
  return (await filesOf(folder, 'segments')).filter(({ name }) => !name.endsWith('.tmp'));
}

/** Bytes of all segments in a store's folder. */
export async function segmentBytes(folder: string): Promise<number> {
  return (await segmentFiles(folder)).reduce((sum, { bytes }) => sum + bytes, 0);
}
