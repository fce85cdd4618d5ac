import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { chooseModel } from '../../service/src/cli/choose-model.js';
import { EngineSelection } from '../../service/src/model/choice/selection.js';
import {
  type EngineName,
  type EngineWish,
  enginesWished,
  kernelInt8,
  noLimit,
} from '../../service/src/model/engine-name.js';
import type { SampleRnnManifest } from '../../service/src/model/manifest.js';
import { tinyModel } from '../../service/src/model/tiny-model.js';
import type { VerifiedModel } from '../../service/src/model/verified-model.js';
import { playable } from '../../service/src/render/playable-model.js';
import type { SessionModel } from '../../service/src/session/session.js';
import { MemoryStore } from '../../service/src/store/memory-store.js';
import { TakeBook } from '../../service/src/take/take-book.js';
import { decodeTakes } from '../../service/src/wire/decode-takes.js';
import { encodeTakes } from '../../service/src/wire/encode-takes.js';
import { SimulatedHost } from '../support/simulated-host.js';

/** The tiny model as one that has a graph and a kernel; the simulated host draws other bits for each of them. */
const manifest: SampleRnnManifest = {
  ...tinyModel.manifest,
  files: Object.fromEntries(['tiny', 'i8', 'f32'].map((name) => [name, { bytes: 0, sha256: '' }])),
  kernel: { int8: 'i8', float32: 'f32' },
};
const model: VerifiedModel = {
  ...tinyModel,
  manifest,
};
const withoutKernel: VerifiedModel = { ...model, manifest: { ...manifest, kernel: undefined } };

/** A machine: whether it was told which engine to use, and whether it measured ONNX Runtime to be the faster one. */
interface Machine {
  readonly wish?: EngineWish;
  readonly onnxIsFaster?: boolean;
  readonly model?: VerifiedModel;
  readonly adoptModels?: boolean;
}

const kernelMachine: Machine = {};
const onnxMachine: Machine = { onnxIsFaster: true };

function choose(machine: Machine, recipe: Uint8Array, prepared: EngineName[] = []): Promise<SessionModel> {
  const factors = new Map<string, number>([
    [kernelInt8, 4],
    ['onnx', machine.onnxIsFaster ? 40 : 2],
  ]);
  return chooseModel({
    wanted: '',
    defaultModel: 'tiny',
    takes: decodeTakes(recipe),
    adoptModels: machine.adoptModels ?? false,
    engines: new EngineSelection({
      wish: machine.wish ?? 'auto',
      tailGuard: 'on',
      limit: noLimit,
      provider: 'auto',
      speeds: { of: () => factors },
    }),
    load: () => Promise.resolve(machine.model ?? model),
    prepare: (_, engine) => {
      prepared.push(engine);
      return Promise.resolve();
    },
  });
}

const engineOf = (chosen: SessionModel) => (chosen.kind === 'here' ? chosen.engine : chosen.message);

const song = (frameCount: number, from = 0) => ({
  from,
  frameCount,
  lane: [{ frame: 0, value: 0.9, interpolation: 'linear' as const }],
  nextBlockFrames: () => 512,
});
/** In frames: more than one segment, and more than that. */
const shortSong = 57_600;
const longSong = 72_000;
const nothing = new Uint8Array(0);

/** Opens a song on a machine and bounces it; its audio by its hash, since a difference of long arrays takes minutes to print. */
async function bounce(machine: Machine, recipe: Uint8Array, store: MemoryStore, frameCount = shortSong) {
  const host = new SimulatedHost({ store, recipe, model: await choose(machine, recipe) });
  try {
    const audio = createHash('sha256')
      .update(new Uint8Array((await host.bounce(song(frameCount))).buffer))
      .digest('hex');
    return { audio, drawnBlocks: host.drawnBlocks, recipe: await host.close() };
  } catch (thrown) {
    await host.close();
    throw thrown;
  }
}

test('a song without takes is played by the choice of the machine, and its takes say by which', async () => {
  for (const [machine, engine] of [
    [kernelMachine, kernelInt8],
    [onnxMachine, 'onnx'],
  ] as const) {
    expect(await choose(machine, nothing)).toMatchObject({ kind: 'here', engine });
    const { recipe } = await bounce(machine, nothing, new MemoryStore());
    expect(decodeTakes(recipe)?.records.map(({ origin }) => origin.model.engine)).toEqual([engine]);
  }
});

describe.each([
  ['onnx', onnxMachine, kernelMachine],
  ['the kernel', kernelMachine, onnxMachine],
])('a song that was made with %s', (_, home, away) => {
  test('goes on with it on a machine that would choose the other: heard again, drawn again and drawn on', async () => {
    const store = new MemoryStore();
    const made = await bounce(home, nothing, store);
    const whole = await bounce(home, nothing, new MemoryStore(), longSong);
    // From the store, drawn anew without it, and beyond what there was.
    const stored = await bounce(away, made.recipe, store);
    expect([stored.audio, stored.drawnBlocks]).toEqual([made.audio, 0]);
    const again = await bounce(away, made.recipe, new MemoryStore());
    expect(again.audio).toEqual(made.audio);
    expect(again.drawnBlocks).toBeGreaterThan(0);
    expect((await bounce(away, made.recipe, new MemoryStore(), longSong)).audio).toEqual(whole.audio);
    // Control: by the machine's own engine it would have been another song.
    expect((await bounce(away, nothing, new MemoryStore())).audio).not.toEqual(made.audio);
  });

  test('shares a store with the same song by the other engine, and each finds its own there', async () => {
    const store = new MemoryStore();
    const songs = [await bounce(away, nothing, store), await bounce(home, nothing, store)];
    expect(songs[0]?.audio).not.toEqual(songs[1]?.audio);
    for (const made of songs) {
      const again = await bounce(home, made.recipe, store);
      expect([again.audio, again.drawnBlocks]).toEqual([made.audio, 0]);
    }
  });
});

test('a song whose engine the service was told not to use plays what is stored, and keeps its takes', async () => {
  for (const [home, wish] of [
    [kernelMachine, 'onnx'],
    [onnxMachine, 'kernel'],
  ] as const) {
    const store = new MemoryStore();
    const made = await bounce(home, nothing, store);
    const told: Machine = { ...home, wish };
    const chosen = await choose(told, made.recipe);
    expect(chosen.kind).toBe('missing');
    expect(engineOf(chosen)).toMatch(/by the engine (onnx|kernel-int8-2), which this service was told not to use/);
    expect(engineOf(chosen)).toContain('--adopt-models');
    const played = await bounce(told, made.recipe, store);
    expect([played.audio, played.drawnBlocks]).toEqual([made.audio, 0]);
    await expect(bounce(told, made.recipe, new MemoryStore())).rejects.toMatchObject({ code: 'model-missing' });
    // What was saved there is, at home, the song it was.
    expect((await bounce(home, played.recipe, new MemoryStore())).audio).toEqual(made.audio);
  }
});

test('a song whose engine is of another version, or whose model has lost its kernel, says so', async () => {
  const book = new TakeBook();
  const reference = { ...playable(model, 'onnx').reference, engine: 'kernel-int8-99' };
  book.root(reference, 1, 0).append(...shapes);
  const chosen = await choose(kernelMachine, encodeTakes(book));
  expect(chosen).toMatchObject({ kind: 'missing', reference });
  expect(engineOf(chosen)).toMatch(
    /by the engine kernel-int8-99, which is not here \(there are: onnx, kernel-int8-2, kernel-float32-2\)/,
  );
  const made = await bounce(kernelMachine, nothing, new MemoryStore());
  expect(engineOf(await choose({ model: withoutKernel }, made.recipe))).toMatch(/not here \(there are: onnx\)/);
});

test('with --adopt-models a song goes on with what is here', async () => {
  const made = await bounce(kernelMachine, nothing, new MemoryStore());
  const prepared: EngineName[] = [];
  expect(engineOf(await choose({ wish: 'onnx', adoptModels: true }, made.recipe, prepared))).toBe('onnx');
  expect(prepared).toEqual(['onnx']);
  // Its own engine still comes first.
  expect(engineOf(await choose({ ...onnxMachine, adoptModels: true }, made.recipe))).toBe(kernelInt8);
});

test('of several engines the one that was used last goes on', async () => {
  const reference = playable(model, 'onnx').reference;
  const book = new TakeBook();
  const first = book.root(reference, 1, 0);
  first.append(...shapes);
  book.root({ ...reference, engine: 'kernel-float32-2' }, 1, 0).append(...shapes);
  expect(engineOf(await choose(onnxMachine, encodeTakes(book)))).toBe('kernel-float32-2');
  book.use(first);
  expect(engineOf(await choose(kernelMachine, encodeTakes(book)))).toBe('onnx');
});

test('a book keeps the takes of two engines apart, but for what the host is likely to say', () => {
  const onnx = playable(model, 'onnx').reference;
  const kernel = playable(model, kernelInt8).reference;
  const book = new TakeBook();
  const record = book.root(onnx, 1, 0);
  record.append(...shapes);
  expect([book.covering(onnx, 1, 0), book.rootedAt(onnx, 1, 0)]).toEqual([record, record]);
  expect([book.covering(kernel, 1, 0), book.rootedAt(kernel, 1, 0)]).toEqual([undefined, undefined]);
  expect(book.lastHeardAt(kernel.digest, 0)).toBe(record);
});

test('a wish leaves its engines; without any a model cannot be chosen for', async () => {
  expect(enginesWished(model.manifest, 'auto')).toEqual(['onnx', 'kernel-int8-2', 'kernel-float32-2']);
  expect(enginesWished(model.manifest, 'kernel')).toEqual(['kernel-int8-2', 'kernel-float32-2']);
  expect(enginesWished(model.manifest, 'onnx')).toEqual(['onnx']);
  expect(enginesWished(tinyModel.manifest, 'kernel')).toEqual(['onnx']);
  await expect(choose({ wish: 'kernel', model: withoutKernel }, nothing)).rejects.toMatchObject({
    code: 'model-missing',
    message: expect.stringContaining('--engine kernel'),
  });
});

const shape = { temperature: 4096, strength: 0, guideBin: 128, condition: 0 };
const shapes = [shape, shape] as const;
