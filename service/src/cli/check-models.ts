import { resolve } from 'node:path';
import { checkModel } from '../check/check-model.js';
import { Failure, printable } from '../core/failure.js';
import { measureEngines } from '../model/choice/survey.js';
import { enginesOf, guardedOf } from '../model/engine-name.js';
import type { EnginePool } from '../model/pool/engine-pool.js';
import { readModel, type VerifiedModel } from '../model/verified-model.js';

export interface CheckDependencies {
  readonly pool: EnginePool;
  readonly tryModel: (model: VerifiedModel) => Promise<void>;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

/** Says of a model folder what is right and what is wrong. @throws Failure `model-damaged` where anything is wrong */
export async function checkModelFolder(
  folder: string,
  { json }: { readonly json: boolean },
  { pool, tryModel, signal, print }: CheckDependencies,
): Promise<void> {
  const path = resolve(folder);
  let failures = 0;
  const isGood = await checkModel({
    folder: path,
    read: readModel,
    tryModel,
    // Without the tail guard they are the same engines, drawing from a little more.
    enginesOf: ({ manifest }) => enginesOf(manifest).filter((engine) => engine === guardedOf(engine)),
    pool,
    speedOf: async (model, engine) => (await measureEngines(pool, model, [engine])).get(engine) ?? 0,
    signal,
    onResult: (result) => {
      if (result.state === 'failed') failures += 1;
      if (json) return print(JSON.stringify(result));
      const state = { ok: 'ok     ', failed: 'FAILED ', skipped: 'skipped' }[result.state];
      print(`${state} ${result.check}${result.words === '' ? '' : `: ${printable(result.words, 1000)}`}`);
    },
  });
  if (isGood) return;
  const things = failures === 1 ? 'One thing is' : `${failures} things are`;
  throw new Failure('model-damaged', `${things} wrong with ${path}; docs/models.md says what a model must do.`);
}
