import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepareHome } from '../ardour/home.js';
import { parameters, type SessionPlan, type TrackPlan } from '../ardour/plan.js';
import { exportSession } from '../ardour/run.js';
import { makeSession } from '../ardour/session.js';
import { bundleFolder, outFolder } from '../folders.js';
import { startService } from '../service.js';
import { watchSessions } from '../watch.js';
import { moreIsBetter, type Row } from './row.js';

const sampleRateHz = 48_000;
const seconds = 20;
const work = join(outFolder, 'bench.work');

/** A headless export of a moving lane in Ardour, against the same session without Simmer. */
export async function exportRows(model: string): Promise<Row[]> {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const [recordFolder, runtimeFolder] = [join(work, 'record'), join(work, 'runtime')];
  const service = await startService({ recordFolder, runtimeFolder, model });
  try {
    const watch = await watchSessions(service.pageUrl);
    const bundles = [join(bundleFolder, 'Simmer.vst3')];
    const home = await prepareHome({ folder: join(work, 'home'), bundles, runtimeFolder });
    const exportSeconds = async (name: string, track: TrackPlan) => {
      const plan: SessionPlan = {
        name,
        folder: join(work, name),
        sampleRateHz,
        endFrame: seconds * sampleRateHz,
        tracks: [track],
      };
      await makeSession(home, plan);
      return exportSession(home, plan, { output: join(work, `${name}.wav`), timeoutMillis: 600_000 });
    };
    const without = await exportSeconds('without', { name: 'empty' });
    const lane = [0, seconds / 2, seconds].map((second) => ({
      frame: second * sampleRateHz,
      value: second === seconds / 2 ? 1.1 : 0.75,
    }));
    const simmer = { name: 'Simmer', lanes: new Map([[parameters.temperature, lane]]) };
    const withSimmer = await exportSeconds('with', { name: 'simmer', plugins: [simmer] });
    const { realTimeFactor } = watch.counts();
    watch.close();
    return [
      moreIsBetter(`export of ${seconds} s in Ardour`, seconds / withSimmer, '× real time', {
        name: 'the same session without Simmer',
        value: seconds / without,
      }),
      moreIsBetter('inference within that export', realTimeFactor, '× real time'),
    ];
  } finally {
    await service.stop();
    rmSync(work, { recursive: true, force: true });
  }
}
