import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bounceToFile } from '../../../service/src/bounce/bounce-file.js';
import { placeName, safeFileName } from '../../../service/src/bounce/file-name.js';
import { makeFile } from '../../../service/src/bounce/new-file.js';
import { revealCommand } from '../../../service/src/bounce/reveal.js';
import { Failure } from '../../../service/src/core/failure.js';
import { bounceFolder } from '../../../service/src/discovery/music-folder.js';
import { temporaryFolder } from '../../support/service-process.js';
import { info, sound } from './bounced.js';

describe('a file in the making', () => {
  const write = (folder: string, text: string) =>
    makeFile(folder, 'a b', 'txt', (sink) => sink.append(new TextEncoder().encode(text)));

  it('never takes the place of another', async () => {
    const folder = join(temporaryFolder(), 'new', 'folder');
    const names = [];
    for (const text of ['one', 'two', 'three']) names.push((await write(folder, text)).name);
    expect(names).toEqual(['a b.txt', 'a b 2.txt', 'a b 3.txt']);
    expect(names.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(['one', 'two', 'three']);
    const together = await Promise.all(['x', 'y', 'z'].map((text) => write(folder, text)));
    expect(new Set(together.map(({ name }) => name)).size).toBe(3);
  });

  it.each([
    ['that is cancelled', 'cancelled'],
    ['that fails', 'internal'],
    ['that ends too early', 'internal'],
  ])('%s leaves nothing behind', async (what, code) => {
    const folder = temporaryFolder();
    const stop = new AbortController();
    async function* broken(): AsyncGenerator<Float32Array> {
      yield sound.subarray(0, 1000);
      if (what === 'that is cancelled') stop.abort(new Failure('cancelled', 'Cancelled.'));
      if (what === 'that fails') throw new Failure('internal', 'planted');
      if (what !== 'that ends too early') yield sound.subarray(1000);
    }
    for (const format of ['wav', 'flac'] as const) {
      const made = bounceToFile({ folder, stem: 'x', format }, info, broken(), {
        signal: stop.signal,
        progress: () => {},
      });
      await expect(made).rejects.toMatchObject({ code });
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('in a place that is none says what to do', async () => {
    const notFolder = join(temporaryFolder(), 'file');
    writeFileSync(notFolder, 'x');
    await expect(write(notFolder, 'x')).rejects.toThrow(/--bounce-folder/);
  });

  it('on a full disk says so', async () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const made = makeFile(temporaryFolder(), 'a', 'txt', () => Promise.reject(full));
    await expect(made).rejects.toMatchObject({ code: 'exhausted', message: expect.stringMatching(/full/) });
  });
});

describe('the name of a file', () => {
  it('is taken by every system, whatever was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const name = safeFileName(text);
        expect(name).not.toMatch(/[<>:"/\\|?*\p{Cc}]/u);
        expect(name).not.toMatch(/^\.|\.$|^\s|\s$/);
        expect(Buffer.byteLength(`${name} 9999.flac`)).toBeLessThanOrEqual(255);
        expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
      }),
      { numRuns: 2000 },
    );
    expect(safeFileName('../../etc/passwd')).toBe('etc passwd');
    expect(safeFileName('Take 7: warm?')).toBe('Take 7 warm');
    expect(safeFileName('NUL.x')).toBe('NUL.x_');
    expect(placeName(48_000 * 61.5, 48_000)).toBe('01-01-500');
  });
});

describe('where bounces go', () => {
  it('is the music folder that the desktop knows, or Music', () => {
    const config = temporaryFolder();
    const environment = { HOME: '/home/x', XDG_CONFIG_HOME: config };
    writeFileSync(join(config, 'user-dirs.dirs'), '# c\nXDG_MUSIC_DIR="$HOME/Musik"\n');
    expect(bounceFolder(environment, 'linux')).toBe('/home/x/Musik/Simmer');
    writeFileSync(join(config, 'user-dirs.dirs'), 'XDG_MUSIC_DIR="relative"\n');
    expect(bounceFolder(environment, 'linux')).toMatch(/Music\/Simmer$/);
    expect(bounceFolder({}, 'darwin')).toMatch(/Music\/Simmer$/);
    expect(bounceFolder(environment, 'linux', '/run/own')).toBe('/run/own/bounces');
  });

  it('is shown by the system without a shell', () => {
    const path = '/a/$(rm -rf)/x.wav';
    expect(revealCommand(path, 'linux')).toEqual(['xdg-open', '/a/$(rm -rf)']);
    expect(revealCommand(path, 'darwin')).toEqual(['open', '-R', path]);
  });
});
