import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uniformOfStep } from '../../../service/src/core/philox.js';
import { startService } from '../service.js';
import { BlockClock } from './block-clock.js';
import { benchRateHz, type Jump, Player } from './player.js';
import { lessIsBetter, median, percentile, type Row } from './row.js';

const blockSizes = [64, 256, 1024];
const jumps = 100;
const jumpMillisMin = 250;
const jumpMillisSpread = 250;
/** Audio that is there before the playhead starts. */
const aheadMillis = 100;
/** The filter's delay for a model at 16 kHz (docs/resampling.md). */
const filterMillis = 1.5;

const frames = (millis: number) => Math.round((millis * benchRateHz) / 1000);

interface Reactions {
  /** From each jump of the lane to where it was spliced in, in milliseconds of song. */
  readonly millis: readonly number[];
  readonly refusedCount: number;
  readonly missingMillis: number;
}

/**
 * From a knob's move to its sound, in playback by the clock: the lane jumps where nobody can foresee it, and what counts is
 * how much later in the song a revision is accepted that has heard of it, plus the block it took to be handed over, plus
 * the filter.
 */
export async function reactionRows(model: string, note: (text: string) => void): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'simmer-reaction-'));
  const service = await startService({ runtimeFolder: folder, model });
  try {
    const rows: Row[] = [];
    for (const [index, blockFrames] of blockSizes.entries()) {
      const { millis, refusedCount, missingMillis } = await measure(folder, blockFrames, index);
      const constant = (blockFrames * 1000) / benchRateHz + filterMillis;
      const name = `knob to sound, blocks of ${blockFrames}`;
      rows.push(lessIsBetter(`${name}, median`, constant + median(millis), 'ms'));
      rows.push(lessIsBetter(`${name}, 99th percentile`, constant + percentile(millis, 0.99), 'ms'));
      note(
        `Blocks of ${blockFrames}: ${millis.length} of ${jumps} jumps were spliced in, ${refusedCount} revisions came too ` +
          `late and were sent again, ${missingMillis.toFixed(0)} ms were silent.`,
      );
    }
    return rows;
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(runtimeFolder: string, blockFrames: number, index: number): Promise<Reactions> {
  const plan = jumpPlan(index + 1);
  const millis: number[] = [];
  let heardOf: Jump | undefined;
  const player = await Player.open({
    runtimeFolder,
    instanceId: `${index + 1}`.padStart(32, '0'),
    onAccepted: (spliceFrame) => {
      if (heardOf === undefined || spliceFrame < heardOf.frame) return;
      millis.push(((spliceFrame - heardOf.frame) * 1000) / benchRateHz);
      heardOf = undefined;
    },
  });
  const endFrame = (plan.at(-1)?.frame ?? 0) + frames(500);
  const blocks = Math.ceil(endFrame / blockFrames);
  player.startEpoch(0, false);
  await player.standAt(0, 1, frames(aheadMillis));
  const clock = new BlockClock((blockFrames * 1000) / benchRateHz, blocks);
  let value = 1;
  let next = 0;
  try {
    for (let block = 0; block < blocks; block += 1) {
      await clock.next();
      const startFrame = block * blockFrames;
      player.heard.play(startFrame, blockFrames);
      const inside: Jump[] = [];
      for (let jump = plan[next]; jump !== undefined && jump.frame < startFrame + blockFrames; jump = plan[next]) {
        inside.push(jump);
        next += 1;
      }
      player.sendBlock(startFrame, blockFrames, { atStart: value, jumps: inside });
      heardOf = inside.at(-1) ?? heardOf;
      value = inside.at(-1)?.value ?? value;
    }
  } finally {
    await clock.stop();
    await player.close();
  }
  const { refusedCount, missingFrames } = player.heard;
  return { millis, refusedCount, missingMillis: (missingFrames * 1000) / benchRateHz };
}

/** Jumps at any frame of any block, each by a quarter to a half of what the model makes use of. */
function jumpPlan(seed: number): Jump[] {
  const plan: Jump[] = [];
  let frame = frames(1000);
  for (let jump = 0; jump < jumps; jump += 1) {
    const value = (jump % 2 === 0 ? 0.7 : 1.05) + 0.15 * uniformOfStep(seed, 2 * jump);
    plan.push({ frame, value });
    frame += frames(jumpMillisMin + jumpMillisSpread * uniformOfStep(seed, 2 * jump + 1));
  }
  return plan;
}
