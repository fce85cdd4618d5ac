import { expect, test } from 'vitest';
import { chooseModel } from '../../service/src/cli/choose-model.js';
import { Failure } from '../../service/src/core/failure.js';
import { tinyModel } from '../../service/src/model/tiny-model.js';
import { MemoryStore } from '../../service/src/store/memory-store.js';
import { decodeTakes } from '../../service/src/wire/decode-takes.js';
import { bitsOf } from '../support/random.js';
import { SimulatedHost } from '../support/simulated-host.js';

const song = (frameCount: number) => ({
  from: 0,
  frameCount,
  lane: [{ frame: 0, value: 0.9, interpolation: 'linear' as const }],
  nextBlockFrames: () => 512,
});

/** A song of two seconds, its store, and its audio. */
async function someSong() {
  const host = new SimulatedHost({ store: new MemoryStore() });
  const audio = await host.bounce(song(96_000));
  return { audio, recipe: await host.close(), store: host.store };
}

test('without the model what is stored is played and bounced, and saving again loses nothing', async () => {
  const { audio, recipe, store } = await someSong();
  const host = new SimulatedHost({ store, recipe, withoutModel: true });
  expect(bitsOf(await host.bounce(song(96_000)))).toEqual(bitsOf(audio));
  const heard = await host.play(song(90_000));
  expect(heard.filter((value) => value === 'gap').length).toBeLessThan(2000);
  expect(heard.filter((value, index) => value !== 'gap' && value !== audio[index])).toEqual([]);
  expect(host.drawnBlocks).toBe(0);
  const saved = await host.close();
  const again = new SimulatedHost({ store: new MemoryStore(), recipe: saved });
  expect(bitsOf(await again.bounce(song(96_000)))).toEqual(bitsOf(audio));
  await again.close();
});

test('without model and store a bounce fails with its name, and playback is a gap', async () => {
  const { recipe } = await someSong();
  const playing = new SimulatedHost({ store: new MemoryStore(), recipe, withoutModel: true });
  expect(new Set(await playing.play(song(20_000)))).toEqual(new Set(['gap']));
  await playing.close();
  const host = new SimulatedHost({ store: new MemoryStore(), recipe, withoutModel: true });
  await expect(host.bounce(song(20_000))).rejects.toMatchObject({ code: 'model-missing' });
  await host.close();
});

test('beyond what is stored a bounce fails, and playback falls silent and comes back', async () => {
  const { audio, recipe, store } = await someSong();
  const host = new SimulatedHost({ store, recipe, withoutModel: true });
  const heard = await host.play(song(144_000));
  expect(heard.slice(96_200).every((value) => value === 'gap')).toBe(true);
  const later = await host.play({ ...song(40_000), from: 50_000 });
  expect(later.filter((value) => value !== 'gap').length).toBeGreaterThan(36_000);
  expect(later.filter((value, index) => value !== 'gap' && value !== audio[50_000 + index])).toEqual([]);
  await expect(host.bounce(song(144_000))).rejects.toMatchObject({ code: 'model-missing' });
  await host.close();
});

test('the model of a song is chosen by content; another one of its name only when that is asked for', async () => {
  const { recipe } = await someSong();
  const other = { ...tinyModel, digest: 'cd'.repeat(32) };
  const engines = { allowed: () => ['onnx'] as const, choice: () => 'onnx' as const };
  const prepare = () => Promise.resolve();
  const choice = {
    wanted: '',
    defaultModel: 'one-song',
    takes: decodeTakes(recipe),
    adoptModels: false,
    engines,
    prepare,
  };
  const load = async (name: string) => {
    if (name !== 'tiny') throw new Failure('model-missing', `There is no model ${name}.`);
    return tinyModel;
  };
  expect(await chooseModel({ ...choice, load })).toMatchObject({ kind: 'here', verified: tinyModel, engine: 'onnx' });
  const loadOther = async () => other;
  const missing = await chooseModel({ ...choice, load: loadOther });
  expect(missing).toMatchObject({ kind: 'missing', reference: { name: 'tiny', digest: tinyModel.digest } });
  if (missing.kind === 'missing') {
    for (const word of ['tiny', tinyModel.digest.slice(0, 12), 'cdcdcdcdcdcd', '--adopt-models']) {
      expect(missing.message).toContain(word);
    }
  }
  expect(await chooseModel({ ...choice, adoptModels: true, load: loadOther })).toMatchObject({ kind: 'here' });
  const gone = async () => {
    throw new Failure('model-missing', 'There is no model of that name.');
  };
  expect(await chooseModel({ ...choice, load: gone })).toMatchObject({ kind: 'missing' });
  await expect(chooseModel({ ...choice, takes: undefined, load: gone })).rejects.toMatchObject({
    code: 'model-missing',
  });
});
