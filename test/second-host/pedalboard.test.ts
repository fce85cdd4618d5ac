// @module-tag offline
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examine } from '../../scripts/lib/audio-check.js';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { normalised, type Ran, readStereo, runHost, sampleRateHz, writeFloats } from './host.js';
import { expectAudio, renderWithoutHost, sameBytes, staircase } from './rig.js';

const blockFrames = 480;
const take = 7;
const frames = 4 * sampleRateHz;
const followsTransport = { Run: normalised.choice(0, 2) };
const runsFree = { Run: normalised.choice(1, 2) };
const values = { Temperature: normalised.temperature(0.75), Take: normalised.take(take) };

let folder: string;
let service: ServiceProcess;
let expected: Float32Array;
beforeAll(async () => {
  folder = temporaryFolder();
  service = await ServiceProcess.start([], runtimeFolderOf('runtime'));
  expected = await renderWithoutHost({ model: 'tiny', frames, take, lane: '0,0.75,hold\n' });
});
afterAll(() => service.stop());

function runtimeFolderOf(name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { mode: 0o700 });
  return path;
}

type Step = Readonly<Record<string, object>>;
let jobs = 0;

/** Carries out steps with one instance of the plugin, in a process of its own. */
function run(steps: readonly Step[], runtimeFolder = join(folder, 'runtime')): Promise<Ran> {
  jobs += 1;
  const workFolder = join(folder, `job-${jobs}`);
  mkdirSync(workFolder);
  return runHost('pedalboard', { blockFrames, steps }, { workFolder, runtimeFolder });
}

const set = (of: Readonly<Record<string, number>>): Step => ({ set: { values: of } });
const process_ = (output: string): Step => ({ process: { frames, output } });
const file = (name: string) => join(folder, name);

describe('in pedalboard, which has no transport', () => {
  test('nothing plays that follows the transport; what runs free is what simmer render makes', async () => {
    const ran = await run([set(values), process_(file('followed')), set(runsFree), process_(file('free'))]);
    expect(ran.said[0]).toMatchObject({ event: 'loaded', latencyFrames: 0 });
    expect(readStereo(file('followed'))[0].every((value) => value === 0)).toBe(true);
    expectAudio(file('free'), expected);
  });

  test('an instance goes on where it was; stopped and run again it is the same bits as before', async () => {
    const stop: Step[] = [set(followsTransport), process_(file('stopped')), set(runsFree)];
    await run([
      set({ ...values, ...runsFree }),
      process_(file('first')),
      process_(file('next')),
      ...stop,
      process_(file('again')),
    ]);
    expectAudio(file('first'), expected);
    expect(examine(readStereo(file('next'))[0], sampleRateHz).silentShare).toBe(0);
    expect(sameBytes(file('next'), file('first'))).toBe(false);
    expect(sameBytes(file('again'), file('first'))).toBe(true);
  });

  test('a lane as far as this host can: a value set before each block', async () => {
    const lane = staircase(frames, blockFrames, (frame) => 0.5 + frame / frames);
    writeFloats(file('lane'), lane.perFrame);
    await run([set({ ...values, ...runsFree }), { sweep: { lane: file('lane'), output: file('swept') } }]);
    expectAudio(file('swept'), await renderWithoutHost({ model: 'tiny', frames, take, lane: lane.csv }));
  });

  test.each([false, true])('saved and loaded in another process it is the same audio (preset: %s)', async (preset) => {
    const [saved, played] = [file(`state-${preset}.vstpreset`), file(`restored-${preset}`)];
    await run([set({ ...values, ...runsFree }), process_(file('before')), { save: { path: saved, preset } }]);
    await run([{ load: { path: saved, preset } }, process_(played)]);
    expectAudio(played, expected);
  });

  test('what DawDreamer saved plays here', async () => {
    const [workFolder, saved] = [runtimeFolderOf('dawdreamer'), file('dawdreamer-state')];
    const job = { frames, blockFrames, values, outputs: [file('dawdreamer-audio')], saveState: saved };
    await runHost('dawdreamer', job, { workFolder, runtimeFolder: join(folder, 'runtime') });
    expectAudio(file('dawdreamer-audio'), expected);
    await run([{ load: { path: saved } }, set(runsFree), process_(file('moved'))]);
    expectAudio(file('moved'), expected);
  });

  test('without a service it is silent within bounds, and says why', async () => {
    const nobody = runtimeFolderOf('nobody');
    await run([set({ ...values, ...runsFree }), process_(file('silent')), process_(file('silent-again'))], nobody);
    for (const name of ['silent', 'silent-again'])
      expect(readStereo(file(name))[0].every((value) => value === 0)).toBe(true);
    expect(readFileSync(join(nobody, 'shim.log'), 'utf8')).toMatch(/EXPORT INCOMPLETE: no service is running/);
  });
});
