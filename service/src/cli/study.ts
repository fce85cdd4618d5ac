import { join, resolve } from 'node:path';
import { Failure } from '../core/failure.js';
import type { EnginePool } from '../model/pool/engine-pool.js';
import { sixteenBitFlac } from '../study/memory-flac.js';
import { digestOf, planSummary, type StudyPlan, studyTakes } from '../study/plan.js';
import { runStudy, type StudyProgress } from '../study/run-study.js';
import { StudyFolder } from '../study/study-folder.js';
import { studyPage } from '../study/study-page.js';
import { measuresCsv } from '../study/table.js';

export interface StudyDependencies {
  readonly pool: EnginePool;
  readonly workers: number;
  readonly signal: AbortSignal;
  /** A terminal shows one line that changes; elsewhere every take is a line. */
  readonly watched: boolean;
  readonly show: (text: string) => void;
  readonly say: (line: string) => void;
}

/** Renders a study into a folder: WAVs, measures.csv, index.html. @throws Failure where anything is missing from it afterwards */
export async function study(
  plan: StudyPlan,
  { out, fresh }: { readonly out: string; readonly fresh: boolean },
  { pool, workers, signal, watched, show, say }: StudyDependencies,
): Promise<void> {
  const folder = new StudyFolder(resolve(out));
  const summary = planSummary(plan);
  const digest = digestOf(summary);
  if (fresh) {
    const aside = await folder.putAside();
    if (aside !== undefined) say(`The earlier study was moved to ${aside}.`);
  }
  await folder.claim(digest, summary);
  const takes = studyTakes(plan);
  say(`Rendering ${takes.length} takes of ${plan.seconds} s into ${folder.path}`);
  const onTake = (progress: StudyProgress) => {
    if (watched) show(`\r${progressLine(progress)}`);
    else say(progressLine(progress));
  };
  const results = await runStudy({ plan, takes, folder, pool, together: workers, signal, onTake }).catch(
    (thrown: unknown) => {
      if (watched) show('\n');
      if (Failure.from(thrown).code === 'cancelled') say('Stopped. Run the same command again to continue.');
      throw thrown;
    },
  );
  if (watched) show('\n');
  await folder.write('measures.csv', measuresCsv(results));
  const read = (file: string) => folder.read(file);
  const page = await studyPage({ plan, digest, results, read, compress: sixteenBitFlac });
  say(await folder.write('index.html', page));
  const failed = results.filter(({ outcome }) => outcome instanceof Error);
  const [first] = failed;
  if (first === undefined) return;
  const why = first.outcome instanceof Error ? first.outcome.message : '';
  throw new Failure(
    'internal',
    `${failed.length} of ${results.length} takes could not be rendered (${join(folder.path, first.take.file)}: ${why}). The same command tries them again.`,
  );
}

function progressLine({ done, total, rendered, file, secondsSpent }: StudyProgress): string {
  const left = rendered === 0 ? 0 : (secondsSpent / rendered) * (total - done);
  const rest = done === total || rendered === 0 ? '' : `, ${duration(left)} left`;
  return `${done} of ${total}${rest}  ${file}`.padEnd(64);
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 90 ? `${whole} s` : `${Math.ceil(whole / 60)} min`;
}
