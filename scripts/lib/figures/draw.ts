import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { experimentFolder } from '../../../service/src/cli/experiments.js';
import { checkOutput } from '../../../service/src/cli/output-file.js';
import { renderToFile } from '../../../service/src/cli/render.js';
import type { RenderPlan } from '../../../service/src/cli/render-plan.js';
import type { EngineName } from '../../../service/src/model/engine-name.js';
import { emphasisOf } from '../../../service/src/model/manifest.js';
import type { EnginePool } from '../../../service/src/model/pool/engine-pool.js';
import type { VerifiedModel } from '../../../service/src/model/verified-model.js';
import type { WantedTake } from './takes.js';

const guideFile = 'guide-one-song.wav';
const recorded = ['drawn.u8', 'temperature.f32', 'entropy.f32', 'guide.f32'];

export interface Drawing {
  readonly model: VerifiedModel;
  readonly engine: EngineName;
  readonly pool: EnginePool;
  readonly signal: AbortSignal;
  /** A folder per take is made in here; one that is there already and was drawn from the same is kept. */
  readonly folder: string;
  readonly onDone: (done: number, total: number) => void;
}

/** Draws what is missing, so many at a time. @throws what drawing throws */
export async function drawTakes(takes: readonly WantedTake[], drawing: Drawing, atOnce: number): Promise<void> {
  const waiting = [...takes];
  let done = 0;
  const worker = async () => {
    for (let take = waiting.shift(); take !== undefined; take = waiting.shift()) {
      await drawTake(take, drawing);
      done += 1;
      drawing.onDone(done, takes.length);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function drawTake(take: WantedTake, { model, engine, pool, signal, folder }: Drawing): Promise<void> {
  const { group, seed, seconds, lane, guideAmount } = take;
  const guide = guideAmount === undefined ? undefined : join(experimentFolder(), guideFile);
  const about = `${JSON.stringify(
    {
      group,
      seed,
      seconds,
      guideAmount: guideAmount ?? 0,
      digest: model.digest,
      engine,
      emphasis: emphasisOf(model.manifest),
      lane: lane.map(({ frame, value, interpolation }) => [frame, value, interpolation]),
      guide: guide === undefined ? null : createHash('sha256').update(readFileSync(guide)).digest('hex'),
    },
    undefined,
    1,
  )}\n`;
  const place = join(folder, `${group}-${seed}`);
  const list = join(place, 'take.json');
  if (existsSync(list) && readFileSync(list, 'utf8') === about) return;
  const work = join(folder, `.${group}-${seed}`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const plan: RenderPlan = {
    engine: 'auto',
    tailGuard: 'on',
    provider: 'auto',
    points: lane,
    seconds,
    take: seed,
    start: 0,
    rate: model.manifest.sampleRateHz,
    guideAmount: guideAmount ?? 1,
    guideLoop: true,
    target: await checkOutput(join(work, 'take.wav'), []),
    record: join(work, 'record'),
    ...(guide === undefined ? {} : { guide }),
  };
  await renderToFile(plan, { model, engine, pool, signal, showProgress: undefined, warn: () => {}, originator: '' });
  const [record] = readdirSync(join(work, 'record'));
  if (record === undefined) throw new Error(`Nothing was recorded of ${group}, seed ${seed}.`);
  for (const name of recorded) {
    const from = join(work, 'record', record, name);
    if (existsSync(from)) renameSync(from, join(work, name));
  }
  rmSync(join(work, 'record'), { recursive: true });
  // Last: a folder with a list is whole.
  writeFileSync(join(work, 'take.json'), about);
  rmSync(place, { recursive: true, force: true });
  renameSync(work, place);
}
