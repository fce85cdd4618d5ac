import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Failure } from '../../core/failure.js';

const endings = new Set(['.wav', '.wave', '.w64', '.rf64', '.aif', '.aiff', '.aifc', '.flac', '.ogg', '.oga', '.mp3']);

/** The files that paths name; a folder is its audio files, by name. @throws Failure `usage` for a folder without any */
export async function audioFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if ((await stat(path).catch(() => undefined))?.isDirectory() !== true) {
      files.push(path);
      continue;
    }
    const names = (await readdir(path)).filter(
      (name) => !name.startsWith('.') && endings.has(extname(name).toLowerCase()),
    );
    if (names.length === 0) throw new Failure('usage', `${path} holds no audio files: WAV, AIFF, FLAC, OGG or MP3.`);
    files.push(...names.sort().map((name) => join(path, name)));
  }
  return files;
}
