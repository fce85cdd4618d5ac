import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { differences, examine } from '../../scripts/lib/audio-check.js';
import { readWav } from '../../scripts/lib/wav-file.js';
import { runSimmer, temporaryFolder } from '../support/service-process.js';
import { readStereo, sampleRateHz } from './host.js';

/** A lane as these hosts deliver it: one value for each block, from the block's first frame on. */
export interface Staircase {
  /** What the host is given: normalised, one value for each frame. */
  readonly perFrame: Float32Array;
  /** The same as a lane file of `simmer render`. */
  readonly csv: string;
}

/** A lane by its plain value at each song frame, and what is left of it in blocks of this length. */
export function staircase(frames: number, blockFrames: number, plainAt: (frame: number) => number): Staircase {
  const perFrame = Float32Array.from({ length: frames }, (_, frame) => plainAt(frame) / 2);
  const starts = Array.from({ length: Math.ceil(frames / blockFrames) }, (_, block) => block * blockFrames);
  const csv = starts.map((frame) => `${frame / sampleRateHz},${(perFrame[frame] ?? 0) * 2},hold\n`).join('');
  return { perFrame, csv };
}

export interface Wanted {
  readonly model: string;
  readonly frames: number;
  readonly take: number;
  /** A lane file's content. */
  readonly lane: string;
  /** A WAV file that guides, and how much. */
  readonly guide?: { readonly path: string; readonly amount: number };
}

/** The audio of a lane without any host. */
export async function renderWithoutHost({ model, frames, take, lane, guide }: Wanted): Promise<Float32Array> {
  const folder = temporaryFolder();
  const [laneFile, output] = [join(folder, 'lane.csv'), join(folder, 'rendered.wav')];
  writeFileSync(laneFile, lane);
  const args = ['--model', model, '--lane', laneFile, '--take', `${take}`, '--seconds', `${frames / sampleRateHz}`];
  if (guide !== undefined) args.push('--guide', guide.path, '--guide-amount', `${guide.amount}`);
  const { code, stderr } = await runSimmer(['render', ...args, '--rate', `${sampleRateHz}`, '-o', output]);
  expect(code, stderr).toBe(0);
  const [mono] = readWav(output).channels;
  if (mono === undefined) throw new Error('simmer render wrote no audio.');
  return mono;
}

/** Both channels of a host's file are this audio, bit by bit; and it is no silence. */
export function expectAudio(path: string, expected: Float32Array): void {
  for (const channel of readStereo(path))
    expect(differences(channel, expected)).toEqual({ count: 0, first: undefined });
  expect(examine(expected, sampleRateHz)).toMatchObject({ nonFinite: 0, silentShare: 0 });
}

export const sameBytes = (left: string, right: string): boolean => readFileSync(left).equals(readFileSync(right));
