import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from '../service.js';
import { BlockClock } from './block-clock.js';
import { benchRateHz, Player } from './player.js';
import { moreIsBetter, type Row } from './row.js';

const blockFrames = 512;
const seconds = 8;
const instancesMax = 32;
/** Audio that is there before the playhead starts. */
const aheadFrames = benchRateHz / 10;

/** How many instances one worker thread feeds in realtime: the most that play for a while and miss nothing. */
export async function instanceRows(model: string, note: (text: string) => void): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'simmer-instances-'));
  const service = await startService({ runtimeFolder: folder, model, extra: ['--workers', '1'] });
  try {
    let fed = 0;
    for (let count = 1; count <= instancesMax; count += 1) {
      const missing = await playTogether(folder, count);
      if (missing > 0) {
        note(`${count} instances on one worker: ${missing.toFixed(1)} % of what they played was missing.`);
        break;
      }
      fed = count;
    }
    return [moreIsBetter('instances in realtime, one core', fed, 'instances')];
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Percent of all frames that were not there in time. */
async function playTogether(runtimeFolder: string, count: number): Promise<number> {
  const players: Player[] = [];
  const blocks = Math.ceil((seconds * benchRateHz) / blockFrames);
  try {
    for (let index = 0; index < count; index += 1) {
      const instanceId = `${count}${index}`.padStart(32, '0');
      const player = await Player.open({ runtimeFolder, instanceId });
      players.push(player);
      player.startEpoch(rootOf(index), false);
      await player.standAt(rootOf(index), laneAt(0, index), aheadFrames);
    }
    const clock = new BlockClock((blockFrames * 1000) / benchRateHz, blocks);
    for (let block = 0; block < blocks; block += 1) {
      await clock.next();
      for (const [index, player] of players.entries()) {
        const startFrame = rootOf(index) + block * blockFrames;
        player.heard.play(startFrame, blockFrames);
        const [atStart, atEnd] = [laneAt(block, index), laneAt(block + 1, index)];
        player.sendBlock(startFrame, blockFrames, { atStart, atEnd });
      }
    }
    await clock.stop();
    const missing = players.reduce((sum, { heard }) => sum + heard.missingFrames, 0);
    return (100 * missing) / (count * blocks * blockFrames);
  } finally {
    for (const player of players) await player.close();
  }
}

/** Every instance plays another place, so that none profits from what is stored of another. */
const rootOf = (index: number) => (index + 1) * 60 * benchRateHz;

/** A lane that moves all the time, up and down within two seconds. */
function laneAt(block: number, index: number): number {
  const phase = ((block * blockFrames) / benchRateHz + index * 0.37) % 2;
  return 0.75 + 0.3 * Math.abs(1 - phase);
}
