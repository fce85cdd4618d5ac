import type { Drawn } from './ardour/plan.js';
import { audioOfDraws, differences, examine } from './audio-check.js';
import { compareLane } from './lane-check.js';
import type { Likeness } from './likeness.js';
import { correlation } from './likeness.js';
import type { EpochRecord } from './record.js';
import type { Counts } from './watch.js';
import type { WavFile } from './wav-file.js';

/** One thing that must hold, and what was seen. */
export interface Check {
  readonly name: string;
  readonly seen: string;
  readonly holds: boolean;
}

export interface Evidence {
  readonly wav: WavFile;
  readonly record: EpochRecord;
  readonly counts: Counts;
  readonly drawn: readonly Drawn[];
  readonly startFrame: number;
  readonly endFrame: number;
}

const laneValueErrorMax = 1e-3;
/** More silence than this is not what the piece sounds like. */
const silentShareMax = 0.5;
const guideCorrelationMax = -0.5;

/** Everything that must hold of an export. */
export function checkExport({ wav, record, counts, drawn, startFrame, endFrame }: Evidence): Check[] {
  const frames = endFrame - startFrame;
  const [left = new Float32Array(), right = new Float32Array()] = wav.channels;
  const facts = examine(left, wav.sampleRateHz);
  const expected = audioOfDraws(record, startFrame, endFrame);
  const fromDraws = differences(left, expected).count + differences(right, expected).count;
  const lane = compareLane(record, drawn);
  const { underrunCount, offlineMissFrameCount, gapFrameCount, overflowCount } = counts;
  return [
    { name: 'length', seen: `${wav.frameCount} of ${frames} frames`, holds: wav.frameCount === frames },
    {
      name: 'nothing missing',
      seen: `${underrunCount} underruns, ${offlineMissFrameCount} frames missed, ${gapFrameCount} given up, ${overflowCount} overflows`,
      holds: underrunCount + offlineMissFrameCount + gapFrameCount + overflowCount === 0,
    },
    {
      name: 'the file is the draws',
      seen: `${fromDraws} of ${2 * frames} values differ from the ${record.steps} recorded draws`,
      holds: fromDraws === 0 && record.segments.length === 1 && !record.truncated,
    },
    {
      name: 'lane evaluated = lane drawn',
      seen: `at most ${lane.value.toExponential(1)} off within a step, ${lane.valueInPlace.toExponential(1)} in place, jumps ${lane.jumpSteps} steps off`,
      holds: lane.value <= laneValueErrorMax && lane.jumpSteps <= 1 && lane.steps > 0,
    },
    { name: 'finite', seen: `${facts.nonFinite} values are not`, holds: facts.nonFinite === 0 },
    {
      name: 'level',
      seen: `peak ${decibels(facts.peak)}, RMS ${decibels(facts.rms)}, ${(100 * facts.silentShare).toFixed(1)} % silent`,
      holds: facts.peak > 0.01 && facts.peak <= 1 && facts.silentShare <= silentShareMax,
    },
  ];
}

/** The likeness to the guide must fall as the lane rises: correlated with the temperature of the same second. */
export function checkGuide({ seconds, values }: Likeness, record: EpochRecord): Check {
  const lane = seconds.map((second) => {
    const index = Math.round(second * record.modelRateHz) - record.rootStep;
    return record.temperature[Math.min(record.temperature.length - 1, Math.max(0, index))] ?? 0;
  });
  const found = correlation(lane, values);
  const middle = (low: boolean) => {
    const limit = [...lane].sort((a, b) => a - b)[Math.floor(lane.length * (low ? 0.25 : 0.75))] ?? 0;
    const chosen = values.filter((_, place) => (low ? (lane[place] ?? 0) <= limit : (lane[place] ?? 0) >= limit));
    return chosen.reduce((sum, value) => sum + value, 0) / chosen.length;
  };
  return {
    name: 'the guide fades as the lane rises',
    seen: `likeness ${middle(true).toFixed(2)} while cool, ${middle(false).toFixed(2)} while warm; correlation with the lane ${found.toFixed(2)}`,
    holds: found <= guideCorrelationMax,
  };
}

export function decibels(amplitude: number): string {
  return amplitude > 0 ? `${(20 * Math.log10(amplitude)).toFixed(1)} dB` : '−∞ dB';
}
