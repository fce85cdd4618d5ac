import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Experiment } from '../../service/src/core/experiment.js';
import { labelsOf, parseManifest } from '../../service/src/model/manifest.js';
import { prepareHome } from './ardour/home.js';
import { type Parameter, parameters, type SessionPlan, type TrackPlan } from './ardour/plan.js';
import { exportSession } from './ardour/run.js';
import { makeSession } from './ardour/session.js';
import { ardourVersion } from './ardour/tools.js';
import { type Check, checkExport, checkGuide } from './checks.js';
import { drawnLane, guideAudio } from './drawn-experiment.js';
import { bundleFolder, outFolder, repository } from './folders.js';
import { likenessOverTime } from './likeness.js';
import { drawPicture } from './picture/picture.js';
import { offlineEpoch } from './record.js';
import { startService } from './service.js';
import { type Counts, watchSessions } from './watch.js';
import { forgetTimeOfExport, readWav } from './wav-file.js';

const sampleRateHz = 48_000;
/** An export that takes longer for each of its seconds hangs. */
const millisPerSecondMax = 20_000;

/** Where progress is told. */
export interface Teller {
  /** A step of the work begins. */
  step(line: string): void;
  /** The step is so far (0 to 1). */
  progress(share: number): void;
  line(line: string): void;
}

/** Plays an experiment in Ardour, exports it, and says whether everything held. */
export async function runDemo(experiment: Experiment, model: string, tell: Teller): Promise<boolean> {
  const out = (name: string) => join(outFolder, `${experiment.id}${name}`);
  const work = out('.work');
  const [recordFolder, runtimeFolder] = [join(work, 'record'), join(work, 'runtime')];
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const guide = guideAudio(experiment, sampleRateHz);
  const plan = planOf(experiment, guide, out('-session'));

  tell.step('Starting the service');
  const service = await startService({ recordFolder, runtimeFolder, model, onLine: (line) => tell.line(line) });
  const watch = await watchSessions(service.pageUrl);

  tell.step('Letting Ardour find the plugin');
  const bundles = [join(bundleFolder, 'Simmer.vst3')];
  const home = await prepareHome({ folder: join(work, 'home'), bundles, runtimeFolder });

  tell.step(`Making the session: Simmer on a track, ${experiment.title}`);
  const onRetry = (why: string) => tell.line(`Trying again: ${why}`);
  await makeSession(home, plan, { onRetry });

  tell.step(`Exporting ${experiment.seconds} s from Ardour`);
  const exported = join(work, `${experiment.id}.wav`);
  const exportSeconds = await exportSession(home, plan, {
    output: exported,
    timeoutMillis: 60_000 + experiment.seconds * millisPerSecondMax,
    onProgress: (share) => tell.progress(share),
    onRetry,
  });
  forgetTimeOfExport(exported);
  // Only what is whole gets its name.
  const output = out('.wav');
  renameSync(exported, output);
  const counts = watch.counts();
  watch.close();
  await service.stop();

  tell.step('Checking what came out');
  const record = offlineEpoch(recordFolder, plan.endFrame);
  const wav = readWav(output);
  const drawn = drawnLane(experiment, sampleRateHz);
  const checks = checkExport({ wav, record, counts, drawn, startFrame: 0, endFrame: plan.endFrame });
  const likeness = guide === undefined ? undefined : likenessOverTime(wav.channels[0] ?? guide, guide, sampleRateHz);
  if (likeness !== undefined) checks.push(checkGuide(likeness, record));

  tell.step('Drawing the picture');
  const host = `Ardour ${await ardourVersion(home.tools)} (VST3)`;
  const factor = experiment.seconds / exportSeconds;
  const footer = [
    ...checks.slice(0, 2).map((check) => `${check.name}: ${check.seen}`),
    `export ${factor.toFixed(1)} × real time`,
  ];
  drawPicture({ ...experiment, likeness, host, wav, record, footer: footer.join('  ·  '), output: out('.png') });
  report(tell, { checks, counts, exportSeconds, experiment });
  for (const path of [output, out('.png'), plan.folder]) tell.line(`  ${relative(repository, path)}`);
  return checks.every(({ holds }) => holds);
}

/** Simmer on a track; where there is a guide, it is on a track of its own, heard by Simmer's sidechain alone. */
function planOf(experiment: Experiment, guide: Float32Array | undefined, folder: string): SessionPlan {
  const simmer = {
    name: 'Simmer',
    parameters: new Map([
      [parameters.take, experiment.take],
      [parameters.guideAmount, experiment.guide?.amount ?? 0],
      ...conditionOf(experiment),
    ]),
    lanes: new Map([[parameters.temperature, drawnLane(experiment, sampleRateHz)]]),
    sidechain: guide !== undefined,
  };
  const endFrame = experiment.seconds * sampleRateHz;
  const tracks: TrackPlan[] = [{ name: 'simmer', plugins: [simmer] }];
  if (guide !== undefined) tracks.push({ name: 'guide', audio: guide, sendTo: 'simmer', offMix: true });
  return { name: experiment.id, folder, sampleRateHz, endFrame, tracks };
}

/** Artist and Genre, as the values that mean the names. @throws Error where the model does not know them */
function conditionOf({ model, condition }: Experiment): [Parameter, number][] {
  if (condition === undefined) return [];
  const manifest = parseManifest(readFileSync(join(repository, 'models', model, 'manifest.json')));
  const { artists, genres } = labelsOf(manifest);
  const places = [artists.indexOf(condition[0]), genres.indexOf(condition[1])] as const;
  if (places.some((place) => place < 0)) throw new Error(`${model} does not know ${condition.join(' and ')}.`);
  return [
    [parameters.artist, places[0]],
    [parameters.genre, places[1]],
  ];
}

function report(
  tell: Teller,
  result: { checks: readonly Check[]; counts: Counts; exportSeconds: number; experiment: Experiment },
): void {
  const { checks, counts, exportSeconds, experiment } = result;
  tell.line('');
  const longest = Math.max(...checks.map(({ name }) => name.length));
  for (const { name, seen, holds } of checks)
    tell.line(`  ${holds ? 'ok  ' : 'FAIL'}  ${name.padEnd(longest)}  ${seen}`);
  tell.line('');
  const factor = (experiment.seconds / exportSeconds).toFixed(2);
  tell.line(`  export: ${experiment.seconds} s of audio in ${exportSeconds.toFixed(1)} s, ${factor} × real time`);
  tell.line(`  inference alone: ${counts.realTimeFactor.toFixed(2)} × real time`);
  tell.line('');
}

/** The model that an experiment names, if its folder is there. @throws Error when it is not */
export function checkModel({ model }: Experiment): string {
  try {
    readFileSync(join(repository, 'models', model, 'manifest.json'));
    return model;
  } catch (cause) {
    throw new Error(`The model ${model} is not in models/: this checkout is not complete.`, { cause });
  }
}
