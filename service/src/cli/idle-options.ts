import { Failure } from '../core/failure.js';
import type { Manifest } from '../model/manifest.js';
import type { RenderOptions } from './program.js';

/** @throws Failure `usage` where a limit is asked for of a model that has no codes: it would do nothing */
export function refuseIdleLimit(
  { topK, topP }: Pick<RenderOptions, 'topK' | 'topP'>,
  { family, name }: Pick<Manifest, 'family' | 'name'>,
): void {
  if (family === 'vq-prior' || (topK === undefined && topP === undefined)) return;
  const option = topK === undefined ? '--top-p' : '--top-k';
  throw new Failure('usage', `${option} does nothing to ${name}, which is no model of codes: leave it out.`);
}

/** @throws Failure `usage` where an option of the guide is said and there is none */
export function refuseIdleGuide(
  { guideLoop, guideAmount }: Pick<RenderOptions, 'guideLoop' | 'guideAmount'>,
  guide: string | undefined,
): void {
  if (guide !== undefined || (!guideLoop && guideAmount === undefined)) return;
  const option = guideLoop ? '--guide-loop' : '--guide-amount';
  throw new Failure('usage', `${option} does nothing without --guide: leave it out.`);
}

/** @throws Failure `usage` where a list names something twice: it would be drawn twice into the same files */
export function refuseTwice(option: string, values: readonly (string | number)[]): void {
  const twice = values.find((value, at) => values.indexOf(value) !== at);
  if (twice !== undefined) throw new Failure('usage', `${option} says ${twice} twice: once is enough.`);
}
