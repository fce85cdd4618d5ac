import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listModels } from '../../../../service/src/cli/list-models.js';
import { Failure } from '../../../../service/src/core/failure.js';
import { EngineSelection } from '../../../../service/src/model/choice/selection.js';
import { circumstancesHere, EngineSpeeds } from '../../../../service/src/model/choice/speeds.js';
import { EngineSurvey, measureEngines } from '../../../../service/src/model/choice/survey.js';
import type { DrawInputs } from '../../../../service/src/model/engine.js';
import { type EngineName, kernelFloat32, kernelInt8 } from '../../../../service/src/model/engine-name.js';
import { ModelLibrary } from '../../../../service/src/model/model-library.js';
import { providerWishes } from '../../../../service/src/model/provider-wish.js';
import { TinyModel, tinyModel } from '../../../../service/src/model/tiny-model.js';
import type { VerifiedModel } from '../../../../service/src/model/verified-model.js';
import { temporaryFolder } from '../../../support/service-process.js';

const here = circumstancesHere('auto');
const digest = 'ab'.repeat(32);
const speeds = (onnx: number, kernel: number) =>
  new Map<EngineName, number>([
    ['onnx', onnx],
    [kernelInt8, kernel],
  ]);
const model: VerifiedModel = {
  ...tinyModel,
  digest,
  manifest: {
    ...tinyModel.manifest,
    files: Object.fromEntries(['tiny', 'i8', 'f32'].map((name) => [name, { bytes: 0, sha256: '' }])),
    kernel: { int8: 'i8', float32: 'f32' },
  },
};

describe('the cache of speeds', () => {
  test('gives back what was measured, to a later process too', async () => {
    const folder = join(temporaryFolder(), 'not', 'there', 'yet');
    const first = await EngineSpeeds.open(folder, here);
    expect(first.of(digest).size).toBe(0);
    await first.add(digest, speeds(2.5, 9));
    expect(new Map(first.of(digest))).toEqual(speeds(2.5, 9));
    const later = await EngineSpeeds.open(folder, here);
    expect(new Map(later.of(digest))).toEqual(speeds(2.5, 9));
    expect(later.of('cd'.repeat(32)).size).toBe(0);
    await later.add(digest, speeds(3, 8));
    expect(new Map((await EngineSpeeds.open(folder, here)).of(digest))).toEqual(speeds(3, 8));
    expect(readdirSync(folder)).toEqual(['engine-speeds.json']);
  });

  test.each([
    ['kernel', { kernel: here.kernel + 1 }],
    ['ONNX Runtime', { onnxruntime: '0.0.1' }],
    ['provider', { provider: 'cuda' }],
    ['CPU', { cpu: 'another one' }],
    ['Node', { node: 'v99.0.0' }],
  ])('says nothing of another %s, and keeps what it said of that', async (_, change) => {
    const folder = temporaryFolder();
    await (await EngineSpeeds.open(folder, here)).add(digest, speeds(2, 9));
    const changed = await EngineSpeeds.open(folder, { ...here, ...change });
    expect(changed.of(digest).size).toBe(0);
    await changed.add(digest, speeds(5, 6));
    expect(new Map((await EngineSpeeds.open(folder, here)).of(digest))).toEqual(speeds(2, 9));
  });

  test('keeps what another process wrote in the meantime, and the engines that were not measured again', async () => {
    const folder = temporaryFolder();
    const one = await EngineSpeeds.open(folder, here);
    const other = await EngineSpeeds.open(folder, here);
    await one.add(digest, speeds(2, 9));
    await other.add('cd'.repeat(32), speeds(3, 7));
    await other.add(digest, new Map([['onnx', 4]]));
    const later = await EngineSpeeds.open(folder, here);
    expect(new Map(later.of(digest))).toEqual(speeds(4, 9));
    expect(new Map(later.of('cd'.repeat(32)))).toEqual(speeds(3, 7));
  });

  const whole = { version: 1, measured: [{ digest, ...here, realTimeFactors: { onnx: 2 } }] };
  test.each<[string, string]>([
    ['empty', ''],
    ['cut off', JSON.stringify(whole).slice(0, -9)],
    ['of another version', JSON.stringify({ ...whole, version: 2 })],
    ['with a key that is not known', JSON.stringify({ ...whole, more: 1 })],
    ['with a speed that is none', JSON.stringify(whole).replace('"onnx":2', '"onnx":-2')],
    ['with a speed without end', JSON.stringify(whole).replace('"onnx":2', '"onnx":1e999')],
    ['with a digest that is none', JSON.stringify(whole).replace(digest, 'x')],
    ['too large', `${JSON.stringify(whole)}${' '.repeat(1 << 20)}`],
    ['not text', '\0\x01\x02'],
  ])('that is %s is ignored, and written anew', async (_, text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'engine-speeds.json'), text);
    const opened = await EngineSpeeds.open(folder, here);
    expect(opened.of(digest).size).toBe(0);
    await opened.add(digest, speeds(2, 9));
    expect(new Map((await EngineSpeeds.open(folder, here)).of(digest))).toEqual(speeds(2, 9));
  });

  test('control: the same file, whole, is read', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'engine-speeds.json'), JSON.stringify(whole));
    expect((await EngineSpeeds.open(folder, here)).of(digest).get('onnx')).toBe(2);
  });

  test('that is a folder, a link or in a place that cannot be written costs nothing but the memory of it', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'engine-speeds.json'));
    const linked = temporaryFolder();
    writeFileSync(join(linked, 'elsewhere'), JSON.stringify(whole));
    symlinkSync('elsewhere', join(linked, 'engine-speeds.json'));
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    for (const place of [folder, linked, join(file, 'below')]) {
      const opened = await EngineSpeeds.open(place, here);
      expect(opened.of(digest).size).toBe(0);
      await opened.add(digest, speeds(2, 9));
      expect(new Map(opened.of(digest))).toEqual(speeds(2, 9));
    }
    expect(readdirSync(folder)).toEqual(['engine-speeds.json']);
    expect(readFileSync(join(linked, 'elsewhere'), 'utf8')).toBe(JSON.stringify(whole));
  });
});

describe('the engine of a new song', () => {
  const select = (
    measured: ReadonlyMap<string, number>,
    options: Partial<ConstructorParameters<typeof EngineSelection>[0]> = {},
  ) =>
    new EngineSelection({
      wish: 'auto',
      tailGuard: 'on',
      provider: 'auto',
      speeds: { of: () => measured },
      ...options,
    });
  const unknown = new Map<string, number>();

  test('is the kernel where there is one, unless ONNX Runtime is clearly faster here', () => {
    expect(select(unknown).choice(model)).toBe(kernelInt8);
    expect(select(new Map([['onnx', 50]])).choice(model)).toBe(kernelInt8);
    expect(select(speeds(2, 9)).choice(model)).toBe(kernelInt8);
    expect(select(speeds(9, 9)).choice(model)).toBe(kernelInt8);
    expect(select(speeds(11, 9)).choice(model)).toBe(kernelInt8);
    expect(select(speeds(12, 9)).choice(model)).toBe('onnx');
    expect(select(unknown).choice(tinyModel)).toBe('onnx');
  });

  test('stays ONNX Runtime where another backend than the CPU was asked for', () => {
    for (const provider of providerWishes) {
      const expected = provider === 'auto' || provider === 'cpu' ? kernelInt8 : 'onnx';
      expect(select(speeds(2, 9), { provider }).choice(model)).toBe(expected);
      expect(select(speeds(2, 9), { provider, wish: 'kernel' }).choice(model)).toBe(kernelInt8);
    }
  });

  test('is the one that was asked for, however fast', () => {
    expect(select(speeds(2, 9), { wish: 'onnx' }).choice(model)).toBe('onnx');
    expect(select(speeds(90, 9), { wish: 'kernel' }).choice(model)).toBe(kernelInt8);
    expect(select(unknown, { wish: 'kernel' }).choice(tinyModel)).toBe('onnx');
    expect(select(unknown, { wish: 'kernel' }).allowed(model)).toEqual([kernelInt8, kernelFloat32]);
  });

  test('is without the tail guard where that was asked for; songs go on with the engine they were made with', () => {
    const guarded = { ...model, manifest: { ...model.manifest, tailGuard: { floor: 0.01 } } };
    const off = { tailGuard: 'off' } as const;
    expect(select(unknown).choice(guarded)).toBe(kernelInt8);
    expect(select(unknown, off).choice(guarded)).toBe('kernel-int8-2-unguarded');
    expect(select(speeds(12, 9), off).choice(guarded)).toBe('onnx-unguarded');
    expect(select(unknown, { ...off, wish: 'onnx' }).choice(guarded)).toBe('onnx-unguarded');
    // A model without a guard has no engine that goes without it.
    expect(select(unknown, off).choice(model)).toBe(kernelInt8);
    expect(select(unknown, off).choice(tinyModel)).toBe('onnx');
    expect(select(unknown).allowed(guarded)).toEqual(select(unknown, off).allowed(guarded));
    expect(select(unknown).allowed(guarded)).toContain('kernel-float32-2-unguarded');
    expect(select(unknown, { wish: 'kernel' }).allowed(guarded)).not.toContain('onnx-unguarded');
    // What was measured of an engine with the guard is its speed without it.
    expect(select(speeds(2, 9.25), off).describe(guarded)).toEqual({
      engine: 'kernel-int8-2-unguarded',
      realTimeFactor: 9.25,
    });
  });

  test('is told to people with its speed', async () => {
    const lines: string[] = [];
    const list = (selection: EngineSelection) =>
      listModels(
        new ModelLibrary([]),
        selection,
        (line) => lines.push(line),
        () => {},
      );
    await list(select(unknown));
    await list(select(new Map([['onnx', 31.4]])));
    expect(lines.map((line) => line.split('\t')[4])).toEqual([
      'built in, not measured yet',
      'built in, 31 × real time',
    ]);
    expect(select(speeds(2, 9.25)).describe(model)).toEqual({ engine: kernelInt8, realTimeFactor: 9.25 });
    expect(select(unknown).describe(model)).toEqual({ engine: kernelInt8, realTimeFactor: 0 });
    const noKernel = { ...model, manifest: { ...model.manifest, kernel: undefined } };
    expect(select(unknown, { wish: 'kernel' }).describe(noKernel)).toEqual({ engine: 'none', realTimeFactor: 0 });
  });
});

describe('the survey', () => {
  /** A pool whose engines take as long as they are told, in milliseconds for 8 blocks. */
  function fakePool(millis: Partial<Record<EngineName, number[]>>) {
    const asked: { engine: EngineName; deadlineMillis: number; inputs: DrawInputs }[] = [];
    const engine = new TinyModel();
    return {
      asked,
      draw: async (_: VerifiedModel, name: EngineName, inputs: DrawInputs, deadlineMillis: number) => {
        const count = asked.filter((entry) => entry.engine === name).length;
        asked.push({ engine: name, deadlineMillis, inputs });
        const times = millis[name];
        if (times === undefined) throw new Failure('model-damaged', `${name} is broken`);
        return { drawn: await engine.draw(inputs), runMillis: times[Math.min(count, times.length - 1)] ?? 0 };
      },
    };
  }

  test('takes the best of rounds after the first, with real blocks, behind all that somebody waits for', async () => {
    const pool = fakePool({ onnx: [1, 40, 32, 50], [kernelInt8]: [900, 16, 8, 20] });
    const measured = await measureEngines(pool, model, ['onnx', kernelInt8]);
    // 8 blocks of 64 steps at 16 kHz are 32 ms of audio.
    expect(measured.get('onnx')).toBeCloseTo(1, 9);
    expect(measured.get(kernelInt8)).toBeCloseTo(4, 9);
    expect(new Set(pool.asked.map(({ deadlineMillis }) => deadlineMillis))).toEqual(
      new Set([Number.POSITIVE_INFINITY]),
    );
    // Each goes on from where it was, and they take turns.
    expect(pool.asked.slice(0, 4).map(({ engine }) => engine)).toEqual(['onnx', kernelInt8, 'onnx', kernelInt8]);
    expect(pool.asked[2]?.inputs.state).not.toEqual(pool.asked[0]?.inputs.state);
  });

  test('ends with a clock that stands still', async () => {
    expect((await measureEngines(fakePool({ onnx: [0] }), model, ['onnx'])).get('onnx')).toBeGreaterThan(0);
  });

  const surveyOf = async (pool: ReturnType<typeof fakePool>, folder = temporaryFolder()) => {
    const said: string[] = [];
    const cache = await EngineSpeeds.open(folder, here);
    const selection = new EngineSelection({ wish: 'auto', tailGuard: 'on', provider: 'auto', speeds: cache });
    return {
      survey: new EngineSurvey({ pool, speeds: cache, selection, say: (line) => said.push(line) }),
      cache,
      said,
      selection,
      folder,
    };
  };

  test('measures a model once, on this machine and not only in this process', async () => {
    const pool = fakePool({ onnx: [10], [kernelInt8]: [50] });
    const { survey, cache, selection, folder } = await surveyOf(pool);
    expect(selection.choice(model)).toBe(kernelInt8);
    survey.survey(model);
    survey.survey(model);
    await survey.settled();
    const count = pool.asked.length;
    expect(cache.of(digest).size).toBe(2);
    expect(selection.choice(model)).toBe('onnx');
    survey.survey(model);
    const later = await surveyOf(pool, folder);
    later.survey.survey(model);
    await Promise.all([survey.settled(), later.survey.settled()]);
    expect(pool.asked.length).toBe(count);
    expect(later.selection.choice(model)).toBe('onnx');
  });

  test('of an engine that cannot draw is told, writes nothing, and keeps nobody from being measured', async () => {
    const pool = fakePool({ onnx: [10] });
    const { survey, cache, said, folder } = await surveyOf(pool);
    survey.survey(model);
    survey.survey(tinyModel);
    await survey.settled();
    expect(said).toEqual([expect.stringContaining('kernel-int8-2 is broken')]);
    expect([cache.of(digest).size, cache.of(tinyModel.digest).size]).toEqual([0, 1]);
    expect(existsSync(join(folder, 'engine-speeds.json'))).toBe(true);
  });

  test('of a service that closes says nothing', async () => {
    const pool = { asked: [], draw: () => Promise.reject(new Failure('unavailable', 'closing')) };
    const { survey, said } = await surveyOf(pool);
    survey.survey(model);
    await survey.settled();
    expect(said).toEqual([]);
  });
});
