import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { audioFiles } from '../../../service/src/cli/train/audio-files.js';
import { runSimmer, ServiceProcess, simmerProgram, temporaryFolder } from '../../support/service-process.js';

const lane = (folder: string) => {
  const path = join(folder, 'lane.csv');
  writeFileSync(path, '0,0.9\n');
  return path;
};
const render = (folder: string, seconds = '0.1') => [
  'render',
  '--model',
  'tiny',
  '--lane',
  lane(folder),
  '--seconds',
  seconds,
];

describe('a command that is cut off', () => {
  test('by a reader that has read enough ends without a word', async () => {
    const child = spawn(process.execPath, [simmerProgram, 'models'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let said = '';
    child.stderr.on('data', (data) => {
      said += String(data);
    });
    const [code] = await once(child, 'close');
    expect(said).not.toMatch(/EPIPE|\bat \S+:\d+/);
    expect(code).toBe(0);
  });

  test('by a terminal that is closed leaves no file, however often it says so', async () => {
    const folder = temporaryFolder();
    const args = [simmerProgram, ...render(folder, '3000'), '-o', join(folder, 'x.wav')];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const isBegun = () => readdirSync(folder).some((name) => name.endsWith('.part'));
    while (!isBegun() && child.exitCode === null) await sleep(20);
    expect(isBegun()).toBe(true);
    child.stderr.destroy();
    child.kill('SIGHUP');
    child.kill('SIGHUP');
    await once(child, 'exit');
    expect(readdirSync(folder)).toEqual(['lane.csv']);
  });
});

describe('a record that cannot be kept', () => {
  test('is refused before anything is drawn where its folder is a file', async () => {
    const folder = temporaryFolder();
    const args = [...render(folder), '-o', join(folder, 'x.wav'), '--record', join(folder, 'lane.csv')];
    const { code, stderr } = await runSimmer(args);
    expect(stderr).toContain('No record can be written into');
    expect(code).toBe(2);
    expect(existsSync(join(folder, 'x.wav'))).toBe(false);
  });

  test.skipIf(process.platform === 'win32')('is an error, in a sentence, where there is no room for it', async () => {
    const folder = temporaryFolder();
    const args = [...render(folder, '1'), '-o', '/dev/null', '--record', join(folder, 'record')];
    const words = [process.execPath, simmerProgram, ...args].map((word) => `'${word}'`).join(' ');
    const child = spawn('bash', ['-c', `ulimit -f 1; ${words}`], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (data) => {
      said += String(data);
    });
    const [code] = await once(child, 'close');
    expect(said).toMatch(/simmer: The record \S+ cannot be written: .*The sound is in \/dev\/null\./);
    expect(code).toBe(1);
    expect(readdirSync(join(folder, 'record'))).toEqual([]);
  });
});

test('a store that cannot be written is said when the service starts', async () => {
  const file = lane(temporaryFolder());
  const service = await ServiceProcess.start(['--store', file]);
  const { stderr } = service;
  await service.stop();
  expect(stderr).toContain(`The store in ${file} cannot be written: there is a file where a folder must be.`);
});

describe('what would do nothing, or twice the same, is refused', () => {
  const folder = temporaryFolder();
  const takes = ['study', '--out', join(folder, 'study'), '--seconds', '0.1', '--items', '1'];
  test.each([
    ['no command', [], /Usage: simmer[\s\S]*simmer: Say a command/],
    [
      '--top-k of a model without codes',
      [...render(folder), '-o', join(folder, 'x.wav'), '--top-k', '4'],
      /--top-k does nothing to tiny/,
    ],
    ['--top-p in a study', [...takes, '--model', 'tiny', '--top-p', '0.5'], /--top-p does nothing to tiny/],
    [
      '--guide-loop of no guide',
      [...render(folder), '-o', join(folder, 'x.wav'), '--guide-loop'],
      /--guide-loop does nothing/,
    ],
    ['a model twice', [...takes, '--model', 'tiny,tiny'], /--model says tiny twice/],
    ['a seed twice', [...takes, '--model', 'tiny', '--seeds', '3,4,3'], /--seeds says 3 twice/],
    ['a folder without audio', ['train', folder, '--name', 'my-song'], /holds no audio files/],
  ] as const)('%s', async (_, args, words) => {
    const { code, stderr } = await runSimmer([...args]);
    expect(stderr).toMatch(words);
    expect(code).toBe(2);
    expect(existsSync(join(folder, 'x.wav'))).toBe(false);
  });
});

test('a folder to train from is its audio files, by name', async () => {
  const folder = temporaryFolder();
  for (const name of ['b.WAV', 'a.flac', '.hidden.wav', 'notes.txt']) writeFileSync(join(folder, name), '');
  mkdirSync(join(folder, 'c.d'));
  expect(await audioFiles([folder, 'other.wav'])).toEqual([join(folder, 'a.flac'), join(folder, 'b.WAV'), 'other.wav']);
});
