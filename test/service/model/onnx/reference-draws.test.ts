import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OnnxModel } from '../../../../service/src/model/onnx/model.js';
import { readModel, type VerifiedModel } from '../../../../service/src/model/verified-model.js';
import { shippedModelFolder, shippedModels } from '../../../support/models.js';

// reference/ in a model's folder was drawn by PyTorch, layer by layer, in float64 (its CARD.md says how). A graph that draws
// the same 160,000 bins on the same noise is the network that was trained.
const tenSeconds = 160_000;

describe.each(shippedModels())('%s', (name) => {
  const folder = shippedModelFolder(name);
  let model: VerifiedModel;
  let engine: OnnxModel;

  beforeAll(async () => {
    model = await readModel(folder);
    if (model.graph.kind !== 'onnx') throw new Error(`${name} has no graph`);
    engine = await OnnxModel.load(model.graph.bytes, model.manifest, 'cpu', model.manifest.tailGuard.floor);
  });

  afterAll(() => engine.close());

  function floats(name: string): Float32Array {
    const bytes = readFileSync(join(folder, 'reference', name));
    return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(4 * index));
  }

  /** Draws from the initial state, without a guide. */
  async function draw(temperature: Float32Array, uniform: Float32Array): Promise<Uint8Array> {
    const { blockSteps } = model.manifest;
    const bins = new Uint8Array(temperature.length);
    let state = model.initialState;
    for (let start = 0; start < bins.length; start += blockSteps) {
      const drawn = await engine.draw({
        state,
        temperature: temperature.slice(start, start + blockSteps),
        uniform: uniform.slice(start, start + blockSteps),
        guideStrength: new Float32Array(blockSteps),
        guideBin: new Float32Array(blockSteps).fill(128),
      });
      bins.set(drawn.sound, start);
      state = drawn.states;
    }
    return bins;
  }

  const firstDifference = (left: Uint8Array, right: Uint8Array) => left.findIndex((bin, step) => bin !== right[step]);

  test('the shipped graph draws what PyTorch drew, for ten seconds', { timeout: 120_000 }, async () => {
    const expected = new Uint8Array(readFileSync(join(folder, 'reference', 'drawn.u8')));
    expect(expected.length).toBe(tenSeconds);
    expect(new Set(expected).size).toBeGreaterThan(100);
    const drawn = await draw(floats('temperature.f32'), floats('uniform.f32'));
    expect(firstDifference(drawn, expected)).toBe(-1);
  });

  test('one other uniform, and the draws part there: the comparison can fail', async () => {
    const [temperature, uniform] = [floats('temperature.f32').slice(0, 6400), floats('uniform.f32').slice(0, 6400)];
    const expected = new Uint8Array(readFileSync(join(folder, 'reference', 'drawn.u8'))).slice(0, 6400);
    // From the very beginning of the distribution another bin is drawn than from its end, but where a model is quite sure.
    const parted = await Promise.all(
      [3200, 4000, 5000, 6000].map(async (step) => {
        const draws: Uint8Array[] = [];
        for (const other of [2 ** -24, 1 - 2 ** -23]) {
          const changed = uniform.slice(0, step + 1);
          changed[step] = other;
          const whole = uniform.slice();
          whole.set(changed);
          draws.push(await draw(temperature, whole));
        }
        return draws.some((drawn) => firstDifference(drawn, expected) === step);
      }),
    );
    expect(parted).toContain(true);
  });
});
