import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { formatLaneCsv } from '../../../service/src/core/lane-csv.js';
import { parseWav } from '../../../service/src/core/wav.js';
import { type Bounce, bounce } from '../../support/bounce.js';
import { playedModelName } from '../../support/played-model.js';
import { RenderClient } from '../../support/render-client.js';
import { runSimmer, ServiceProcess, temporaryFolder } from '../../support/service-process.js';
import { TestPage } from './test-page.js';

const rate = 48_000;

const lane = [
  { frame: 0, value: 0.7, interpolation: 'hold' as const },
  { frame: rate, value: 1.3, interpolation: 'linear' as const },
];

/** Two seconds as a host bounces them. */
const heard: Bounce = { frameCount: 2 * rate, seed: 5, lane, nextBlockFrames: () => 1024 };

let service: ServiceProcess;

let client: RenderClient;

let page: TestPage;

let exported: Float32Array;

let folder: string;

beforeAll(async () => {
  folder = temporaryFolder();
  service = await ServiceProcess.start(['--bounce-folder', folder]);
  client = new RenderClient(service.discovery);
  await client.open();
  exported = await bounce(client, heard);
  page = await TestPage.open(service.discovery.page);
  await vi.waitFor(() => expect(page.takes).toHaveLength(1));
});

afterAll(async () => {
  page.close();
  client.close();
  await service.stop();
});

const command = { type: 'bounce', fromFrame: rate / 2, toFrame: (3 * rate) / 2, format: 'wav', name: '' };

const valuesOf = (bytes: Uint8Array) => parseWav(bytes).values;

const isSame = (a: Float32Array, b: Float32Array) =>
  Buffer.compare(Buffer.from(a.slice().buffer), Buffer.from(b.slice().buffer)) === 0;

describe('a bounce from the page', () => {
  it('of a take is what was heard of it, and is for the page alone', async () => {
    const take = page.takes[0]?.id;
    const { fault, job } = await page.ask({ ...command, sound: { kind: 'take', take } });
    expect(fault).toBe('');
    const done = await page.done(job);
    expect(done).toMatchObject({ state: 'done', kind: 'bounce', doneFrames: rate, totalFrames: rate });
    const bytes = readFileSync(join(folder, done.file?.name ?? ''));
    expect(isSame(valuesOf(bytes), exported.subarray(rate / 2, (3 * rate) / 2))).toBe(true);
    expect(exported.some((value) => Math.abs(value) > 0.01)).toBe(true);
    // bext is the first chunk: its time reference, 338 bytes in.
    expect([bytes.toString('latin1', 12, 16), bytes.readUInt32LE(20 + 338)]).toEqual(['bext', rate / 2]);
    const answer = await page.get(done.file?.url ?? '');
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename\*=UTF-8''/);
    expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), bytes)).toBe(0);
    expect((await page.get(done.file?.url ?? '', false)).status).toBe(401);
    expect((await page.get(`/jobs/${job}/other.wav`)).status).toBe(404);
  });

  it('of a drawn lane is what simmer render makes of it, as FLAC too', async () => {
    const drawn = [
      { frame: 0, value: 1.1, interpolation: 'hold' },
      { frame: rate, value: 0.6, interpolation: 'linear' },
    ] as const;
    const sound = { kind: 'lane', lane: drawn, seed: 9, guideAmount: 0 };
    const [wav, flac] = [
      await page.ask({ ...command, sound, name: '../mine' }),
      await page.ask({ ...command, sound, name: '../mine', format: 'flac' }),
    ];
    const [done, compressed] = [await page.done(wav.job), await page.done(flac.job)];
    expect([done.file?.name, compressed.file?.name]).toEqual(['mine.wav', 'mine.flac']);
    const place = temporaryFolder();
    writeFileSync(join(place, 'lane.csv'), formatLaneCsv(drawn, rate));
    const output = join(place, 'rendered.wav');
    const args = ['--lane', join(place, 'lane.csv'), '--start', '0.5', '--seconds', '1', '--take', '9', '-o', output];
    expect((await runSimmer(['render', '--model', playedModelName, ...args])).code).toBe(0);
    const rendered = valuesOf(readFileSync(output));
    expect(isSame(valuesOf(readFileSync(join(folder, 'mine.wav'))), rendered)).toBe(true);
    expect(rendered.some((value) => Math.abs(value) > 0.01)).toBe(true);
    expect(readFileSync(join(folder, 'mine.flac')).toString('latin1', 0, 4)).toBe('fLaC');
    // Control: another seed is another sound.
    const other = await page.done((await page.ask({ ...command, sound: { ...sound, seed: 10 }, name: 'other' })).job);
    expect(isSame(valuesOf(readFileSync(join(folder, other.file?.name ?? ''))), rendered)).toBe(false);
  });

  it('that cannot be says at once what is wrong', async () => {
    const take = page.takes[0]?.id;
    const faults = [
      [{ sound: { kind: 'take', take }, toFrame: 3 * rate }, /heard from 0.000 s to 2.0/],
      [{ sound: { kind: 'take', take: '0'.repeat(16) } }, /no longer there/],
      [{ sound: { kind: 'take', take }, fromFrame: -5 }, /before the song begins/],
      [{ sound: { kind: 'take', take }, fromFrame: rate, toFrame: rate }, /ends before it begins/],
    ] as const;
    for (const [change, wrong] of faults) expect((await page.ask({ ...command, ...change })).fault).toMatch(wrong);
    expect((await page.ask({ type: 'reveal', job: 'f'.repeat(16) })).fault).toMatch(/no longer known/);
  });

  it('can be cancelled, and leaves nothing', async () => {
    const before = readdirSync(folder).length;
    const sound = { kind: 'lane', lane: [{ frame: 0, value: 1, interpolation: 'hold' }], seed: 3, guideAmount: 0 };
    const { job } = await page.ask({ ...command, sound, toFrame: 3600 * rate, name: 'long' });
    await vi.waitFor(() => expect(page.jobs.find(({ id }) => id === job)?.doneFrames).toBeGreaterThan(0));
    expect((await page.ask({ type: 'cancel', job })).fault).toBe('');
    expect((await page.done(job)).state).toBe('cancelled');
    expect(readdirSync(folder).length).toBe(before);
  });
});

describe('a lane that is drawn on the page', () => {
  it('becomes a take that sounds like its bounce, stays in the song, and is not what playback goes on with', async () => {
    const drawn = { lane: [{ frame: 0, value: 1.2, interpolation: 'hold' }], seed: 5, guideAmount: 0 };
    const { job } = await page.ask({ type: 'draw-take', ...drawn, fromFrame: 0, toFrame: rate, name: 'Drawn <b>' });
    const done = await page.done(job);
    expect(done).toMatchObject({ state: 'done', kind: 'take' });
    const take = await vi.waitFor(() => {
      const found = page.takes.find(({ id }) => id === done.take);
      if (found === undefined) throw new Error('not told yet');
      return found;
    });
    expect(take).toMatchObject({ name: 'Drawn <b>', drawn: true, kept: false, seed: 5 });
    const both = [
      await page.ask({
        ...command,
        fromFrame: 0,
        toFrame: rate,
        sound: { kind: 'take', take: take.id },
        name: 'as take',
      }),
      await page.ask({ ...command, fromFrame: 0, toFrame: rate, sound: { kind: 'lane', ...drawn }, name: 'as lane' }),
    ];
    for (const { job: id } of both) expect((await page.done(id)).state).toBe('done');
    const [asTake, asLane] = ['as take', 'as lane'].map((name) => valuesOf(readFileSync(join(folder, `${name}.wav`))));
    expect(isSame(asTake ?? new Float32Array(1), asLane ?? new Float32Array(2))).toBe(true);
    // The host plays the place again, and hears what it heard.
    const again = await bounce(client, { ...heard, epoch: 2 });
    expect(isSame(again, exported)).toBe(true);
    await vi.waitFor(() => expect(client.recipe.length).toBeGreaterThan(0));
    const recipe = client.recipe;
    const reopened = new RenderClient(service.discovery);
    await reopened.open({ takes: recipe, instanceId: 'cd'.repeat(16) });
    const other = await TestPage.open(service.discovery.page);
    await vi.waitFor(() => {
      const all = other.messages.flatMap((message) => (message.type === 'takes' ? message.takes : []));
      expect(all.filter(({ id, drawn: isDrawn }) => id === take.id && isDrawn).length).toBeGreaterThan(1);
    });
    other.close();
    reopened.close();
  });
});
