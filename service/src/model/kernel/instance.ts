import { Failure } from '../../core/failure.js';
import { type BlockShape, blockCount, type DrawInputs, type DrawnBins } from '../engine.js';
import { voiceField } from './layout.js';
import type { PackedKernel } from './packing.js';
import { VoiceRegion, voicesPerCall } from './voice-region.js';

/** What the kernel exports that a model uses (kernel/src/index.ts). */
export interface KernelExports {
  readonly voiceBytes: (
    width: number,
    hidden: number,
    levels: number,
    priorWidth: number,
    entered: number,
    bands: number,
  ) => number;
  readonly drawBlock: (table: number, region: number, voices: number, forced: number) => void;
  readonly drawRow: (table: number, region: number, voices: number, forced: number) => void;
  readonly drawBlockUnderCodes: (table: number, region: number, voices: number, forced: number, place: number) => void;
}

/** Steps of one call of the kernel. */
export const callSteps = 64;

/** An instance of the kernel on packed weights, with room for one voice. */
export function instantiate(
  module: WebAssembly.Module,
  { memory, sizes }: PackedKernel,
): { kernel: KernelExports; region: VoiceRegion } {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const kernel = exports as unknown as KernelExports;
  const { width, hidden, levels, priorWidth, entered, bands } = sizes;
  const region = new VoiceRegion(memory, kernel.voiceBytes(width, hidden, levels, priorWidth, entered, bands));
  region.makeRoom(1);
  return { kernel, region };
}

/** What one call draws under, from step `first` of the inputs on. */
export function writeInputs(
  region: VoiceRegion,
  voice: number,
  { temperature, uniform, guideStrength, guideBin }: DrawInputs,
  first: number,
): void {
  const write = (field: number, values: Float32Array) =>
    region.floats(voice, field, callSteps).set(values.subarray(first, first + callSteps));
  write(voiceField.temperature, temperature);
  write(voiceField.uniform, uniform);
  write(voiceField.strength, guideStrength);
  write(voiceField.guide, guideBin);
}

/** What one call drew, to step `first` of the outputs on. */
export function readDrawn(
  region: VoiceRegion,
  voice: number,
  { sound, entropy }: Pick<DrawnBins, 'sound' | 'entropy'>,
  first: number,
): void {
  sound.set(region.bytes(voice, voiceField.drawnBytes, callSteps), first);
  entropy.set(region.floats(voice, voiceField.entropy, callSteps), first);
}

/** Draws any number of voices, so many at a time as one call takes. */
export function inGroups(
  voices: readonly DrawInputs[],
  draw: (voices: readonly DrawInputs[]) => DrawnBins[],
): DrawnBins[] {
  const drawn: DrawnBins[] = [];
  for (let first = 0; first < voices.length; first += voicesPerCall) {
    drawn.push(...draw(voices.slice(first, first + voicesPerCall)));
  }
  return drawn;
}

/** How many blocks each voice has; all have as many. @throws Failure `internal` where lengths do not fit */
export function blocksOf(voices: readonly DrawInputs[], shape: BlockShape, arrays: (keyof DrawInputs)[]): number {
  const [first] = voices;
  const blocks = first === undefined ? 0 : blockCount(first, shape);
  const steps = blocks * shape.blockSteps;
  for (const inputs of voices) {
    const whole = arrays.every((name) => inputs[name]?.length === steps);
    if (!Number.isInteger(blocks) || !whole || inputs.state.length !== shape.stateFloats) {
      throw new Failure('internal', 'The kernel was given inputs of the wrong lengths.');
    }
  }
  return blocks;
}

/** @throws Failure `model-damaged` where a voice's entropies or states are not finite */
export function checkDrawn(voices: readonly DrawnBins[]): void {
  for (const { entropy, states } of voices) {
    checkFinite(entropy);
    checkFinite(states);
  }
}

export function checkFinite(values: Float32Array): void {
  if (!values.every(Number.isFinite)) throw new Failure('model-damaged', 'The kernel gave values that are not finite.');
}
