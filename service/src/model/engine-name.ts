import { kernelVersion } from './kernel-module.js';
import type { Manifest } from './manifest.js';

/**
 * What draws from a model's weights. Each draws its own bits, so the name is part of what a take was drawn by, and changes
 * with whatever changes them: `onnx` is the model's graph in ONNX Runtime (and the tiny model, which has no other engine),
 * `kernel-…` the kernel with the weights of that precision; the number is that of the kernel.
 */
export type EngineName = 'onnx' | `kernel-int8-${typeof kernelVersion}` | `kernel-float32-${typeof kernelVersion}`;

export const kernelInt8 = `kernel-int8-${kernelVersion}` as const satisfies EngineName;
export const kernelFloat32 = `kernel-float32-${kernelVersion}` as const satisfies EngineName;

/** What was asked for: the fastest that is there, or one kind of engine and no other. */
export const engineWishes = ['auto', 'kernel', 'onnx'] as const;
export type EngineWish = (typeof engineWishes)[number];

/** Every engine that can draw from a model. */
export function enginesOf({ kernel }: Pick<Manifest, 'kernel'>): readonly EngineName[] {
  return kernel === undefined ? ['onnx'] : ['onnx', kernelInt8, kernelFloat32];
}

/** True for the tiny model: no file holds its graph. */
export function isBuiltIn({ files, graph }: Pick<Manifest, 'files' | 'graph'>): boolean {
  return !Object.hasOwn(files, graph);
}

/** The engines of a model that a wish leaves; it may leave none. What is built in has no choice, and is always left. */
export function enginesWished(manifest: Manifest, wish: EngineWish): readonly EngineName[] {
  const all = enginesOf(manifest);
  if (wish === 'auto' || isBuiltIn(manifest)) return all;
  return all.filter((engine) => (engine === 'onnx') === (wish === 'onnx'));
}
