import { kernelVersion } from './kernel-module.js';
import type { Manifest } from './manifest.js';

/** An engine that draws under the model's tail guard. */
export type GuardedEngine = 'onnx' | `kernel-int8-${typeof kernelVersion}` | `kernel-float32-${typeof kernelVersion}`;

/**
 * What draws from a model's weights. Each draws its own bits, so the name is part of what a take was drawn by, and changes
 * with whatever changes them: `onnx` is the model's graph in ONNX Runtime (and the tiny model, which has no other engine),
 * `kernel-…` the kernel with the weights of that precision; the number is that of the kernel. `…-unguarded` draws from the
 * whole distribution, where the other leaves out its tail (`tailGuard` in the manifest).
 */
export type EngineName = GuardedEngine | `${GuardedEngine}-unguarded`;

export const kernelInt8 = `kernel-int8-${kernelVersion}` as const satisfies EngineName;
export const kernelFloat32 = `kernel-float32-${kernelVersion}` as const satisfies EngineName;

const unguardedSuffix = '-unguarded';

/** The same engine without the tail guard. */
export function unguarded(engine: GuardedEngine): EngineName {
  return `${engine}${unguardedSuffix}`;
}

/** What an engine is apart from the tail guard: what its speed, and the weights it needs, depend on. */
export function guardedOf(engine: EngineName): GuardedEngine {
  return (engine.endsWith(unguardedSuffix) ? engine.slice(0, -unguardedSuffix.length) : engine) as GuardedEngine;
}

/** Below how many times the likeliest bin's probability an engine leaves out a bin. */
export function tailFloorOf(engine: EngineName, { tailGuard }: Pick<Manifest, 'tailGuard'>): number {
  return engine.endsWith(unguardedSuffix) ? 0 : tailGuard.floor;
}

/** Whether new songs are drawn under the model's tail guard. */
export const tailGuardWishes = ['on', 'off'] as const;
export type TailGuardWish = (typeof tailGuardWishes)[number];

/** What was asked for: the fastest that is there, or one kind of engine and no other. */
export const engineWishes = ['auto', 'kernel', 'onnx'] as const;
export type EngineWish = (typeof engineWishes)[number];

/** Every engine that can draw from a model. Where it has no tail guard, there is none to go without. */
export function enginesOf({ kernel, tailGuard }: Pick<Manifest, 'kernel' | 'tailGuard'>): readonly EngineName[] {
  const guarded: GuardedEngine[] = kernel === undefined ? ['onnx'] : ['onnx', kernelInt8, kernelFloat32];
  return tailGuard.floor > 0 ? [...guarded, ...guarded.map(unguarded)] : guarded;
}

/** True for the tiny model: no file holds its graph. */
export function isBuiltIn({ files, graph }: Pick<Manifest, 'files' | 'graph'>): boolean {
  return !Object.hasOwn(files, graph);
}

/** The engines of a model that a wish leaves; it may leave none. What is built in has no choice, and is always left. */
export function enginesWished(manifest: Manifest, wish: EngineWish): readonly EngineName[] {
  const all = enginesOf(manifest);
  if (wish === 'auto' || isBuiltIn(manifest)) return all;
  return all.filter((engine) => (guardedOf(engine) === 'onnx') === (wish === 'onnx'));
}
