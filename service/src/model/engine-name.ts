import { kernelVersion } from './kernel/module.js';
import type { Manifest } from './manifest.js';

/**
 * ONNX Runtime drawing from less than all codes: `onnx-k40` from the forty likeliest, `onnx-p900` from the likeliest that together have
 * 900 thousandths, `onnx-k40-p900` from those of both.
 */
type LimitedOnnx = `onnx-k${number}` | `onnx-p${number}` | `onnx-k${number}-p${number}`;

/** An engine that draws under the model's tail guard. */
export type GuardedEngine =
  | 'onnx'
  | LimitedOnnx
  | `kernel-int8-${typeof kernelVersion}`
  | `kernel-float32-${typeof kernelVersion}`;

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

/** Which codes may be drawn at all, the likeliest first; undefined: no limit. */
export interface CodeLimit {
  /** So many codes. */
  readonly topK: number | undefined;
  /** As many as it takes until they have this share of the probability, in thousandths. */
  readonly topPThousandths: number | undefined;
}

export const noLimit: CodeLimit = { topK: undefined, topPThousandths: undefined };

/** The limit that options ask for: `topP` is a share. */
export function limitWished({ topK, topP }: { readonly topK?: number; readonly topP?: number }): CodeLimit {
  return { topK, topPThousandths: topP === undefined ? undefined : Math.max(1, Math.round(1000 * topP)) };
}

/** ONNX Runtime under a limit. */
function limitedOnnx({ topK, topPThousandths }: CodeLimit): GuardedEngine {
  if (topK !== undefined && topPThousandths !== undefined) return `onnx-k${topK}-p${topPThousandths}`;
  if (topK !== undefined) return `onnx-k${topK}`;
  return topPThousandths === undefined ? 'onnx' : `onnx-p${topPThousandths}`;
}

/** The limit that an engine's name says. */
export function limitOf(engine: string): CodeLimit {
  const said = /^onnx(?:-k(\d{1,4}))?(?:-p(\d{1,4}))?(?:-unguarded)?$/.exec(engine);
  const number = (digits: string | undefined) => (digits === undefined ? undefined : Number(digits));
  return { topK: number(said?.[1]), topPThousandths: number(said?.[2]) };
}

/** The engine of this name, where it draws from the model; undefined: there is none. */
export function engineNamed(manifest: Manifest, name: string): EngineName | undefined {
  const known = enginesOf(manifest).find((engine) => engine === name);
  if (known !== undefined || manifest.family !== 'vq-prior') return known;
  const limit = limitOf(name);
  const { topK = 1, topPThousandths = 1 } = limit;
  if (topK < 1 || topPThousandths < 1 || topPThousandths > 1000) return undefined;
  const engine = limitedOnnx(limit);
  return [engine, unguarded(engine)].find((one) => one === name);
}

/** The engine of a model that draws under a limit, as `engine` does otherwise; only models of codes have codes to leave out. */
export function underLimit(manifest: Manifest, engine: EngineName, limit: CodeLimit): EngineName {
  if (manifest.family !== 'vq-prior' || (limit.topK === undefined && limit.topPThousandths === undefined))
    return engine;
  const limited = limitedOnnx(limit);
  return engine === guardedOf(engine) ? limited : unguarded(limited);
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
export function enginesOf(manifest: Manifest): readonly EngineName[] {
  const kernel = manifest.family === 'samplernn' ? manifest.kernel : undefined;
  const guarded: GuardedEngine[] = ['onnx'];
  if (kernel !== undefined) guarded.push(kernelInt8);
  if (kernel?.float32 !== undefined) guarded.push(kernelFloat32);
  return manifest.tailGuard.floor > 0 ? [...guarded, ...guarded.map(unguarded)] : guarded;
}

/** True for the tiny model: no file holds its graph. */
export function isBuiltIn(manifest: Manifest): boolean {
  return manifest.family === 'samplernn' && !Object.hasOwn(manifest.files, manifest.graph);
}

/** The engines of a model that a wish leaves; it may leave none. What is built in has no choice, and is always left. */
export function enginesWished(manifest: Manifest, wish: EngineWish): readonly EngineName[] {
  const all = enginesOf(manifest);
  if (wish === 'auto' || isBuiltIn(manifest)) return all;
  return all.filter((engine) => guardedOf(engine).startsWith('onnx') === (wish === 'onnx'));
}
