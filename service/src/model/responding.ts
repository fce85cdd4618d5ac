import { respondAll } from '../core/response.js';
import type { BlockEngine, DrawInputs } from './engine.js';

/** An engine whose draws are at the lane's temperature to the power of `exponent` (core/response.ts); with 1 the very engine. */
export function responding(engine: BlockEngine, exponent: number): BlockEngine {
  if (exponent === 1) return engine;
  const answered = (inputs: DrawInputs) => ({ ...inputs, temperature: respondAll(inputs.temperature, exponent) });
  return {
    shape: engine.shape,
    voicesTogetherMax: engine.voicesTogetherMax,
    draw: (inputs) => engine.draw(answered(inputs)),
    drawTogether: (voices) => engine.drawTogether(voices.map(answered)),
    close: () => engine.close(),
  };
}
