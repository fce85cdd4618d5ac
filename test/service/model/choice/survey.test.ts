import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../../../service/src/core/failure.js';
import { EngineSelection } from '../../../../service/src/model/choice/selection.js';
import { EngineSpeeds } from '../../../../service/src/model/choice/speeds.js';
import { EngineSurvey, measureEngines } from '../../../../service/src/model/choice/survey.js';
import type { DrawInputs } from '../../../../service/src/model/engine.js';
import { type EngineName, kernelInt8, noLimit } from '../../../../service/src/model/engine-name.js';
import { TinyModel, tinyModel } from '../../../../service/src/model/tiny-model.js';
import type { VerifiedModel } from '../../../../service/src/model/verified-model.js';
import { temporaryFolder } from '../../../support/service-process.js';
import { digest, here, model } from './example.js';

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
    const selection = new EngineSelection({
      wish: 'auto',
      tailGuard: 'on',
      limit: noLimit,
      provider: 'auto',
      speeds: cache,
    });
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
