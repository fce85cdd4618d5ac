import type { DrawInputs } from '../../../../service/src/model/engine.js';
import { tinyModel } from '../../../../service/src/model/tiny-model.js';

export function inputs(blocks = 1, temperature = 0.9): DrawInputs {
  const steps = blocks * 64;
  return {
    state: tinyModel.initialState,
    temperature: new Float32Array(steps).fill(temperature),
    uniform: new Float32Array(steps).fill(0.4),
    guideStrength: new Float32Array(steps),
    guideBin: new Float32Array(steps).fill(128),
  };
}
