import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uniformOfStep } from '../../service/src/core/philox.js';
import type { BlockEngine, DrawInputs, DrawnBlocks } from '../../service/src/model/engine.js';
import type { VerifiedModel } from '../../service/src/model/verified-model.js';

export interface EngineUnderTest {
  readonly engine: BlockEngine;
  readonly model: VerifiedModel;
}

/**
 * What every engine must keep (docs/models.md). Any implementation of the port runs this, and so does a broken one, to
 * see it fail.
 */
export function describeEngineContract(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(`the engine contract: ${name}`, () => {
    let engine: BlockEngine;
    let model: VerifiedModel;
    beforeAll(async () => {
      ({ engine, model } = await open());
    });
    afterAll(() => engine.close());

    for (const [title, check] of Object.entries(engineContract)) test(title, () => check({ engine, model }));
  });
}

const blocks = 4;

/** Inputs of a few blocks; every field can be replaced. */
function inputsOf({ engine, model }: EngineUnderTest, change: Partial<DrawInputs> = {}): DrawInputs {
  const steps = blocks * engine.shape.blockSteps;
  return {
    state: model.initialState,
    temperature: new Float32Array(steps).fill(0.9),
    uniform: Float32Array.from({ length: steps }, (_, step) => uniformOfStep(11, step)),
    guideStrength: new Float32Array(steps),
    guideBin: new Float32Array(steps).fill(128),
    ...change,
  };
}

/** Inputs of voices that differ in all: state, temperature, uniforms, and every other one follows a guide. */
function voicesOf(under: EngineUnderTest, count: number): DrawInputs[] {
  const steps = blocks * under.engine.shape.blockSteps;
  return Array.from({ length: count }, (_, voice) =>
    inputsOf(under, {
      state: Float32Array.from(under.model.initialState, (value, index) => (index === 0 ? value + voice : value)),
      temperature: new Float32Array(steps).fill(0.7 + 0.1 * voice),
      uniform: Float32Array.from({ length: steps }, (_unused, step) => uniformOfStep(100 + voice, step)),
      guideStrength: new Float32Array(steps).fill((voice % 2) * 0.3),
      guideBin: Float32Array.from({ length: steps }, (_unused, step) => 100 + ((step + voice) % 56)),
    }),
  );
}

export const engineContract: Readonly<Record<string, (under: EngineUnderTest) => Promise<void>>> = {
  'shapes, ranges and finite values': async (under) => {
    const { shape } = under.engine;
    const { bins, entropy, states } = await under.engine.draw(inputsOf(under));
    expect(shape).toEqual({
      blockSteps: under.model.manifest.blockSteps,
      stateFloats: under.model.manifest.stateFloats,
    });
    expect(bins.length).toBe(blocks * shape.blockSteps);
    expect(entropy.length).toBe(blocks * shape.blockSteps);
    expect(states.length).toBe(blocks * shape.stateFloats);
    expect(entropy.every((bits) => bits >= -1e-4 && bits <= 8.001)).toBe(true);
    expect(states.every(Number.isFinite)).toBe(true);
  },

  'purity: the same inputs give the same bits, whatever was drawn between, and are not changed': async (under) => {
    const inputs = inputsOf(under);
    const before = structuredClone(inputs);
    const first = await under.engine.draw(inputs);
    const kept = structuredClone(first);
    await under.engine.draw(inputsOf(under, { temperature: inputs.temperature.map(() => 1.7) }));
    expect(await under.engine.draw(inputs)).toEqual(kept);
    expect(first).toEqual(kept);
    expect(inputs).toEqual(before);
  },

  'causality: what comes at a step changes no draw before it': async (under) => {
    const plain = inputsOf(under);
    const reference = await under.engine.draw(plain);
    const steps = reference.bins.length;
    const { blockSteps } = under.engine.shape;
    // A row of codes is drawn at its first step with the numbers of its first steps, one for each level.
    const isOfCodes = under.model.manifest.family === 'vq-prior';
    for (const from of [1, blockSteps - 1, blockSteps, blockSteps + 17, steps - 1]) {
      const later = (values: Float32Array, value: number) => values.map((old, step) => (step < from ? old : value));
      const changed = await under.engine.draw({
        state: plain.state,
        temperature: later(plain.temperature, 1.9),
        uniform: plain.uniform.map((old, step) => {
          const drawnAt = isOfCodes ? step - (step % blockSteps) : step;
          return drawnAt < from ? old : 0.25;
        }),
        guideStrength: later(plain.guideStrength, 1),
        guideBin: later(plain.guideBin, 20),
      });
      expect(changed.bins.slice(0, from)).toEqual(reference.bins.slice(0, from));
      expect(changed.entropy.slice(0, from)).toEqual(reference.entropy.slice(0, from));
    }
  },

  'the state carries everything: blocks one by one equal blocks at once': async (under) => {
    const inputs = inputsOf(under, {
      guideStrength: new Float32Array(blocks * under.engine.shape.blockSteps).fill(0.4),
    });
    const { blockSteps, stateFloats } = under.engine.shape;
    const together = await under.engine.draw(inputs);
    let { state } = inputs;
    for (let block = 0; block < blocks; block += 1) {
      const part = (values: Float32Array) => values.slice(block * blockSteps, (block + 1) * blockSteps);
      const drawn = await under.engine.draw({
        state,
        temperature: part(inputs.temperature),
        uniform: part(inputs.uniform),
        guideStrength: part(inputs.guideStrength),
        guideBin: part(inputs.guideBin),
      });
      expect(drawn.bins).toEqual(together.bins.slice(block * blockSteps, (block + 1) * blockSteps));
      expect(drawn.states).toEqual(together.states.slice(block * stateFloats, (block + 1) * stateFloats));
      // A state that went through bytes and back is the same state.
      state = new Float32Array(
        new Uint8Array(Buffer.from(new Uint8Array(drawn.states.buffer, 0, stateFloats * 4))).buffer,
      );
    }
  },

  'T → 0 is the argmax: but for ties no uniform matters, and nothing underflows': async (under) => {
    const { blockSteps, stateFloats } = under.engine.shape;
    const steps = blocks * blockSteps;
    const cold = (state: Float32Array, temperature: number, uniform: number) =>
      under.engine.draw(
        inputsOf(under, {
          state,
          temperature: new Float32Array(steps).fill(temperature),
          uniform: new Float32Array(steps).fill(uniform),
        }),
      );
    // Two logits closer than about 1e-3 are a tie at the floor of 1e-4, which the uniform decides; takes part there, at
    // the very beginning even where a model's silence is two bins. So from several places.
    const warm = await under.engine.draw(inputsOf(under));
    const later = Array.from({ length: blocks }, (_, block) =>
      warm.states.slice(block * stateFloats, (block + 1) * stateFloats),
    );
    let [clearSteps, sureSteps] = [0, 0];
    for (const state of [under.model.initialState, ...later]) {
      const zero = structuredClone(await cold(state, 0, 0.5));
      const tie = zero.entropy.findIndex((bits) => bits > 1e-6);
      const clear = tie === -1 ? steps : tie;
      clearSteps += clear;
      sureSteps += zero.entropy.filter((bits) => Math.abs(bits) < 1e-3).length;
      for (const [temperature, uniform] of [
        [0, 2 ** -24],
        [0, 1 - 2 ** -23],
        [1e-5, 0.1],
        [1e-4, 0.9],
      ] as const) {
        const { bins } = await cold(state, temperature, uniform);
        expect(bins.slice(0, clear)).toEqual(zero.bins.slice(0, clear));
      }
    }
    expect(clearSteps).toBeGreaterThan(64);
    expect(sureSteps).toBeGreaterThan(0.9 * steps * (blocks + 1));
  },

  'λ = 0 is exactly no guide: its bins change no draw of their block': async (under) => {
    const { blockSteps } = under.engine.shape;
    const plain = await under.engine.draw(inputsOf(under));
    const other = await under.engine.draw(
      inputsOf(under, { guideBin: Float32Array.from({ length: blocks * blockSteps }, (_, step) => (step * 37) % 256) }),
    );
    expect(other.bins).toEqual(plain.bins);
    expect(other.entropy).toEqual(plain.entropy);
  },

  'the guide pulls: draws come nearer to it': async (under) => {
    if (under.model.manifest.family === 'vq-prior') return guidePullsCodes(under);
    // Warm, because a model that is sure of silence at the start of a take is not talked out of it.
    const guideBin = new Float32Array(under.engine.shape.blockSteps).fill(140);
    const distance = async (strength: number) => {
      let total = 0;
      for (let uniform = 1; uniform < 16; uniform += 1) {
        const { bins } = await firstStep(under, { temperature: 2, uniform: uniform / 16, strength, guideBin });
        total += Math.abs((bins[0] ?? 0) - 140);
      }
      return total;
    };
    expect(await distance(1)).toBeLessThan(await distance(0));
  },

  'voices that are drawn together are, bit for bit, what each of them is alone': async (under) => {
    for (const count of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      const voices = voicesOf(under, count);
      const before = structuredClone(voices);
      const together = structuredClone(await under.engine.drawTogether(voices));
      expect(voices).toEqual(before);
      expect(together.length).toBe(count);
      const alone: DrawnBlocks[] = [];
      for (const voice of voices) alone.push(structuredClone(await under.engine.draw(voice)));
      expect(together).toEqual(alone);
      // Voices that all drew the same would be equal in any order.
      expect(new Set(together.map(({ bins }) => bins.join())).size).toBe(count);
    }
  },

  'voices that are drawn together do not hear one another': async (under) => {
    const voices = voicesOf(under, 5);
    const plain = structuredClone(await under.engine.drawTogether(voices));
    for (const changed of [0, 2, 4]) {
      const other = voices.map((voice, index) =>
        index === changed ? { ...voice, temperature: voice.temperature.map((value) => 2 - value) } : voice,
      );
      const drawn = await under.engine.drawTogether(other);
      expect(drawn[changed]?.bins).not.toEqual(plain[changed]?.bins);
      const rest = <T>(values: readonly T[]) => values.filter((_, index) => index !== changed);
      expect(rest(drawn)).toEqual(rest(plain));
    }
  },

  'entropy rises with temperature': async (under) => {
    const [low = 0, high = 0] = under.model.manifest.temperature.useful;
    const bits: number[] = [];
    for (const temperature of [0.05, low, (low + high) / 2, high, 2]) {
      const { entropy } = await firstStep(under, { temperature });
      bits.push(entropy[0] ?? Number.NaN);
    }
    // A tail guard leaves one bin alone where a model is sure: there it stays 0 for a while.
    for (const [index, value] of bits.entries()) {
      if (index > 0) expect(value).toBeGreaterThanOrEqual(bits[index - 1] ?? 9);
    }
    expect(bits.at(-1)).toBeGreaterThan((bits[0] ?? 9) + 0.1);
  },
};

/** A guide is heard a row late, and leaves less to be decided: the distribution is narrower, whatever was drawn before. */
async function guidePullsCodes({ engine, model }: EngineUnderTest): Promise<void> {
  const { blockSteps } = engine.shape;
  const steps = (value: number) => new Float32Array(3 * blockSteps).fill(value);
  const bits = async (strength: number) => {
    let total = 0;
    for (let uniform = 1; uniform < 16; uniform += 1) {
      const { entropy } = await engine.draw({
        state: model.initialState,
        temperature: steps(1.5),
        uniform: steps(uniform / 16),
        guideStrength: steps(strength),
        guideBin: Float32Array.from(steps(0), (_, step) => Math.round(128 + 90 * Math.sin(step / 9))),
      });
      total += entropy[2 * blockSteps] ?? 0;
    }
    return total;
  };
  expect(await bits(1)).toBeLessThan(await bits(0));
}

/** One block from the initial state, of which the first step is looked at: there all have the same past. */
function firstStep(
  { engine, model }: EngineUnderTest,
  change: { temperature?: number; uniform?: number; strength?: number; guideBin?: Float32Array },
): Promise<DrawnBlocks> {
  const { blockSteps } = engine.shape;
  const steps = (value: number) => new Float32Array(blockSteps).fill(value);
  return engine.draw({
    state: model.initialState,
    temperature: steps(change.temperature ?? 1),
    uniform: steps(change.uniform ?? 0.5),
    guideStrength: steps(change.strength ?? 0),
    guideBin: change.guideBin ?? steps(128),
  });
}
