import { codeUniformOfStep, uniformOfStep } from '../../../service/src/core/philox.js';
import type { BlockEngine, DrawInputs } from '../../../service/src/model/engine.js';

/** An engine with so many voices in one call. */
export interface Contestant {
  readonly engine: BlockEngine;
  /** The state its voices begin with. */
  readonly state: Float32Array;
  readonly voices: number;
}

/** Steps of one call: about what a worker draws at a time at most, eight blocks or one row of codes. */
const stepsPerCall = 512;
/** Calls that are not counted, in which compilers and caches settle. */
const warmUps = 8;
const rounds = 40;

/**
 * Microseconds per step and voice of each contestant on this thread: the least of rounds in which they take turns, so that
 * what else the machine does hits them alike.
 */
export async function microsPerStep(contestants: readonly Contestant[]): Promise<number[]> {
  const least = contestants.map(() => Number.POSITIVE_INFINITY);
  const states = contestants.map(({ state, voices }) => Array.from({ length: voices }, () => state));
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const [index, { engine, voices }] of contestants.entries()) {
      const steps = Math.max(1, Math.floor(stepsPerCall / engine.shape.blockSteps)) * engine.shape.blockSteps;
      const inputs = (states[index] ?? []).map((state, voice) =>
        inputsOf(state, voice, steps, (round + warmUps) * steps),
      );
      const started = performance.now();
      const drawn = await engine.drawTogether(inputs);
      const micros = ((performance.now() - started) * 1000) / (steps * voices);
      if (round >= 0) least[index] = Math.min(least[index] ?? micros, micros);
      states[index] = drawn.map((voice) => voice.states.slice(-engine.shape.stateFloats));
    }
  }
  return least;
}

const blockCalls = 2000;

/** Microseconds that one voice's block takes at the 99th percentile, by calls of one block each. */
export async function blockP99Micros({ engine, state: start }: Contestant): Promise<number> {
  const { blockSteps, stateFloats } = engine.shape;
  const micros: number[] = [];
  let state = start;
  for (let call = -warmUps; call < blockCalls; call += 1) {
    const inputs = inputsOf(state, 0, blockSteps, (call + warmUps) * blockSteps);
    const started = performance.now();
    const { states } = await engine.draw(inputs);
    if (call >= 0) micros.push((performance.now() - started) * 1000);
    state = states.slice(-stateFloats);
  }
  micros.sort((a, b) => a - b);
  return micros[Math.floor(0.99 * micros.length)] ?? Number.NaN;
}

function inputsOf(state: Float32Array, voice: number, steps: number, first: number): DrawInputs {
  return {
    state,
    temperature: new Float32Array(steps).fill(1),
    uniform: Float32Array.from({ length: steps }, (_, step) => uniformOfStep(voice + 1, first + step)),
    codeUniform: Float32Array.from({ length: steps }, (_, step) => codeUniformOfStep(voice + 1, first + step)),
    guideStrength: new Float32Array(steps),
    guideBin: new Float32Array(steps).fill(128),
  };
}
