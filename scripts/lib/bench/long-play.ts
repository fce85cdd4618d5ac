import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uniformOfStep } from '../../../service/src/core/philox.js';
import { startService } from '../service.js';
import { benchRateHz, Player } from './player.js';
import { lessIsBetter, type Row } from './row.js';

const blockFrames = 1024;
const minutes = 60;
const blocksPerMinute = Math.round((60 * benchRateHz) / blockFrames);
/** Blocks that must be there before the next is sent: as much as a service that is surprised renders ahead. */
const blocksAhead = 2;

/** At most so long for the answer to a jump: this is about cost, and not about being in time. */
const settleMillis = 250;

/** How a service stands after a minute of playback. */
interface Minute {
  readonly seconds: number;
  readonly residentMegabytes: number;
}

/**
 * An hour of playback as fast as it goes, with a lane that jumps now and then, by the small deterministic model: what is
 * left is what the service itself costs, and whether that grows.
 */
export async function longPlayRows(note: (text: string) => void): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'simmer-hour-'));
  const service = await startService({ runtimeFolder: folder, model: 'tiny' });
  try {
    const player = await Player.open({ runtimeFolder: folder, instanceId: '9'.repeat(32) });
    const course = await playMinutes(player, service.pid);
    const recipe = await player.finish();
    const { missingFrames, refusedCount } = player.heard;
    note(
      `An hour of playback: the song's recipe has ${(recipe.length / 1000).toFixed(1)} kB, ` +
        `${((missingFrames * 1000) / benchRateHz).toFixed(0)} ms were silent, ${refusedCount} revisions came too late.`,
    );
    const [first, second, last] = [course[0], course[1], course.at(-1)];
    if (first === undefined || second === undefined || last === undefined) throw new Error('Nothing was played.');
    return [
      lessIsBetter(`minute ${minutes} of playback, without the model`, last.seconds, 's', {
        name: 'minute 1',
        value: first.seconds,
      }),
      lessIsBetter(`memory after ${minutes} minutes of playback`, last.residentMegabytes, 'MB', {
        name: 'after minute 2',
        value: second.residentMegabytes,
      }),
    ];
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function playMinutes(player: Player, pid: number): Promise<Minute[]> {
  const course: Minute[] = [];
  let value = 1;
  let jumps = 0;
  player.startEpoch(0, false);
  await player.standAt(0, value, blocksAhead * blockFrames);
  for (let minute = 0; minute < minutes; minute += 1) {
    const started = performance.now();
    for (let block = minute * blocksPerMinute; block < (minute + 1) * blocksPerMinute; block += 1) {
      const startFrame = block * blockFrames;
      player.heard.play(startFrame, blockFrames);
      const chance = uniformOfStep(1, 2 * block);
      const jump =
        chance < 0.02 ? { frame: startFrame + Math.floor(chance * 50 * blockFrames), value: 0.6 } : undefined;
      if (jump !== undefined) {
        jumps += 1;
        jump.value += 0.6 * uniformOfStep(1, 2 * block + 1);
      }
      player.sendBlock(startFrame, blockFrames, { atStart: value, jumps: jump === undefined ? [] : [jump] });
      value = jump?.value ?? value;
      if (jump !== undefined) await player.settle(startFrame + blockFrames, settleMillis);
      await player.untilThere(startFrame + blockFrames, startFrame + (1 + blocksAhead) * blockFrames);
    }
    course.push({ seconds: (performance.now() - started) / 1000, residentMegabytes: residentMegabytes(pid) });
  }
  if (jumps === 0) throw new Error('The lane never jumped.');
  return course;
}

/** What a process has in memory, by the system's own `ps`. */
function residentMegabytes(pid: number): number {
  const kibibytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim());
  if (!(kibibytes > 0)) throw new Error(`ps does not know process ${pid}.`);
  return (kibibytes * 1024) / 1e6;
}
