import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { uniformOfStep } from '../../../../service/src/core/philox.js';
import type { DrawInputs } from '../../../../service/src/model/engine.js';
import { kernelInt8 } from '../../../../service/src/model/engine-name.js';
import { KernelModel } from '../../../../service/src/model/kernel/model.js';
import { kernelModule } from '../../../../service/src/model/kernel/module.js';
import { EnginePool } from '../../../../service/src/model/pool/engine-pool.js';
import { TinyModel, tinyModel } from '../../../../service/src/model/tiny-model.js';
import { readModel, type VerifiedModel } from '../../../../service/src/model/verified-model.js';
import { realModelFolder } from '../../../support/models.js';
import { root, temporaryFolder } from '../../../support/service-process.js';

const workerScript = new URL(`file://${join(root, 'dist/service/src/model/pool/worker-thread.js')}`);
const pools: EnginePool[] = [];
afterAll(() => Promise.all(pools.map((pool) => pool.close())));

function openPool(workerCount = 1): EnginePool {
  const pool = new EnginePool({ workerCount, wish: 'cpu', workerScript });
  pools.push(pool);
  return pool;
}

function inputs(blocks = 1, temperature = 0.9): DrawInputs {
  const steps = blocks * 64;
  return {
    state: tinyModel.initialState,
    temperature: new Float32Array(steps).fill(temperature),
    uniform: new Float32Array(steps).fill(0.4),
    guideStrength: new Float32Array(steps),
    guideBin: new Float32Array(steps).fill(128),
  };
}

test('a worker draws the very bits that the model draws here', async () => {
  const { drawn } = await openPool().draw(tinyModel, 'onnx', inputs(5), 0);
  expect(drawn).toEqual(await new TinyModel().draw(inputs(5)));
});

test('the earliest deadline goes first, equal ones in their order', async () => {
  const pool = openPool();
  await pool.prepare(tinyModel, 'onnx');
  const order: string[] = [];
  const draw = (name: string, deadlineMillis: number) =>
    pool.draw(tinyModel, 'onnx', inputs(8), deadlineMillis).then(() => order.push(name));
  // The first is taken at once: nothing else was there.
  await Promise.all([
    draw('running', 900),
    draw('bounce', 500),
    draw('playback', 100),
    draw('late', 50),
    draw('tie', 100),
  ]);
  expect(order).toEqual(['running', 'late', 'playback', 'tie', 'bounce']);
});

test('many jobs on several workers all come back, each with its own answer', async () => {
  const pool = openPool(2);
  const temperatures = Array.from({ length: 40 }, (_, index) => 0.5 + index / 40);
  const answers = await Promise.all(
    temperatures.map((temperature) => pool.draw(tinyModel, 'onnx', inputs(2, temperature), 0)),
  );
  const model = new TinyModel();
  for (const [index, { drawn }] of answers.entries()) {
    expect(drawn.sound).toEqual((await model.draw(inputs(2, temperatures[index]))).sound);
  }
});

test('engines of one model are loaded apart from one another', async () => {
  const told: string[] = [];
  const onLoaded = (_: VerifiedModel, engine: string) => told.push(engine);
  const pool = new EnginePool({ workerCount: 1, wish: 'cpu', workerScript, onLoaded });
  pools.push(pool);
  for (const engine of ['onnx', kernelInt8, 'onnx'] as const) await pool.draw(tinyModel, engine, inputs(), 0);
  expect(told).toEqual(['onnx', kernelInt8]);
});

test("workers draw from one copy of a kernel's weights, at once and together, and each voice gets its own bits", async () => {
  const model = await readModel(realModelFolder());
  const { blockSteps, stateFloats, tailGuard } = model.manifest;
  const weights = model.kernel?.int8 ?? new Uint8Array(0);
  const shape = { blockSteps, stateFloats };
  const alone = await KernelModel.load(await kernelModule(), weights, shape, tailGuard.floor);
  const pool = openPool(3);
  const voice = (index: number, blocks: number): DrawInputs => ({
    ...inputs(blocks, 0.7 + index / 50),
    state: model.initialState,
    uniform: Float32Array.from({ length: 64 * blocks }, (_, step) => uniformOfStep(index, step)),
  });
  const voices = Array.from({ length: 24 }, (_, index) => voice(index, 1 + (index % 3)));
  const answers = await Promise.all(voices.map((own, index) => pool.draw(model, kernelInt8, own, index)));
  for (const [index, { drawn }] of answers.entries())
    expect(drawn).toEqual(await alone.draw(voices[index] ?? voice(0, 1)));
});

test('what one worker packed of the weights is handed to the others, and what one of them writes there all see', async () => {
  const script = join(temporaryFolder(), 'packs.mjs');
  // Stands for the kernel: memory that counts how many workers drew from it.
  writeFileSync(
    script,
    `import { parentPort } from 'node:worker_threads';
     let packed;
     parentPort.on('message', (request) => {
       if (request.kind === 'close') return parentPort.close();
       if (request.kind === 'load') {
         packed = request.source.packed ?? { memory: new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }) };
         return parentPort.postMessage({ kind: 'loaded', reason: '', voicesTogetherMax: 1, packed });
       }
       const count = Atomics.add(new Int32Array(packed.memory.buffer), 0, 1) + 1;
       const drawn = request.voices.map(() => ({ sound: Uint8Array.of(count), entropy: [], states: [] }));
       // Long enough for every worker to be needed.
       setTimeout(() => parentPort.postMessage({ kind: 'drawn', drawn, runMillis: 1 }), 50);
     });`,
  );
  const pool = new EnginePool({ workerCount: 3, wish: 'cpu', workerScript: new URL(`file://${script}`) });
  pools.push(pool);
  const bytes = new Uint8Array(1);
  const model: VerifiedModel = {
    ...tinyModel,
    graph: { kind: 'onnx', bytes, folder: '' },
    kernel: { int8: bytes, float32: bytes },
  };
  const draw = async () => (await pool.draw(model, kernelInt8, inputs(), 0)).drawn.sound[0];
  expect(await draw()).toBe(1);
  expect((await Promise.all([draw(), draw(), draw()])).toSorted()).toEqual([2, 3, 4]);
});

test('a kernel without weights is refused by name', async () => {
  const model: VerifiedModel = { ...tinyModel, graph: { kind: 'onnx', bytes: Buffer.from(''), folder: '' } };
  const drawn = openPool().draw(model, kernelInt8, inputs(), 0);
  await expect(drawn).rejects.toMatchObject({
    code: 'model-damaged',
    message: expect.stringContaining(kernelInt8),
  });
});

test('a model that cannot be loaded fails its own jobs only', async () => {
  const pool = openPool();
  const noGraph: VerifiedModel = {
    ...tinyModel,
    digest: 'f'.repeat(64),
    graph: { kind: 'onnx', bytes: Buffer.from('no graph'), folder: '' },
  };
  await expect(pool.draw(noGraph, 'onnx', inputs(), 0)).rejects.toMatchObject({ code: 'model-damaged' });
  await expect(pool.draw(tinyModel, 'onnx', inputs(), 0)).resolves.toBeDefined();
});

test('closing lets the running draw finish, and refuses the others', async () => {
  const pool = openPool();
  await pool.prepare(tinyModel, 'onnx');
  const running = pool.draw(tinyModel, 'onnx', inputs(8), 0);
  const waiting = pool.draw(tinyModel, 'onnx', inputs(8), 0);
  waiting.catch(() => {});
  await pool.close();
  await expect(running).resolves.toBeDefined();
  await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
  await expect(pool.draw(tinyModel, 'onnx', inputs(), 0)).rejects.toMatchObject({ code: 'unavailable' });
});

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

/** A pool of one busy worker: what is asked for now waits for the job that runs. Temperatures mark the jobs, in 1/1000. */
async function busyPool(voicesTogetherMax: number, workerCount = 1) {
  const { script, draws } = recordingWorker(voicesTogetherMax);
  const pool = new EnginePool({ workerCount, wish: 'cpu', workerScript: script });
  pools.push(pool);
  const ask = (mark: number, deadlineMillis: number, blocks = 1, model = tinyModel) =>
    pool.draw(model, 'onnx', inputs(blocks, mark / 1000), deadlineMillis);
  await Promise.all(Array.from({ length: workerCount }, () => ask(1, 0)));
  // A worker is free a moment after its answer.
  await new Promise((resolve) => setImmediate(resolve));
  const running = Array.from({ length: workerCount }, () => ask(2, 0));
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
    const jobs = [500, 100, 400, 200, 300].map((deadline) => ask(deadline, deadline));
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
    const jobs = [ask(300, soon + 2), ask(100, 0), ask(200, 1), ask(400, soon + 3)];
    expect(await finish(jobs)).toEqual([[100, 200], [300], [400]]);
    const inTime = await busyPool(8);
    expect(await inTime.finish([inTime.ask(200, soon + 1), inTime.ask(100, soon)])).toEqual([[100], [200]]);
  });

  test('are drawn one by one by an engine that gains nothing', async () => {
    const { ask, finish } = await busyPool(1);
    expect(await finish([ask(100, 100), ask(200, 200)])).toEqual([[100], [200]]);
  });

  test('of another number of blocks or of another model are not drawn with them, and not overtaken', async () => {
    const { ask, finish } = await busyPool(8);
    const other = { ...tinyModel, digest: 'a'.repeat(64) };
    const jobs = [
      ask(100, 100),
      ask(200, 200, 2),
      ask(300, 300),
      ask(400, 400),
      ask(500, 500, 1, other),
      ask(600, 600),
    ];
    expect(await finish(jobs)).toEqual([[100], [200], [300, 400], [500], [600]]);
  });

  test('are shared out between the workers', async () => {
    const { ask, finish } = await busyPool(8, 2);
    const drawn = await finish([100, 200, 300, 400].map((mark) => ask(mark, mark)));
    expect(Math.max(...drawn.map((marks) => marks.length))).toBe(2);
  });

  test('never wait for one another: a worker that is free takes what there is', async () => {
    const { ask, finish } = await busyPool(8);
    await finish([]);
    const first = ask(100, 100);
    const second = ask(200, 200);
    expect((await finish([first, second])).slice(-2)).toEqual([[100], [200]]);
  });

  test('do not fail for one another', async () => {
    const { ask, finish } = await busyPool(8);
    const bad = ask(666, 200);
    bad.catch(() => {});
    const good = [ask(100, 100), ask(300, 300)];
    expect(await finish([...good, bad.catch(() => {})])).toEqual([[100, 666, 300], [100], [666], [300]]);
    await expect(bad).rejects.toMatchObject({ code: 'model-damaged' });
  });
});

test('a worker that dies fails what it was doing, and another takes its place', async () => {
  const script = join(temporaryFolder(), 'dies-once.mjs');
  const marker = `${script}.died`;
  writeFileSync(
    script,
    `import { existsSync, writeFileSync } from 'node:fs';
     import { parentPort } from 'node:worker_threads';
     if (existsSync(${JSON.stringify(marker)})) await import(${JSON.stringify(workerScript.href)});
     else parentPort.once('message', () => { writeFileSync(${JSON.stringify(marker)}, ''); throw new Error('out of order'); });`,
  );
  const pool = new EnginePool({ workerCount: 1, wish: 'cpu', workerScript: new URL(`file://${script}`) });
  pools.push(pool);
  await expect(pool.draw(tinyModel, 'onnx', inputs(), 0)).rejects.toMatchObject({ code: 'internal' });
  await expect(pool.draw(tinyModel, 'onnx', inputs(), 0)).resolves.toBeDefined();
});
