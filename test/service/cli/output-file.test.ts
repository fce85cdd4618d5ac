import { execFileSync } from 'node:child_process';
import { linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkOutput, writeOutput } from '../../../service/src/cli/output-file.js';
import { temporaryFolder } from '../../support/service-process.js';

const bytes = Buffer.from('sound');
const write = async (path: string) =>
  writeOutput(await checkOutput(path, []), async (sink) => {
    await sink.append(bytes);
  });
const refused = (path: string, inputs: readonly string[] = []) =>
  expect(checkOutput(path, inputs)).rejects.toMatchObject({ code: 'usage' });

describe('an output that cannot be is refused before anything is drawn', () => {
  test('a folder, a name without a format, a link to nothing, a socket, a folder that is a file', async () => {
    const folder = temporaryFolder();
    await refused(folder);
    mkdirSync(join(folder, 'x.wav'));
    await refused(join(folder, 'x.wav'));
    for (const name of ['take', 'take.mp3', 'take.wav.txt', '.wav']) await refused(join(folder, name));
    symlinkSync(join(folder, 'nothing.wav'), join(folder, 'link.wav'));
    await refused(join(folder, 'link.wav'));
    const plain = join(folder, 'plain');
    writeFileSync(plain, '');
    await refused(join(plain, 'take.wav'));
    const server = createServer().listen(join(folder, 's.wav'));
    await new Promise((resolve) => server.once('listening', resolve));
    await refused(join(folder, 's.wav'));
    server.close();
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('what is read, by whatever name', async () => {
    const folder = temporaryFolder();
    const guide = join(folder, 'g.wav');
    writeFileSync(guide, 'a guide');
    linkSync(guide, join(folder, 'hard.wav'));
    symlinkSync(guide, join(folder, 'soft.wav'));
    for (const name of ['g.wav', 'hard.wav', 'soft.wav']) await refused(join(folder, name), ['no', guide]);
    expect(readFileSync(guide, 'utf8')).toBe('a guide');
  });
});

describe('an output', () => {
  test('says its format by its ending', async () => {
    const folder = temporaryFolder();
    for (const [name, format] of [
      ['a.wav', 'wav'],
      ['a.WAV', 'wav'],
      ['a.flac', 'flac'],
    ]) {
      expect(await checkOutput(join(folder, 'new', name ?? ''), [])).toMatchObject({ format, kind: 'file' });
    }
  });

  test('of a link replaces what it leads to, and the link stays', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'real.wav'), 'before');
    symlinkSync(join(folder, 'real.wav'), join(folder, 'link.wav'));
    await write(join(folder, 'link.wav'));
    expect(lstatSync(join(folder, 'link.wav')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'real.wav'))).toEqual(bytes);
    expect(readdirSync(folder).sort()).toEqual(['link.wav', 'real.wav']);
  });

  test('of a FIFO or a device is written into it', async () => {
    const fifo = join(temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [fifo]);
    const [, read] = await Promise.all([write(fifo), readFile(fifo)]);
    expect(read).toEqual(bytes);
    expect(lstatSync(fifo).isFIFO()).toBe(true);
    await write('/dev/null');
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
    await refused('/dev/null/x.wav');
  });

  test('for which there is no room says so', async () => {
    await expect(write('/dev/full')).rejects.toMatchObject({ code: 'exhausted' });
  });

  test('that fails leaves what was there, and nothing else', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'x.wav');
    writeFileSync(path, 'before');
    const failing = writeOutput(await checkOutput(path, []), async (sink) => {
      await sink.append(bytes);
      throw new Error('drawing failed');
    });
    await expect(failing).rejects.toThrow('drawing failed');
    expect(readFileSync(path, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['x.wav']);
  });
});
