import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from '../service.js';
import { benchRateHz, Player } from './player.js';
import { moreIsBetter, type Row } from './row.js';

const blockFrames = 1024;
const seconds = 30;

/**
 * An export over the link as a host does it, a block after the other, each waited for: drawn for the first time; again,
 * from what was stored; and again by a service that was started anew, from the song's recipe and the disk.
 */
export async function storedExportRows(model: string): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'simmer-export-'));
  const instanceId = 'e'.repeat(32);
  try {
    const first = await withService(folder, model, async () => {
      const player = await Player.open({ runtimeFolder: folder, instanceId });
      const cold = await exportOnce(player);
      const again = await exportOnce(player);
      return { cold, again, takes: await player.finish() };
    });
    const restarted = await withService(folder, model, async () => {
      const player = await Player.open({ runtimeFolder: folder, instanceId, takes: first.takes });
      const factor = await exportOnce(player);
      await player.close();
      return factor;
    });
    const peer = { name: 'drawn for the first time', value: first.cold };
    return [
      moreIsBetter('export over the link, first', first.cold, '× real time'),
      moreIsBetter('export over the link, again', first.again, '× real time', peer),
      moreIsBetter('export over the link, after a restart', restarted, '× real time', peer),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withService<Result>(folder: string, model: string, run: () => Promise<Result>): Promise<Result> {
  const service = await startService({ runtimeFolder: folder, model });
  try {
    return await run();
  } finally {
    await service.stop();
  }
}

/** Seconds of audio for a second of the clock. */
async function exportOnce(player: Player): Promise<number> {
  const blocks = Math.ceil((seconds * benchRateHz) / blockFrames);
  player.startEpoch(0, true);
  const started = performance.now();
  for (let block = 0; block < blocks; block += 1) {
    const startFrame = block * blockFrames;
    player.sendBlock(startFrame, blockFrames, { atStart: laneAt(block), atEnd: laneAt(block + 1) });
    await player.untilThere(startFrame, startFrame + blockFrames);
  }
  const elapsed = performance.now() - started;
  return (blocks * blockFrames * 1000) / benchRateHz / elapsed;
}

/** From 0.75 up to 1.05 and back. */
function laneAt(block: number): number {
  const share = (block * blockFrames) / (seconds * benchRateHz);
  return 1.05 - 0.6 * Math.abs(0.5 - Math.min(1, share));
}
