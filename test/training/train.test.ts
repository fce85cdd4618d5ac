import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { parseWav, wavHeader } from '../../service/src/core/wav.js';
import { root, runSimmer, simmerProgram, temporaryFolder } from '../support/service-process.js';

const folder = temporaryFolder();
const environment = {
  SIMMER_TRAINING_PYTHON: process.env.SIMMER_TRAINING_PYTHON ?? join(root, 'training/.venv/bin/python'),
  XDG_DATA_HOME: join(folder, 'data'),
};
const project = join(folder, 'data/simmer/training/my-song');
const song = writeSong('song.wav', 40);
const train = ['train', song, '--name', 'my-song', '--size', 'tiny', '--threads', '1'];
const hours = ['--hours', '0.004'];

/** Notes of a scale that die away; `seconds` of them. */
function writeSong(name: string, seconds: number): string {
  const rate = 22_050;
  const values = new Float32Array(rate * seconds);
  const scale = [220, 261.6, 293.7, 329.6, 392, 440];
  for (let note = 0; note * 0.25 < seconds; note++) {
    const hertz = scale[((note * note + 3 * note) % 7) % scale.length] ?? 220;
    for (let at = 0; at < 0.8 * rate && note * 0.25 * rate + at < values.length; at++) {
      const index = Math.round(note * 0.25 * rate) + at;
      const time = at / rate;
      if (index < values.length)
        values[index] = (values[index] ?? 0) + 0.25 * Math.sin(2 * Math.PI * hertz * time) * Math.exp(-5 * time);
    }
  }
  const path = join(folder, name);
  writeFileSync(
    path,
    Buffer.concat([
      wavHeader({ sampleRateHz: rate, channelCount: 1, frameCount: values.length }),
      new Uint8Array(values.buffer),
    ]),
  );
  return path;
}

/** Starts the command and resolves once its output has `words`, with what stops it. */
async function startUntil(words: RegExp, args: readonly string[]) {
  const child = spawn(process.execPath, [simmerProgram, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  const closed = once(child, 'close');
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (text) => {
      said += String(text);
      if (words.test(said)) resolve();
    });
    void closed.then(() => reject(new Error(`It ended before it said ${words}: ${said}`)));
  });
  return {
    stop: async (signal: NodeJS.Signals) => {
      child.kill(signal);
      await closed;
      return { code: child.exitCode, said };
    },
  };
}

interface LogLine {
  readonly updates: number;
  readonly steps: number;
  readonly hours: number;
}

function readLog(): LogLine[] {
  const lines = readFileSync(join(project, 'log.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as LogLine);
}

describe('simmer train', { timeout: 600_000 }, () => {
  test('makes a model of a song, through interruptions', async () => {
    // Interrupted: saved, and said so.
    const first = await startUntil(/bits per step/, [...train, ...hours]);
    const { code, said } = await first.stop('SIGINT');
    expect(code).toBe(1);
    expect(said).toMatch(/Stopped and saved at \d/);
    const interrupted = readLog().at(-1);
    expect(interrupted?.updates).toBeGreaterThan(0);
    expect(existsSync(join(project, 'checkpoint.pt'))).toBe(true);
    expect(existsSync(join(folder, 'data/simmer/models'))).toBe(false);

    // Killed: whoever computes notices, and lets go of the folder.
    const second = await startUntil(/Going on after/, train);
    await second.stop('SIGKILL');
    let last = await runSimmer(train, environment);
    for (let tries = 0; tries < 40 && last.stderr.includes('Another simmer train'); tries++) {
      await sleep(500);
      last = await runSimmer(train, environment);
    }

    // The same command has gone on to the end.
    expect(last.stderr).toContain('Going on after');
    expect(last.code).toBe(0);
    const log = readLog();
    expect(log.length).toBeGreaterThan(1);
    for (const [index, line] of log.entries()) {
      const before = log[index - 1];
      if (before === undefined) continue;
      expect(line.updates).toBeGreaterThanOrEqual(before.updates);
      expect(line.steps).toBeGreaterThanOrEqual(before.steps);
      expect(line.hours).toBeGreaterThanOrEqual(before.hours);
    }
    expect(log.at(-1)?.updates).toBeGreaterThan(interrupted?.updates ?? Number.POSITIVE_INFINITY);
    expect(log.at(-1)?.hours).toBeGreaterThanOrEqual(0.004);
    expect(log).toContainEqual(interrupted);

    // The model is found and plays; the report is whole.
    const models = await runSimmer(['models'], environment);
    expect(models.stdout).toMatch(/^my-song\t/m);
    const next = /^next {4}npx simmer (render .+) -o my-song\.wav$/m.exec(last.stdout)?.[1] ?? '';
    const wav = join(folder, 'out.wav');
    const rendered = await runSimmer(
      [...next.replace('--seconds 30', '--seconds 1').split(' '), '-o', wav],
      environment,
    );
    expect(rendered).toMatchObject({ code: 0 });
    const audio = parseWav(readFileSync(wav));
    expect(audio.frameCount).toBe(48_000);
    expect(audio.values.some((value) => value !== 0)).toBe(true);
    const report = readFileSync(join(project, 'report/report.html'), 'utf8');
    expect(report.match(/<audio /g)).toHaveLength(6);
    expect(report.match(/data:image\/png/g)).toHaveLength(6);
    expect(report).not.toMatch(/src="(?!data:)/);
    expect(readdirSync(project).filter((name) => name.endsWith('.partial'))).toEqual([]);

    // A checkpoint that is damaged is said to be, and kept with --fresh.
    truncateSync(join(project, 'checkpoint.pt'), 30_000);
    const damaged = await runSimmer(train, environment);
    expect(damaged).toMatchObject({ code: 1, stderr: expect.stringMatching(/checkpoint\.pt is damaged.*--fresh/s) });
    const fresh = await startUntil(/What was there is kept/, [...train, '--fresh']);
    await fresh.stop('SIGKILL');
    const beside = readdirSync(join(project, '..')).filter((name) => name.startsWith('my-song.'));
    expect(beside).toHaveLength(1);
    expect(existsSync(join(project, '..', beside[0] ?? '', 'best.pt'))).toBe(true);
  });

  test('says what is wrong with the audio, and takes what is mended', async () => {
    const args = ['--name', 'bad', '--size', 'tiny', '--threads', '1'];
    const bad = await runSimmer(['train', writeSong('short.wav', 10), ...args], environment);
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringMatching(/^simmer: .*too few to learn from/m) });
    const mended = await startUntil(/^Training 6 h/m, ['train', song, ...args]);
    await mended.stop('SIGKILL');
  });

  test('only checks where it is asked to', async () => {
    const checked = await runSimmer(['train', song, '--name', 'checked', '--check'], environment);
    expect(checked).toMatchObject({ code: 0, stderr: expect.stringContaining('0:40') });
    expect(existsSync(join(folder, 'data/simmer/training/checked'))).toBe(false);
  });
});
