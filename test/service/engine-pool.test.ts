import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { DrawInputs } from '../../service/src/model/engine.js';
import { EnginePool } from '../../service/src/model/engine-pool.js';
import { TinyModel, tinyModel } from '../../service/src/model/tiny-model.js';
import type { VerifiedModel } from '../../service/src/model/verified-model.js';
import { root, temporaryFolder } from '../support/service-process.js';

const workerScript = new URL(`file://${join(root, 'dist/service/src/model/engine-worker.js')}`);
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
    expect(drawn.bins).toEqual((await model.draw(inputs(2, temperatures[index]))).bins);
  }
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
