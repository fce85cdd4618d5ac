import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Comparison, Exhibit, Guide, Sound } from '../../../plugin-ui/src/gallery/data.js';
import { experimentFolder } from '../../../service/src/cli/experiments.js';
import type { Experiment } from '../../../service/src/core/experiment.js';
import type { VerifiedModel } from '../../../service/src/model/verified-model.js';
import { guideAudio } from '../drawn-experiment.js';
import { likenessOverTime } from '../likeness.js';
import { paintSpectrogram } from '../picture/panels.js';
import { Sheet } from '../picture/sheet.js';

const columnCount = 1600;
const spectrogramHeight = 380;
const lowestHz = 50;

/** An experiment as it was rendered. */
export interface Rendered {
  readonly experiment: Experiment;
  readonly model: VerifiedModel;
  readonly values: Float32Array;
}

export interface Place {
  readonly sampleRateHz: number;
  /** Where the files of the page lie, and its name as the page says it. */
  readonly folder: string;
  readonly address: string;
}

/** What the page needs of an experiment; writes the pictures and the guide into the folder. */
export function exhibitOf(rendered: Rendered, all: readonly Rendered[], place: Place): Exhibit {
  const { id, title, story, model } = rendered.experiment;
  return { id, title, story, model, sound: soundOf(rendered, all, place), missing: undefined };
}

function soundOf(rendered: Rendered, all: readonly Rendered[], place: Place): Sound {
  const { experiment, model, values } = rendered;
  const { id, take, seconds, sections } = experiment;
  const [start, end] = model.manifest.temperature.useful;
  const highestHz = model.manifest.sampleRateHz / 2;
  const sheet = new Sheet(columnCount, spectrogramHeight, seconds);
  const box = { x: 0, y: 0, width: columnCount, height: spectrogramHeight };
  const scale = { low: lowestHz, high: highestHz, log: true };
  paintSpectrogram(sheet, box, { values, sampleRateHz: place.sampleRateHz }, { scale, windowFrames: 4096 });
  writeFileSync(join(place.folder, `${id}.png`), sheet.canvas.toBuffer('image/png'));
  return {
    take,
    seconds,
    audio: `${place.address}/${id}.wav`,
    spectrogram: `${place.address}/${id}.png`,
    lowestHz,
    highestHz,
    ...envelope(values),
    lane: polyline(experiment),
    useful: { start, end },
    sections,
    guide: guideOf(rendered, all, place),
  };
}

/** Peak and RMS of equal parts. */
function envelope(values: Float32Array): { peak: number[]; rms: number[] } {
  const [peak, rms]: [number[], number[]] = [[], []];
  for (let column = 0; column < columnCount; column += 1) {
    const [from, to] = [column, column + 1].map((edge) => Math.floor((edge / columnCount) * values.length));
    const part = values.subarray(from, to);
    const squares = part.reduce((sum, value) => sum + value * value, 0);
    peak.push(rounded(part.reduce((most, value) => Math.max(most, Math.abs(value)), 0)));
    rms.push(rounded(Math.sqrt(squares / Math.max(1, part.length))));
  }
  return { peak, rms };
}

/** The lane as a line to draw: a held value is a line and a jump, and it covers the whole of the experiment. */
export function polyline({ lane, seconds }: Pick<Experiment, 'lane' | 'seconds'>): [number, number][] {
  const line: [number, number][] = [];
  for (const [at, value, interpolation] of lane) {
    const before = line.at(-1);
    if (before === undefined && at > 0) line.push([0, value]);
    if (before !== undefined && interpolation === 'hold') line.push([at, before[1]]);
    line.push([at, value]);
  }
  const last = line.at(-1);
  if (last !== undefined && last[0] < seconds) line.push([seconds, last[1]]);
  return line;
}

function guideOf({ experiment, values }: Rendered, all: readonly Rendered[], place: Place): Guide | undefined {
  const audio = guideAudio(experiment, place.sampleRateHz);
  if (audio === undefined || experiment.guide === undefined) return undefined;
  const { file } = experiment.guide;
  copyFileSync(join(experimentFolder(), file), join(place.folder, file));
  const { seconds, values: likeness } = likenessOverTime(values, audio, place.sampleRateHz);
  const free = all.find((other) => differsByGuideAlone(other.experiment, experiment));
  const without = free && {
    id: free.experiment.id,
    likeness: likenessOverTime(free.values, audio, place.sampleRateHz).values.map(rounded),
  };
  return { audio: `${place.address}/${file}`, seconds, likeness: likeness.map(rounded), without };
}

function differsByGuideAlone(free: Experiment, guided: Experiment): boolean {
  const drawn = ({ model, take, seconds, lane }: Experiment) => JSON.stringify({ model, take, seconds, lane });
  return free.guide === undefined && drawn(free) === drawn(guided);
}

/** Experiments worth hearing side by side, of those that are there. */
export function comparisonsOf(experiments: readonly Experiment[]): Comparison[] {
  const lengths = [...new Set(experiments.map(({ seconds }) => seconds))];
  return lengths.flatMap((seconds) => {
    const ids = experiments.filter((experiment) => experiment.seconds === seconds).map(({ id }) => id);
    if (ids.length < 2) return [];
    const text =
      'One playhead for all of them. Choose which one you hear while it plays: it goes on at the same place.';
    return [{ title: `Side by side: ${ids.join(' | ')}`, text, ids }];
  });
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
