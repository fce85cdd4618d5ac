import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { circumstancesHere, EngineSpeeds } from '../../../../service/src/model/choice/speeds.js';
import { kernelInt8 } from '../../../../service/src/model/engine-name.js';
import { readModel } from '../../../../service/src/model/verified-model.js';
import { decodeTakes } from '../../../../service/src/wire/decode-takes.js';
import { bounce } from '../../../support/bounce.js';
import { bitsOf } from '../../../support/random.js';
import { RenderClient } from '../../../support/render-client.js';
import { root, runSimmer, ServiceProcess, temporaryFolder } from '../../../support/service-process.js';

/** What `simmer models` says of what plays a model. */
async function toldOf(model: string, runtimeDir: string): Promise<string | undefined> {
  const { stdout } = await runSimmer(['models'], { SIMMER_RUNTIME_DIR: runtimeDir });
  return stdout
    .split('\n')
    .find((line) => line.startsWith(`${model}\t`))
    ?.split('\t')[4];
}

test('a service measures its model in the background, once, and `simmer models` shows it', async () => {
  const runtimeDir = temporaryFolder();
  const cache = join(runtimeDir, 'cache', 'engine-speeds.json');
  expect(await toldOf('tiny', runtimeDir)).toBe('built in, not measured yet');
  // What is broken is written anew.
  mkdirSync(join(runtimeDir, 'cache'));
  writeFileSync(cache, '{"version":');
  expect(await toldOf('tiny', runtimeDir)).toBe('built in, not measured yet');
  const service = await ServiceProcess.start([], runtimeDir);
  try {
    await vi.waitFor(async () => expect(await toldOf('tiny', runtimeDir)).toMatch(/^built in, [\d.]+ × real time$/), {
      timeout: 60_000,
    });
  } finally {
    await service.stop();
  }
  expect(existsSync(cache)).toBe(true);
  expect(service.stderr).not.toContain('cannot be measured');
});

test('a render is drawn by the engine that was asked for: each has bits of its own, and auto is the kernel', async () => {
  const folder = temporaryFolder();
  const lane = join(folder, 'lane.csv');
  writeFileSync(lane, '0,0.9\n');
  const render = async (engine: string[]) => {
    const output = join(folder, 'out.wav');
    const args = ['render', '--lane', lane, '--seconds', '1', '--model', 'one-song', '-o', output, ...engine];
    const { code, stderr } = await runSimmer(args, { SIMMER_RUNTIME_DIR: folder });
    expect([code, stderr.includes('damaged')]).toEqual([0, false]);
    return { audio: createHash('sha256').update(readFileSync(output)).digest('hex'), stderr };
  };
  const kernel = await render(['--engine', 'kernel']);
  const onnx = await render(['--engine', 'onnx']);
  const auto = await render([]);
  expect(kernel.audio).not.toBe(onnx.audio);
  expect(auto.audio).toBe(kernel.audio);
  expect((await render(['--engine', 'onnx'])).audio).toBe(onnx.audio);
  expect(auto.stderr).toContain('one-song (kernel-int8-2)');
  expect(onnx.stderr).toContain('one-song (onnx)');
  // A machine on which ONNX Runtime was measured to be the faster one.
  const speeds = await EngineSpeeds.open(join(folder, 'cache'), circumstancesHere('auto'));
  const { digest } = await readModel(join(root, 'models/one-song'));
  await speeds.add(digest, new Map([['onnx', 90] as const, [kernelInt8, 9] as const]));
  expect((await render([])).audio).toBe(onnx.audio);
  expect(await toldOf('one-song', folder)).toBe('onnx, 90 × real time');
});

test('a song goes on with its engine on a service that would choose another, and says so where it may not', async () => {
  const bounceOn = async (args: string[], takes?: Uint8Array) => {
    const service = await ServiceProcess.start(['--model', 'one-song', ...args]);
    const client = new RenderClient(service.discovery);
    try {
      const { missingModel } = await client.open(takes === undefined ? {} : { takes });
      const lane = [{ frame: 0, value: 0.9, interpolation: 'hold' as const }];
      const values = missingModel
        ? undefined
        : await bounce(client, { frameCount: 24_000, lane, nextBlockFrames: () => 1024 });
      await client.finish();
      const audio = values && createHash('sha256').update(bitsOf(values)).digest('hex');
      const engines = decodeTakes(client.recipe)?.records.map(({ origin }) => origin.model.engine);
      return { audio, engines, missingModel, recipe: client.recipe };
    } finally {
      client.close();
      await service.stop();
    }
  };
  const kernel = await bounceOn([]);
  expect(kernel.engines).toEqual(['kernel-int8-2']);
  const onnx = await bounceOn(['--provider', 'cuda']);
  expect(onnx.engines).toEqual(['onnx']);
  expect(onnx.audio).not.toBe(kernel.audio);
  // Each on a machine of the other kind, without what was stored.
  expect((await bounceOn(['--provider', 'cuda'], kernel.recipe)).audio).toBe(kernel.audio);
  expect((await bounceOn([], onnx.recipe)).audio).toBe(onnx.audio);
  expect((await bounceOn(['--engine', 'onnx'], kernel.recipe)).missingModel).toContain('by the engine kernel-int8-2');
  expect((await bounceOn(['--engine', 'onnx', '--adopt-models'], kernel.recipe)).engines).toContain('onnx');
});
