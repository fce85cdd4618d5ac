import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { differences, examine } from '../../scripts/lib/audio-check.js';
import { readWav, writeFloatWav } from '../../scripts/lib/wav-file.js';
import { playedModelOptions } from '../support/played-model.js';
import { runSimmer, temporaryFolder } from '../support/service-process.js';
import type { LanePoint, PlayedSegment } from '../support/test-host.js';

export const sampleRate = 48_000;

export interface Rendering {
  readonly lane: readonly LanePoint[];
  readonly take: number;
  readonly frameCount: number;
  readonly fromFrame?: number;
  readonly rate?: number;
  readonly guide?: { readonly channels: readonly Float32Array[]; readonly amount: number };
}

/** The audio of a lane without plugin, host or socket. */
export async function simmerRender(wanted: Rendering): Promise<Float32Array> {
  const { lane, take, frameCount, fromFrame = 0, rate = sampleRate, guide } = wanted;
  const folder = temporaryFolder();
  const [laneFile, guideFile, output] = ['lane.csv', 'guide.wav', 'rendered.wav'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(laneFile, lane.map(({ frame, value }) => `${frame / rate},${value}\n`).join(''));
  const args = [...playedModelOptions, '--lane', laneFile, '--take', `${take}`, '--rate', `${rate}`, '-o', output];
  args.push('--seconds', `${frameCount / rate}`, '--start', `${fromFrame / rate}`);
  if (guide !== undefined) {
    writeFloatWav(guideFile, rate, guide.channels);
    args.push('--guide', guideFile, '--guide-amount', `${guide.amount}`);
  }
  const { code, stderr } = await runSimmer(['render', ...args]);
  expect(code, stderr).toBe(0);
  const [mono] = readWav(output).channels;
  if (mono === undefined || mono.length !== frameCount) throw new Error('simmer render wrote something else');
  return mono;
}

/** Both channels are this audio, bit by bit, nothing was missed, and it is no silence. */
export function expectAudio(segment: PlayedSegment | undefined, expected: Float32Array): void {
  if (segment === undefined) throw new Error('there is no such segment');
  expect(segment.failedCalls).toBe(0);
  for (const channel of [segment.left, segment.right])
    expect(differences(channel, expected)).toEqual({ count: 0, first: undefined });
  expect(examine(expected, segment.sampleRate)).toMatchObject({ nonFinite: 0, silentShare: 0 });
}

/** The noise that the host plays as guide (native-shim/crates/host-kit/src/play/guide.rs), by channel. */
export function guideNoise(frameCount: number, amplitude: number, seed: number): Float32Array[] {
  const mask = (1n << 64n) - 1n;
  const noise = (state: bigint): number => {
    let z = (state + 0x9e3779b97f4a7c15n) & mask;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
    return Number(BigInt.asIntN(64, z ^ (z >> 31n))) / 2 ** 63;
  };
  return [0n, 1n].map((channel) =>
    Float32Array.from(
      { length: frameCount },
      (_, frame) => Math.fround(amplitude) * Math.fround(noise(BigInt(seed) ^ (BigInt(frame) * 2n + channel))),
    ),
  );
}
