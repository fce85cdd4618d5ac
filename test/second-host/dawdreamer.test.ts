// @module-tag offline
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { differences } from '../../scripts/lib/audio-check.js';
import { readRecords } from '../../scripts/lib/record.js';
import { type RunningService, startService } from '../../scripts/lib/service.js';
import { writeFloatWav } from '../../scripts/lib/wav-file.js';
import { monitorMessageSchema } from '../../service/src/core/monitor.js';
import { temporaryFolder } from '../support/service-process.js';
import { normalised, type Ran, readStereo, runHost, type Said, sampleRateHz, writeFloats } from './host.js';
import { expectAudio, renderWithoutHost, sameBytes, staircase } from './rig.js';

const blockFrames = 512;
const take = 7;

let folder: string;
let service: RunningService;
let jobs = 0;
let services = 0;

const runtimeFolder = () => join(folder, 'runtime');
const recordFolder = () => join(folder, `record-${services}`);

async function start(model: string): Promise<void> {
  services += 1;
  service = await startService({ runtimeFolder: runtimeFolder(), recordFolder: recordFolder(), model });
}

interface Job {
  readonly frames: number;
  readonly blockFrames?: number;
  readonly renders?: number;
  readonly values?: Readonly<Record<string, number>>;
  readonly lane?: Float32Array;
  readonly trackInput?: Float32Array;
  readonly saveState?: string;
  readonly runtimeFolder?: string;
  readonly onSaid?: (said: Said) => void;
}

/** Renders in a process of its own; the files hold what each render gave. */
async function render(job: Job): Promise<Ran & { readonly files: readonly string[] }> {
  const { renders = 1, lane, trackInput, onSaid = () => {}, ...rest } = job;
  jobs += 1;
  const workFolder = join(folder, `job-${jobs}`);
  mkdirSync(workFolder);
  const input = (name: string, values: Float32Array | undefined) => {
    if (values === undefined) return {};
    writeFloats(join(workFolder, name), values);
    return { [name]: join(workFolder, name) };
  };
  const files = Array.from({ length: renders }, (_, index) => join(workFolder, `${index}.f32`));
  const ran = await runHost(
    'dawdreamer',
    {
      blockFrames,
      ...rest,
      values: { Take: normalised.take(take), ...job.values },
      ...input('lane', lane),
      ...input('trackInput', trackInput),
      outputs: files,
    },
    { workFolder, runtimeFolder: job.runtimeFolder ?? runtimeFolder(), onSaid },
  );
  return { ...ran, files };
}

const rendered = ({ said }: Ran) => said.filter(({ event }) => event === 'rendered');
const constant = (value: number) => `0,${value},hold\n`;

/** Up and down, and a jump; nothing of it falls on the start of a block. */
const moving = (frames: number) => (frame: number) =>
  frame < frames / 2 ? 0.5 + frame / frames : frame < frames * 0.75 ? 1.25 : 0.75;

beforeAll(() => {
  folder = temporaryFolder();
  mkdirSync(runtimeFolder(), { mode: 0o700 });
});
// one-song is the one that people hear; the tiny model is fast.
describe.each([
  { model: 'tiny', seconds: 20 },
  { model: 'one-song', seconds: 20 },
])('with $model, $seconds s in DawDreamer', ({ model, seconds }) => {
  const frames = seconds * sampleRateHz;
  beforeAll(() => start(model));
  afterAll(() => service.stop());

  test('a constant temperature is what simmer render makes, twice', async () => {
    const ran = await render({ frames, renders: 2, values: { Temperature: normalised.temperature(0.75) } });
    expect(ran.said[0]).toMatchObject({ event: 'loaded', latencyFrames: 0 });
    expect(ran.said[0]?.parameters?.slice(0, 4)).toEqual(['Temperature', 'Guide amount', 'Guide source', 'Take']);
    const whole = { frames, missedFrames: 0, status: 'Ready' };
    expect(rendered(ran)).toEqual([expect.objectContaining(whole), expect.objectContaining(whole)]);
    const expected = await renderWithoutHost({ model, frames, take, lane: constant(0.75) });
    for (const file of ran.files) expectAudio(file, expected);
    // The comparison can tell: another take is other audio.
    const other = await renderWithoutHost({ model, frames, take: take + 1, lane: constant(0.75) });
    const [left] = readStereo(ran.files[0] ?? '');
    expect(differences(left, other).count).toBeGreaterThan(frames / 2);
  });

  test('a moving lane arrives as one value a block, at its first frame, and is rendered as that, twice', async () => {
    const lane = staircase(frames, blockFrames, moving(frames));
    const ran = await render({ frames, renders: 2, lane: lane.perFrame });
    expect(rendered(ran).map(({ missedFrames }) => missedFrames)).toEqual([0, 0]);
    const expected = await renderWithoutHost({ model, frames, take, lane: lane.csv });
    for (const file of ran.files) expectAudio(file, expected);
  });
});

describe('with the tiny model in DawDreamer', () => {
  const frames = 4 * sampleRateHz;
  const values = { Temperature: normalised.temperature(0.75) };
  beforeAll(() => start('tiny'));
  afterAll(() => service.stop());

  test('the transport rolls from 0, and the host says that it renders offline', async () => {
    await render({ frames, values, renders: 2 });
    await service.stop();
    const records = readRecords(recordFolder());
    await start('tiny');
    // The second render runs on another thread than the setup: if the host had not said it, the shim would have found out
    // half a second late, and there would be a passage that is not exact before.
    expect(records.map(({ epoch, offline, rootFrame, seed }) => ({ epoch, offline, rootFrame, seed }))).toEqual([
      { epoch: 1, offline: true, rootFrame: 0, seed: take },
      { epoch: 2, offline: true, rootFrame: 0, seed: take },
    ]);
    for (const { segments } of records) expect(segments).toHaveLength(1);
  });

  test('is the same bits at any block size, also beyond the longest block of the wire', async () => {
    const expected = await renderWithoutHost({ model: 'tiny', frames, take, lane: constant(0.75) });
    for (const size of [37, 64, 1024, 8192, 10_000]) {
      const ran = await render({ frames, values, blockFrames: size });
      expectAudio(ran.files[0] ?? '', expected);
      expect(rendered(ran)[0]).toMatchObject({ frames, missedFrames: 0 });
    }
  });

  test('the audio on its track guides as that of simmer render does', async () => {
    const guide = Float32Array.from({ length: frames }, (_, frame) => 0.25 * Math.sin(frame / 20));
    const path = join(folder, 'guide.wav');
    writeFloatWav(path, sampleRateHz, [guide]);
    const guided = { ...values, 'Guide amount': 0.75, 'Guide source': normalised.choice(2, 3) };
    const ran = await render({ frames, values: guided, trackInput: guide });
    const wanted = { model: 'tiny', frames, take, lane: constant(0.75) };
    expectAudio(ran.files[0] ?? '', await renderWithoutHost({ ...wanted, guide: { path, amount: 0.75 } }));
    // The comparison can tell: without the guide it is other audio.
    const [left] = readStereo(ran.files[0] ?? '');
    expect(differences(left, await renderWithoutHost(wanted)).count).toBeGreaterThan(frames / 2);
  });

  test('without a service it is silent within bounds, every frame of it counted, and says why', async () => {
    const nobody = join(folder, 'nobody');
    mkdirSync(nobody, { mode: 0o700 });
    const ran = await render({ frames, values, renders: 2, runtimeFolder: nobody });
    for (const [index, said] of rendered(ran).entries()) {
      expect(said).toMatchObject({ frames, missedFrames: (index + 1) * frames });
      expect(said.status).toMatch(/^(No service|Failed)$/);
    }
    for (const file of ran.files) expect(readStereo(file)[0].every((value) => value === 0)).toBe(true);
    expect(readFileSync(join(nobody, 'shim.log'), 'utf8')).toMatch(/EXPORT INCOMPLETE: no service is running/);
    expect(existsSync(join(nobody, 'service.json'))).toBe(false);
  });

  test('a render whose service is killed and comes back equals the undisturbed one', async () => {
    const long = 40 * sampleRateHz;
    const undisturbed = await render({ frames: long, values });
    let over = false;
    let killedWhileRendering = false;
    const killing = whenPlayheadPasses(service.pageUrl, long / 8).then(async () => {
      killedWhileRendering = !over;
      await service.kill();
      await start('tiny');
    });
    const disturbed = await render({
      frames: long,
      values,
      onSaid: ({ event }) => {
        over ||= event === 'rendered';
      },
    });
    await killing;
    expect(killedWhileRendering).toBe(true);
    expect(rendered(disturbed)[0]).toMatchObject({ frames: long, missedFrames: 0 });
    expect(sameBytes(disturbed.files[0] ?? '', undisturbed.files[0] ?? '')).toBe(true);
  });
});

/** Resolves once a session of the service is told to be beyond this song frame. */
async function whenPlayheadPasses(pageUrl: string, songFrame: number): Promise<void> {
  const { origin, host } = new URL(pageUrl);
  const entered = await fetch(pageUrl, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
  const socket = new WebSocket(`ws://${host}/feed`, { headers: { Origin: origin, Cookie: cookie } });
  socket.on('error', () => {});
  await new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.on('message', (data) => {
      const message = monitorMessageSchema.parse(JSON.parse(String(data)));
      if (message.type !== 'sessions') return;
      if (message.sessions.some(({ playheadFrame }) => playheadFrame >= songFrame)) resolve();
    });
  });
  socket.close();
}
