// @module-tag offline
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/service-process.js';
import { findBuiltHost, HostError, runHost, runOne, type Scenario, type Segment } from '../support/test-host.js';

const nobody = temporaryFolder();

async function failure(scenario: Scenario, plugin?: string): Promise<HostError> {
  try {
    await runOne(scenario, plugin === undefined ? { runtimeDir: nobody } : { runtimeDir: nobody, plugin });
  } catch (error) {
    if (error instanceof HostError) return error;
    throw error;
  }
  throw new Error('the host found nothing wrong');
}

const play = (more: object = {}): Scenario => ({ segments: [{ kind: 'play', frameCount: 512, ...more }] as Segment[] });

test.each([
  ['a kind there is not', play({ kind: 'dance' }), 'unknown variant `dance`'],
  ['a parameter there is not', play({ parameters: { Humidity: 1 } }), "no parameter 'Humidity'; it has"],
  ['a place beyond any song', play({ fromFrame: 2 ** 60 }), 'is beyond'],
  ['more than a file holds', play({ frameCount: 2 ** 30 }), 'frames are more than'],
  ['a rate no plugin takes', play({ sampleRate: 1 }), 'refuses to be set up for 1 Hz'],
  ['a state that is not there', { ...play(), loadState: '/nowhere/state' }, '/nowhere/state cannot be read'],
  ['a state that is none', { ...play(), loadState: 'scenario.json' }, 'refuses the state'],
  ['a status that does not come', play({ kind: 'stop', untilStatus: 'Ready', untilMillis: 300 }), 'instead of Ready'],
])('%s is told, with status 2', async (_, scenario, words) => {
  const { code, message } = await failure(scenario);
  expect(message).toContain(words);
  expect(code).toBe(2);
});

test('instances that would save over each other are told, before they play', async () => {
  const folder = temporaryFolder();
  const quick = play({ pace: 'fast' });
  const saving = (saveState: string) => runHost({ ...quick, saveState }, { runtimeDir: nobody, instances: 3, folder });
  await expect(saving('song.state')).rejects.toThrow('instances 0 and 1 would both save song.state');
  expect(existsSync(join(folder, 'report.json'))).toBe(false);
  const states = (await saving('song-{instance}.state')).map(({ state }) => state ?? '');
  expect(new Set(states).size).toBe(3);
  expect(states.every((file) => existsSync(file))).toBe(true);
});

test('what is no plugin is told', async () => {
  const { code, message } = await failure(play(), join(import.meta.dirname, 'rig.ts'));
  expect(message).toContain('cannot be loaded as a plugin');
  expect(code).toBe(2);
});

test('how it is used is told', () => {
  expect(() => execFileSync(findBuiltHost(), [], { stdio: 'pipe' })).toThrow(/usage: simmer-host/);
});

test('without a service there is silence, and it is recorded as no place of a song where none is told', async () => {
  const quiet = { kind: 'play', frameCount: 2048, pace: 'fast', blocks: 256 } as const;
  const { segments } = await runOne(
    {
      segments: [
        { ...quiet, kind: 'stop' },
        { ...quiet, transport: 'null-context' },
        { ...quiet, transport: 'no-position' },
        { ...quiet, transport: 'stuck' },
      ],
    },
    { runtimeDir: nobody },
  );
  expect(segments.map((segment) => segment.left.every((value) => value === 0))).toEqual([true, true, true, true]);
  expect(segments.map((segment) => segment.passages.length)).toEqual([0, 0, 0, 8]);
});

test('a loop is recorded by the places it was heard at', async () => {
  const loop = { start: 1000, end: 1600 } as const;
  const segment = { kind: 'play', fromFrame: 900, frameCount: 2000, pace: 'fast', blocks: 256 } as const;
  const { segments } = await runOne(
    {
      segments: [
        { ...segment, loop: { ...loop, wrap: 'split' } },
        { ...segment, loop: { ...loop, wrap: 'inside' } },
        { ...segment, loop: { ...loop, wrap: 'none' } },
      ],
    },
    { runtimeDir: nobody },
  );
  const wrapped = [
    { offset: 0, songFrame: 900, frameCount: 700 },
    { offset: 700, songFrame: 1000, frameCount: 600 },
    { offset: 1300, songFrame: 1000, frameCount: 600 },
    { offset: 1900, songFrame: 1000, frameCount: 100 },
  ];
  expect(segments[0]?.passages).toEqual(wrapped);
  expect(segments[1]?.passages).toEqual(wrapped);
  expect(segments[2]?.passages).toEqual([{ offset: 0, songFrame: 900, frameCount: 2000 }]);
  expect(segments[0]?.blocks.some((block) => block.frameCount < 256)).toBe(true);
});
