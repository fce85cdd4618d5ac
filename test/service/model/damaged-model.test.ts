import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { graphTrial } from '../../../service/src/model/graph-trial.js';
import { tinyModel } from '../../../service/src/model/tiny-model.js';
import { realModelFolder } from '../../support/models.js';
import { randomWholes } from '../../support/random.js';
import { RenderClient } from '../../support/render-client.js';
import { root, ServiceProcess, temporaryFolder } from '../../support/service-process.js';

const failedPrecondition = 9;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A model folder whose graph is `graph`, with the right hash: all that a manifest can promise of it. */
function writeModel(models: string, name: string, graph: Uint8Array): void {
  const folder = join(models, name);
  mkdirSync(folder);
  const state = new Uint8Array(8);
  const manifest = {
    ...tinyModel.manifest,
    name,
    files: {
      'model.onnx': { bytes: graph.length, sha256: sha256(graph) },
      'state.f32': { bytes: state.length, sha256: sha256(state) },
    },
    graph: 'model.onnx',
    initialState: 'state.f32',
  };
  writeFileSync(join(folder, 'model.onnx'), graph);
  writeFileSync(join(folder, 'state.f32'), state);
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}

async function open(service: ServiceProcess, model: string): Promise<{ code: number; details: string }> {
  const client = new RenderClient(service.discovery);
  const outcome = await client.open({ model }).then(
    () => ({ code: 0, details: '' }),
    () => client.ended(),
  );
  client.close();
  return outcome;
}

test('graphs that are none are refused by name, and the service lives', async () => {
  const models = temporaryFolder();
  const random = randomWholes(8);
  writeModel(models, 'empty', new Uint8Array(0));
  writeModel(models, 'text', Buffer.from('this is no graph'));
  writeModel(
    models,
    'noise',
    Uint8Array.from({ length: 4096 }, () => random(0, 255)),
  );
  const service = await ServiceProcess.start(['--models', models]);
  for (const name of ['empty', 'text', 'noise']) {
    const { code, details } = await open(service, name);
    expect(code).toBe(failedPrecondition);
    expect(details).toContain('graph');
  }
  expect((await open(service, 'tiny')).code).toBe(0);
  await service.stop();
});

test('a damaged default model does not keep the service from starting', async () => {
  const models = temporaryFolder();
  writeModel(models, 'broken', Buffer.from('no graph'));
  const service = await ServiceProcess.start(['--models', models, '--model', 'broken']);
  expect(service.stderr).toContain('broken cannot be played');
  expect((await open(service, '')).code).toBe(failedPrecondition);
  expect((await open(service, 'tiny')).code).toBe(0);
  await service.stop();
});

test('a graph that kills what loads it kills a process of its own', async () => {
  const script = join(temporaryFolder(), 'dies.mjs');
  writeFileSync(
    script,
    "process.kill(process.pid, 'SIGSEGV'); await new Promise((resolve) => setTimeout(resolve, 5000));",
  );
  const model = { ...tinyModel, graph: { kind: 'onnx' as const, bytes: new Uint8Array(0), folder: '/nowhere' } };
  await expect(graphTrial(new URL(`file://${script}`), 'cpu')(model)).rejects.toMatchObject({ code: 'model-damaged' });
});

const realModel = realModelFolder();
describe('with a trained model', () => {
  const script = new URL(`file://${join(root, 'dist/service/src/model/graph-trial-process.js')}`);

  test('control: it passes its trial', async () => {
    const model = { ...tinyModel, graph: { kind: 'onnx' as const, bytes: new Uint8Array(0), folder: realModel } };
    await expect(graphTrial(script, 'cpu')(model)).resolves.toBeUndefined();
  });

  test('its graph with mutations and right hashes is refused or played, and the service lives', async () => {
    const models = temporaryFolder();
    const random = randomWholes(12);
    const manifest = JSON.parse(readFileSync(join(realModel, 'manifest.json'), 'utf8'));
    const whole = readFileSync(join(realModel, manifest.graph));
    const names = Array.from({ length: 6 }, (_, index) => `mutant-${index}`);
    for (const name of names) {
      cpSync(realModel, join(models, name), { recursive: true });
      const graph = Buffer.from(whole);
      // The last bytes and the first hold structure; between them are weights, where a change is only another model.
      for (let change = 0; change < 20; change += 1)
        graph[random(0, 1) ? random(0, 300) : graph.length - random(1, 3000)] = random(0, 255);
      writeFileSync(join(models, name, manifest.graph), graph);
      const files = { ...manifest.files, [manifest.graph]: { bytes: graph.length, sha256: sha256(graph) } };
      writeFileSync(join(models, name, 'manifest.json'), JSON.stringify({ ...manifest, name, files }));
    }
    const service = await ServiceProcess.start(['--models', models]);
    for (const name of names) expect([0, failedPrecondition]).toContain((await open(service, name)).code);
    expect((await open(service, 'tiny')).code).toBe(0);
    expect(service.running).toBe(true);
    await service.stop();
  });
});
