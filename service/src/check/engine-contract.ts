import { Failure } from '../core/failure.js';
import { codeUniformOfStep, uniformOfStep } from '../core/philox.js';
import { soundKindOf } from '../core/sound.js';
import type { BlockEngine, DrawInputs, DrawnBlocks } from '../model/engine.js';
import { soundOf } from '../model/manifest.js';
import type { VerifiedModel } from '../model/verified-model.js';

export interface EngineUnderTest {
  readonly engine: BlockEngine;
  readonly model: VerifiedModel;
}

/** A thing that every engine must keep (docs/models.md): throws a Failure that says in words what is wrong. */
export type ContractCheck = (under: EngineUnderTest) => Promise<void>;

const blocks = 4;
/** Bits of a draw from the most codes that there may be. */
const bitsMax = 12.001;

/** What every check gives: uniforms of codes too, which only models with rows look at. */
type CheckInputs = DrawInputs & Pick<Required<DrawInputs>, 'codeUniform'>;

/** Inputs of a few blocks; every field can be replaced. */
function inputsOf({ engine, model }: EngineUnderTest, change: Partial<CheckInputs> = {}): CheckInputs {
  const steps = blocks * engine.shape.blockSteps;
  return {
    state: model.initialState,
    temperature: new Float32Array(steps).fill(0.9),
    uniform: Float32Array.from({ length: steps }, (_, step) => uniformOfStep(11, step)),
    codeUniform: Float32Array.from({ length: steps }, (_, step) => codeUniformOfStep(11, step)),
    guideStrength: new Float32Array(steps),
    guideBin: new Float32Array(steps).fill(128),
    ...change,
  };
}

/** Inputs of voices that differ in all: state, temperature, uniforms, and every other one follows a guide. */
export function voicesOf(under: EngineUnderTest, count: number): DrawInputs[] {
  const steps = blocks * under.engine.shape.blockSteps;
  return Array.from({ length: count }, (_, voice) =>
    inputsOf(under, {
      state: Float32Array.from(under.model.initialState, (value, index) => (index === 0 ? value + voice : value)),
      temperature: new Float32Array(steps).fill(0.7 + 0.1 * voice),
      uniform: Float32Array.from({ length: steps }, (_unused, step) => uniformOfStep(100 + voice, step)),
      codeUniform: Float32Array.from({ length: steps }, (_unused, step) => codeUniformOfStep(100 + voice, step)),
      guideStrength: new Float32Array(steps).fill((voice % 2) * 0.3),
      guideBin: Float32Array.from({ length: steps }, (_unused, step) => 100 + ((step + voice) % 56)),
    }),
  );
}

/** What the service runs of any model before it believes it, and the tests of every engine. */
export const engineContract: Readonly<Record<string, ContractCheck>> = {
  'shapes, ranges and finite values': async (under) => {
    const { shape } = under.engine;
    const { manifest } = under.model;
    const { sound, entropy, states } = await under.engine.draw(inputsOf(under));
    must(
      shape.blockSteps === manifest.blockSteps && shape.stateFloats === manifest.stateFloats,
      'the engine has other sizes than the manifest says',
    );
    must(sound.length === blocks * shape.blockSteps, `a block gives ${sound.length / blocks} values`);
    must(entropy.length === blocks * shape.blockSteps, `a block gives ${entropy.length / blocks} entropies`);
    must(states.length === blocks * shape.stateFloats, `a block gives a state of ${states.length / blocks} values`);
    const [given, said] = [soundKindOf(sound), soundOf(manifest)];
    must(given === said, `the sound is ${given}, where the manifest says ${said}`);
    const odd = entropy.find((bits) => !(bits >= -1e-4 && bits <= bitsMax));
    must(odd === undefined, `an entropy is ${odd} bits`);
    must(states.every(Number.isFinite), 'a state is not finite');
  },

  'extremes of temperature and uniform numbers are drawn from': async (under) => {
    const steps = blocks * under.engine.shape.blockSteps;
    for (const temperature of [0, 1e-5, 0.05, 2]) {
      for (const uniform of [2 ** -24, 1 - 2 ** -23]) {
        await under.engine.draw(
          inputsOf(under, {
            temperature: new Float32Array(steps).fill(temperature),
            uniform: new Float32Array(steps).fill(uniform),
            codeUniform: new Float32Array(steps).fill(uniform),
          }),
        );
      }
    }
  },

  'purity: the same inputs give the same bits, whatever was drawn between, and are not changed': async (under) => {
    const inputs = inputsOf(under);
    const before = structuredClone(inputs);
    const first = await under.engine.draw(inputs);
    const kept = structuredClone(first);
    await under.engine.draw(inputsOf(under, { temperature: inputs.temperature.map(() => 1.7) }));
    mustEqual(await under.engine.draw(inputs), kept, 'the same inputs gave something else the second time');
    mustEqual(first, kept, 'what was drawn first was changed by what was drawn after it');
    must(
      isSame(inputs.state, before.state) && isSame(inputs.temperature, before.temperature),
      'the inputs were changed by drawing',
    );
  },

  'causality: what comes at a step changes no draw before it': async (under) => {
    const plain = inputsOf(under);
    const reference = await under.engine.draw(plain);
    const steps = reference.sound.length;
    const { blockSteps } = under.engine.shape;
    // A row of codes is drawn at its first step with the numbers of its first steps, one for each level.
    const isOfCodes = under.model.manifest.family === 'vq-prior';
    const atRows = (step: number) => step - (step % blockSteps);
    for (const from of [1, blockSteps - 1, blockSteps, blockSteps + 17, steps - 1]) {
      const later = (values: Float32Array, value: number) => values.map((old, step) => (step < from ? old : value));
      const changed = await under.engine.draw({
        state: plain.state,
        temperature: later(plain.temperature, 1.9),
        uniform: plain.uniform.map((old, step) => {
          return (isOfCodes ? atRows(step) : step) < from ? old : 0.25;
        }),
        codeUniform: plain.codeUniform.map((old, step) => (atRows(step) < from ? old : 0.25)),
        guideStrength: later(plain.guideStrength, 1),
        guideBin: later(plain.guideBin, 20),
      });
      must(
        isSame(changed.sound.slice(0, from), reference.sound.slice(0, from)) &&
          isSame(changed.entropy.slice(0, from), reference.entropy.slice(0, from)),
        `what came at step ${from} changed a draw before it: the graph looks ahead`,
      );
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
        codeUniform: part(inputs.codeUniform),
        guideStrength: part(inputs.guideStrength),
        guideBin: part(inputs.guideBin),
      });
      const words = `block ${block + 1} drawn by itself is another one than drawn after those before it`;
      must(isSame(drawn.sound, together.sound.slice(block * blockSteps, (block + 1) * blockSteps)), words);
      must(isSame(drawn.states, together.states.slice(block * stateFloats, (block + 1) * stateFloats)), words);
      // A state that went through bytes and back is the same state.
      const bytes = new Uint8Array(drawn.states.buffer, drawn.states.byteOffset, stateFloats * 4);
      state = new Float32Array(Uint8Array.from(bytes).buffer);
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
          codeUniform: new Float32Array(steps).fill(uniform),
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
        const { sound } = await cold(state, temperature, uniform);
        must(isSame(sound.slice(0, clear), zero.sound.slice(0, clear)), 'at temperature 0 the uniform number matters');
      }
    }
    must(clearSteps > 64, 'at temperature 0 nearly every draw is a tie');
    must(sureSteps > 0.9 * steps * (blocks + 1), 'at temperature 0 the distributions are not sure');
  },

  'λ = 0 is exactly no guide: its bins change no draw of their block': async (under) => {
    const { blockSteps } = under.engine.shape;
    const plain = await under.engine.draw(inputsOf(under));
    const other = await under.engine.draw(
      inputsOf(under, { guideBin: Float32Array.from({ length: blocks * blockSteps }, (_, step) => (step * 37) % 256) }),
    );
    must(
      isSame(other.sound, plain.sound) && isSame(other.entropy, plain.entropy),
      'a guide of strength 0 changes what is drawn',
    );
  },

  'the guide pulls: draws come nearer to it, where the model can hear one': async (under) => {
    const { manifest } = under.model;
    if (manifest.family === 'vq-prior') return manifest.encoder === undefined ? undefined : guidePullsCodes(under);
    // Warm, because a model that is sure of silence at the start of a take is not talked out of it.
    const guideBin = new Float32Array(under.engine.shape.blockSteps).fill(140);
    const distance = async (strength: number) => {
      let total = 0;
      for (let uniform = 1; uniform < 16; uniform += 1) {
        const { sound } = await firstStep(under, { temperature: 2, uniform: uniform / 16, strength, guideBin });
        total += Math.abs((sound[0] ?? 0) - 140);
      }
      return total;
    };
    must((await distance(1)) < (await distance(0)), 'a guide does not pull draws towards itself');
  },

  'entropy rises with temperature': async (under) => {
    const [low, high] = under.model.manifest.temperature.useful;
    const bits: number[] = [];
    for (const temperature of [0.05, low, (low + high) / 2, high, 2]) {
      const { entropy } = await firstStep(under, { temperature });
      bits.push(entropy[0] ?? Number.NaN);
    }
    // A tail guard leaves one bin alone where a model is sure: there it stays 0 for a while.
    const shown = bits.map((value) => value.toFixed(3)).join(', ');
    must(
      bits.every((value, index) => index === 0 || value >= (bits[index - 1] ?? 99)),
      `entropies by rising temperature: ${shown}`,
    );
    must((bits.at(-1) ?? 0) > (bits[0] ?? 99) + 0.1, `temperature hardly changes the entropy: ${shown}`);
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
  must((await bits(1)) < (await bits(0)), 'a guide does not pull codes towards itself');
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
    codeUniform: steps(change.uniform ?? 0.5),
    guideStrength: steps(change.strength ?? 0),
    guideBin: change.guideBin ?? steps(128),
  });
}

function must(holds: boolean, words: string): asserts holds {
  if (!holds) throw new Failure('model-damaged', `It breaks the contract: ${words}.`);
}

function mustEqual(a: DrawnBlocks, b: DrawnBlocks, words: string): void {
  must(isSame(a.sound, b.sound) && isSame(a.entropy, b.entropy) && isSame(a.states, b.states), words);
}

function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (!Object.is(a[index], b[index])) return false;
  return true;
}
