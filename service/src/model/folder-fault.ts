import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const manifestFileName = 'manifest.json';

/** Why a folder is no model's, as a sentence; undefined: it has a manifest, whatever that holds. */
export async function modelFolderFault(folder: string): Promise<string | undefined> {
  try {
    if (!(await stat(folder)).isDirectory()) return `${folder} is a file: name the folder that holds manifest.json.`;
    const names = await readdir(folder);
    if (names.includes(manifestFileName)) return undefined;
    const within = await modelsWithin(folder, names);
    if (within.length === 0) return `${folder} holds no manifest.json, which every model has.`;
    return `${folder} is a folder of models (${within.join(', ')}): name one of them.`;
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    const isLink = (await lstat(folder).catch(() => undefined))?.isSymbolicLink() === true;
    if (code === 'ENOENT' && isLink) return `${folder} is a link to nothing.`;
    if (code === 'ENOENT') return `There is no folder ${folder}.`;
    if (code === 'ENOTDIR') return `There is no folder ${folder}: a part of it is a file.`;
    if (code === 'EACCES' || code === 'EPERM') return `${folder} may not be read: its permissions forbid it.`;
    return `${folder} cannot be read (${code}).`;
  }
}

async function modelsWithin(folder: string, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names.slice(0, 64)) {
    if ((await stat(join(folder, name, manifestFileName)).catch(() => undefined))?.isFile()) found.push(name);
  }
  return found.sort();
}
