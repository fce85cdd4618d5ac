import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/service-process.js';
import { runHost } from './host.js';

describe.runIf(process.platform === 'linux')('the editor in pedalboard, a host made with JUCE', () => {
  let folder: string;
  let server: ChildProcess;
  let display: string;
  beforeAll(async () => {
    folder = temporaryFolder();
    mkdirSync(join(folder, 'runtime'), { mode: 0o700 });
    server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    if (!server.stdout) throw new Error('Xvfb has no output.');
    const [number] = (await once(createInterface(server.stdout), 'line')) as [string];
    display = `:${number.trim()}`;
  });
  afterAll(() => server.kill());

  test('a drag in its window turns the temperature, as often as it is opened, and nothing stays', async () => {
    const job = { blockFrames: 480, steps: [{ edit: { times: 2 } }] };
    const ran = await runHost('pedalboard', job, {
      workFolder: folder,
      runtimeFolder: join(folder, 'runtime'),
      display,
    });
    const edited = ran.said.filter(({ event }) => event === 'edited');
    // 60 of the 300 points that the range has.
    expect(edited.map(({ temperature }) => temperature)).toEqual([expect.closeTo(0.7), expect.closeTo(0.9)]);
    expect(edited.map(({ panels }) => panels)).toEqual([0, 0]);
  });
});
