import { tinyModel } from '../../../service/src/model/tiny-model.js';
import type { StudyPlan } from '../../../service/src/study/plan.js';

export const tinyPlan: StudyPlan = {
  title: 'A study',
  models: [{ model: tinyModel, engine: 'onnx', conditions: [undefined] }],
  temperatures: [0.75, 0.95, 0.975],
  items: 4,
  seeds: [1],
  seconds: 1,
  sampleRateHz: 24_000,
};
