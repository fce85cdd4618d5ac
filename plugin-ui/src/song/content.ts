import type { ModelCard } from '../../../service/src/core/monitor.js';
import { niceTimeStep, type Range, temperatureRange } from '../geometry/axis.js';
import { extentOf } from '../state/lane-memory.js';
import type { SessionView } from '../state/state.js';
import { cardOf, usefulRange } from '../words/words.js';
import type { Workspace } from '../workspace/workspace.js';
import type { SongPicture } from './picture.js';

const secondsMin = 8;
/** Until a model says otherwise: docs/models.md, the guide. */
const commonGuide = [0.75, 1.05] as const;

/** All of the song that there is something to see of, on a scale that grows in steps: it stands still most of the time. */
export function contentOf({ snapshot, delivered, evaluated, takes }: SessionView, playhead: number): Range {
  const rate = snapshot.sampleRateHz;
  const lanes = [extentOf(delivered), extentOf(evaluated)].flatMap((extent) => extent?.frames ?? []);
  const steps = takes.filter((take) => !take.discarded).flatMap((take) => [take.firstStep, take.endStep]);
  const places = [playhead, ...lanes.map((frame) => frame / rate), ...steps.map((step) => step / snapshot.modelRateHz)];
  const start = Math.min(...places);
  const end = Math.max(...places, start + secondsMin);
  const step = niceTimeStep((end - start) / 12);
  return { start: Math.floor(start / step + 1e-9) * step, end: Math.ceil(end / step - 1e-9) * step };
}

type Parts = Omit<SongPicture, 'useful' | 'temperature' | 'guideTemperatures' | 'selection'> & {
  readonly models: readonly ModelCard[];
  readonly workspace: Workspace;
};

export function pictureOf({ models, workspace, ...parts }: Parts): SongPicture {
  const { snapshot, delivered, evaluated } = parts.view;
  const useful = usefulRange(snapshot.model, models);
  const values = [extentOf(delivered), extentOf(evaluated)].flatMap((extent) => extent?.values ?? []);
  const drawn = workspace.drawing.points.map((point) => point.value);
  const shown = [...values, ...drawn, snapshot.temperatureEvaluated];
  const content = { start: Math.min(...shown), end: Math.max(...shown) };
  // A lane that is being drawn may go anywhere; its scale stays fixed under the pointer.
  const temperature = workspace.drawing.open ? { start: 0, end: 2 } : temperatureRange(useful, content);
  const guideTemperatures = cardOf(snapshot.model, models)?.guideTemperatures ?? commonGuide;
  return { ...parts, useful, temperature, guideTemperatures, selection: workspace.selection };
}
