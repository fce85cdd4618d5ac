import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { uniformOfStep } from '../../../../service/src/core/philox.js';
import type { DrawInputs } from '../../../../service/src/model/engine.js';
import { kernelFloat32, kernelInt8 } from '../../../../service/src/model/engine-name.js';
import { EnginePool } from '../../../../service/src/model/pool/engine-pool.js';
import { TinyModel, tinyModel } from '../../../../service/src/model/tiny-model.js';
import { readModel, type VerifiedModel } from '../../../../service/src/model/verified-model.js';
import { codedModel, livelyRows } from '../../../support/coded-fixture.js';
import { engineOf } from '../../../support/engines.js';
import { realModelFolder } from '../../../support/models.js';
import { root, temporaryFolder } from '../../../support/service-process.js';
import { inputs } from './inputs.js';

const workerScript = new URL(`file://${join(root, 'dist/service/src/model/pool/worker-thread.js')}`);

const pools: EnginePool[] = [];

afterAll(() => Promise.all(pools.map((pool) => pool.close())));

function openPool(workerCount = 1): EnginePool {
  const pool = new EnginePool({ workerCount, wish: 'cpu', workerScript });
  pools.push(pool);
  return pool;
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
  const { blockSteps } = model.manifest;
  const alone = await engineOf(model, 'int8');
  const pool = openPool(3);
  const voice = (index: number, blocks: number): DrawInputs => ({
    ...inputs((blocks * blockSteps) / 64, 0.7 + index / 50),
    state: model.initialState,
    uniform: Float32Array.from({ length: blockSteps * blocks }, (_, step) => uniformOfStep(index, step)),
    codeUniform: new Float32Array(blockSteps * blocks).fill(0.5),
  });
  const voices = Array.from({ length: 24 }, (_, index) => voice(index, 1 + (index % 3)));
  const answers = await Promise.all(voices.map((own, index) => pool.draw(model, kernelInt8, own, index)));
  for (const [index, { drawn }] of answers.entries())
    expect(drawn).toEqual(await alone.draw(voices[index] ?? voice(0, 1)));
});

test('a SampleRNN under codes is drawn in workers by every engine it has, each as in this thread', async () => {
  const model = await codedModel();
  const pool = openPool(2);
  const inputs = livelyRows(model, 2, 8, true);
  for (const [which, name] of [
    ['onnx', 'onnx'],
    ['int8', kernelInt8],
    ['float32', kernelFloat32],
  ] as const) {
    const alone = await engineOf(model, which);
    const answers = await Promise.all([1, 2, 3].map(() => pool.draw(model, name, inputs, 0)));
    for (const { drawn } of answers) expect(drawn).toEqual(await alone.draw(inputs));
    await alone.close();
  }
  await pool.prepare(model, kernelInt8);
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
