import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { Failure } from '../../../service/src/core/failure.js';
import { mixToMono, parseWav } from '../../../service/src/core/wav.js';
import { TinyModel } from '../../../service/src/model/tiny-model.js';
import { sixteenBitFlac } from '../../../service/src/study/memory-flac.js';
import { type StudyPlan, studyTakes, takeSeedOf } from '../../../service/src/study/plan.js';
import { runStudy } from '../../../service/src/study/run-study.js';
import { StudyFolder } from '../../../service/src/study/study-folder.js';
import { measuresCsv } from '../../../service/src/study/table.js';
import { codesEngine, codesModel } from '../../support/codes-fixture.js';
import { fixtureModels } from '../../support/played-model.js';
import { runSimmer, simmerProgram, temporaryFolder } from '../../support/service-process.js';
import { tinyPlan } from './tiny-plan.js';

/** Every file of a folder but the page, by path, as a hash. */
function filesOf(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const look = (at: string) => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) look(path);
      else found[relative(folder, path)] = createHash('sha256').update(readFileSync(path)).digest('hex');
    }
  };
  look(folder);
  return found;
}

const args = (out: string) => [
  'study',
  ...['--models', fixtureModels, '--model', 'vq-tiny', '--temperatures', '0.75,0.95,0.975', '--items', '4'],
  ...['--seconds', '3', '--rate', '24000', '--workers', '2', '--out', out],
];

test('a study of 3 temperatures × 4 items that is killed halfway and begun again gives the files of one run through', {
  tags: ['full'],
}, async () => {
  const folder = temporaryFolder();
  const [whole, killed] = [join(folder, 'whole'), join(folder, 'killed')];
  expect((await runSimmer(args(whole))).code).toBe(0);
  const child = spawn(process.execPath, [simmerProgram, ...args(killed)], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (/^5 of 12/m.test(said)) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  const done = readdirSync(killed).filter((name) => name.endsWith('.wav'));
  expect(done.length).toBeGreaterThanOrEqual(5);
  expect(done.length).toBeLessThan(12);
  const before = new Map(done.map((name) => [name, statSync(join(killed, name)).mtimeMs]));
  expect((await runSimmer(args(killed))).code).toBe(0);
  for (const leftover of readdirSync(killed).filter((name) => name.endsWith('.part'))) rmSync(join(killed, leftover));
  expect(filesOf(killed)).toEqual(filesOf(whole));
  // What was whole was not rendered again.
  const untouched = [...before].filter(([name, at]) => statSync(join(killed, name)).mtimeMs === at);
  expect(untouched.length).toBeGreaterThanOrEqual(5);
  // Control: a take that was changed since is rendered again.
  const [name = ''] = done;
  const bytes = readFileSync(join(killed, name));
  bytes[1000] = 255 - (bytes[1000] ?? 0);
  writeFileSync(join(killed, name), bytes);
  expect(filesOf(killed)).not.toEqual(filesOf(whole));
  expect((await runSimmer(args(killed))).code).toBe(0);
  expect(filesOf(killed)).toEqual(filesOf(whole));
  // And they are what `simmer render` makes of that lane.
  const lane = join(folder, 'lane.csv');
  const output = join(folder, 'one.wav');
  writeFileSync(lane, '0,0.95\n');
  const render = ['render', '--models', fixtureModels, '--model', 'vq-tiny', '--lane', lane, '--seconds', '3'];
  expect((await runSimmer([...render, '--rate', '24000', '--take', `${takeSeedOf(1, 2)}`, '-o', output])).code).toBe(0);
  const bytesOf = (path: string) => Buffer.from(parseWav(readFileSync(path)).values.slice().buffer as ArrayBuffer);
  expect(Buffer.compare(bytesOf(join(whole, '0-item_2-0-95.wav')), bytesOf(output))).toBe(0);
});

test('another study in the folder, and what cannot be, are refused in words', async () => {
  const folder = temporaryFolder();
  const out = join(folder, 'study');
  const tiny = ['study', '--model', 'tiny', '--items', '1', '--seconds', '0.5', '--out', out];
  expect((await runSimmer([...tiny, '--temperatures', '0.9'])).code).toBe(0);
  const other = await runSimmer([...tiny, '--temperatures', '1.1']);
  expect(other.code).not.toBe(0);
  expect(other.stderr).toContain('holds another study');
  const fresh = await runSimmer([...tiny, '--temperatures', '1.1', '--fresh']);
  expect(fresh.code).toBe(0);
  expect(existsSync(`${out}-before-1/0-item_0-0-9.wav`)).toBe(true);
  const refusals: [string[], string][] = [
    [['--temperatures', '3'], 'from 0 to 2'],
    [['--temperatures', '0.5,,1'], 'commas'],
    [['--conditions', 'Ada/Walk'], 'no artists and genres'],
    [['--experiment', 'S1'], 'simmer render --experiment S1'],
    [['--experiment', 'S77'], 'There is no experiment'],
    [['--items', '4000', '--temperatures', '0.5,1'], '4096 are allowed'],
  ];
  for (const [extra, words] of refusals) {
    const { code, stderr } = await runSimmer([...tiny, ...extra, '--out', join(folder, 'refused')]);
    expect(code, extra.join(' ')).not.toBe(0);
    expect(stderr).toContain(words);
  }
  const codes = ['study', '--models', fixtureModels, '--model', 'vq-tiny', '--out', join(folder, 'refused')];
  const unknown = await runSimmer([...codes, '--conditions', 'Nobody/Walk']);
  expect(unknown.stderr).toContain('Ada, Béla, Cleo');
  expect(existsSync(join(folder, 'refused'))).toBe(false);
});

test('a take that fails does not lose the others, and is tried again', async () => {
  const folder = new StudyFolder(join(temporaryFolder(), 'study'));
  const takes = studyTakes(tinyPlan);
  const engine = new TinyModel();
  const bad = takes[5]?.file;
  const run = (isBroken: boolean) =>
    runStudy({
      plan: tinyPlan,
      takes,
      folder,
      pool: {
        draw: async (_model, _engine, inputs, _deadline, voice) => {
          if (isBroken && voice === bad)
            throw new Failure('model-damaged', 'The graph gave values that are not finite.');
          return { drawn: await engine.draw(inputs), runMillis: 1 };
        },
      },
      together: 3,
      signal: new AbortController().signal,
      onTake: () => {},
    });
  const first = await run(true);
  expect(first.filter(({ outcome }) => outcome instanceof Failure).map(({ take }) => take.file)).toEqual([bad]);
  const table = measuresCsv(first).split('\r\n');
  expect(table).toHaveLength(14);
  expect(table[6]).toContain('not finite');
  const second = await run(false);
  expect(second.some(({ outcome }) => outcome instanceof Failure)).toBe(false);
});

test('a take of a stereo model is stereo, and what is measured is the mean of its channels', async () => {
  const model = await codesModel('vq-tiny-stereo');
  const engine = await codesEngine(model);
  const plan: StudyPlan = {
    ...tinyPlan,
    models: [{ model, engine: 'onnx', conditions: [undefined] }],
    ...{ temperatures: [1], items: 1 },
  };
  const place = join(temporaryFolder(), 'study');
  const [result] = await runStudy({
    ...{ plan, takes: studyTakes(plan), folder: new StudyFolder(place) },
    pool: { draw: async (_model, _engine, inputs) => ({ drawn: await engine.draw(inputs), runMillis: 1 }) },
    ...{ together: 1, signal: new AbortController().signal, onTake: () => {} },
  });
  await engine.close();
  if (result === undefined || result.outcome instanceof Failure) throw new Error('no take');
  const bytes = readFileSync(join(place, result.take.file));
  const { channelCount, frameCount, values } = parseWav(bytes);
  expect([channelCount, frameCount]).toEqual([2, 24_000]);
  expect(values.filter((value, at) => at % 2 === 0 && value !== values[at + 1]).length).toBeGreaterThan(20_000);
  const mean = mixToMono(values, 2);
  const peak = mean.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(result.outcome.measures.peak).toBeCloseTo(peak, 9);
  const flac = await sixteenBitFlac(values, channelCount, 24_000);
  // Channels − 1, behind 20 bits of rate.
  expect(((flac[20] ?? 0) >> 1) & 7).toBe(1);
});

test('a folder that cannot be written is a clear error', async () => {
  const folder = temporaryFolder();
  if (process.getuid?.() === 0) {
    // Nothing is forbidden to root but what is no folder at all.
    writeFileSync(join(folder, 'study'), '');
  } else chmodSync(folder, 0o500);
  const { code, stderr } = await runSimmer([
    'study',
    '--model',
    'tiny',
    '--seconds',
    '0.5',
    '--out',
    join(folder, 'study', 'x'),
  ]);
  expect(code).not.toBe(0);
  expect(stderr).toContain('cannot be written');
});
