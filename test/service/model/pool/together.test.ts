import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { EnginePool } from '../../../../service/src/model/pool/engine-pool.js';
import { TinyModel, tinyModel } from '../../../../service/src/model/tiny-model.js';
import { root, temporaryFolder } from '../../../support/service-process.js';
import { inputs } from './inputs.js';

const workerScript = new URL(`file://${join(root, 'dist/service/src/model/pool/worker-thread.js')}`);

const pools: EnginePool[] = [];

afterAll(() => Promise.all(pools.map((pool) => pool.close())));

/** A worker that records what it is asked to draw, and says that it gains by some voices together. */
function recordingWorker(voicesTogetherMax: number): { script: URL; draws: () => number[][] } {
  const folder = temporaryFolder();
  const log = join(folder, 'log');
  const script = join(folder, 'records.mjs');
  const tiny = new URL('../tiny-model.js', workerScript).href;
  writeFileSync(log, '');
  writeFileSync(
    script,
    `import { appendFileSync } from 'node:fs';
     import { parentPort } from 'node:worker_threads';
     import { TinyModel } from ${JSON.stringify(tiny)};
     const engine = new TinyModel();
     parentPort.on('message', async (request) => {
       if (request.kind === 'close') return parentPort.close();
       if (request.kind === 'load') {
         return parentPort.postMessage({ kind: 'loaded', reason: '', voicesTogetherMax: ${voicesTogetherMax} });
       }
       const marks = request.voices.map(({ temperature }) => Math.round(temperature[0] * 1000));
       appendFileSync(${JSON.stringify(log)}, marks.join(',') + '\\n');
       if (marks.includes(666)) return parentPort.postMessage({ kind: 'failed', code: 'model-damaged', message: 'bad' });
       const drawn = await engine.drawTogether(request.voices);
       parentPort.postMessage({ kind: 'drawn', drawn, runMillis: 8 });
     });`,
  );
  const draws = () =>
    readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(',').map(Number));
  return { script: new URL(`file://${script}`), draws };
}

/** A deadline that is past, however young the process is: the higher the number, the later. */
const late = (order: number) => order - 3_600_000;

/** A pool of one busy worker: what is asked for now waits for the job that runs. Temperatures mark the jobs, in 1/1000. */
async function busyPool(voicesTogetherMax: number, workerCount = 1) {
  const { script, draws } = recordingWorker(voicesTogetherMax);
  const pool = new EnginePool({ workerCount, wish: 'cpu', workerScript: script });
  pools.push(pool);
  const ask = (mark: number, deadlineMillis: number, blocks = 1, model = tinyModel) =>
    pool.draw(model, 'onnx', inputs(blocks, mark / 1000), deadlineMillis);
  await Promise.all(Array.from({ length: workerCount }, () => ask(1, late(0))));
  // A worker is free a moment after its answer.
  await new Promise((resolve) => setImmediate(resolve));
  const running = Array.from({ length: workerCount }, () => ask(2, late(0)));
  const finish = async (jobs: Promise<unknown>[]) => {
    await Promise.all([...running, ...jobs]);
    // Those that kept the workers busy are told apart by their marks; two workers write in any order.
    return draws().filter(([mark = 0]) => mark >= 100);
  };
  return { ask, finish };
}

describe('jobs that wait for the same engine', () => {
  test('and are late are drawn together, the earliest deadlines first, as many as the engine gains by', async () => {
    const { ask, finish } = await busyPool(3);
    const jobs = [500, 100, 400, 200, 300].map((deadline) => ask(deadline, late(deadline)));
    expect(await finish(jobs)).toEqual([
      [100, 200, 300],
      [400, 500],
    ]);
    const model = new TinyModel();
    for (const [index, mark] of [500, 100, 400, 200, 300].entries()) {
      const { drawn, runMillis } = (await jobs[index]) as Awaited<ReturnType<typeof ask>>;
      expect(drawn).toEqual(await model.draw(inputs(1, mark / 1000)));
      // Its share of what the worker spent.
      expect(runMillis).toBeCloseTo(mark <= 300 ? 8 / 3 : 4, 12);
    }
  });

  test('and are in time are drawn one by one: together the first would be done later', async () => {
    const { ask, finish } = await busyPool(8);
    const soon = performance.now() + 3_600_000;
    const jobs = [ask(300, soon + 2), ask(100, late(0)), ask(200, late(1)), ask(400, soon + 3)];
    expect(await finish(jobs)).toEqual([[100, 200], [300], [400]]);
    const inTime = await busyPool(8);
    expect(await inTime.finish([inTime.ask(200, soon + 1), inTime.ask(100, soon)])).toEqual([[100], [200]]);
  });

  test('are drawn one by one by an engine that gains nothing', async () => {
    const { ask, finish } = await busyPool(1);
    expect(await finish([ask(100, late(100)), ask(200, late(200))])).toEqual([[100], [200]]);
  });

  test('of another number of blocks or of another model are not drawn with them, and not overtaken', async () => {
    const { ask, finish } = await busyPool(8);
    const other = { ...tinyModel, digest: 'a'.repeat(64) };
    const jobs = [
      ask(100, late(100)),
      ask(200, late(200), 2),
      ask(300, late(300)),
      ask(400, late(400)),
      ask(500, late(500), 1, other),
      ask(600, late(600)),
    ];
    expect(await finish(jobs)).toEqual([[100], [200], [300, 400], [500], [600]]);
  });

  test('are shared out between the workers', async () => {
    const { ask, finish } = await busyPool(8, 2);
    const drawn = await finish([100, 200, 300, 400].map((mark) => ask(mark, late(mark))));
    expect(Math.max(...drawn.map((marks) => marks.length))).toBe(2);
  });

  test('never wait for one another: a worker that is free takes what there is', async () => {
    const { ask, finish } = await busyPool(8);
    await finish([]);
    const first = ask(100, late(100));
    const second = ask(200, late(200));
    expect((await finish([first, second])).slice(-2)).toEqual([[100], [200]]);
  });

  test('do not fail for one another', async () => {
    const { ask, finish } = await busyPool(8);
    const bad = ask(666, late(200));
    bad.catch(() => {});
    const good = [ask(100, late(100)), ask(300, late(300))];
    expect(await finish([...good, bad.catch(() => {})])).toEqual([[100, 666, 300], [100], [666], [300]]);
    await expect(bad).rejects.toMatchObject({ code: 'model-damaged' });
  });
});
