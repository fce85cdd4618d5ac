import { type Exponents, isPlain, respondAll } from '../core/response.js';
import type { BlockEngine, DrawInputs } from './engine.js';

/** An engine whose draws are at the lane's temperature to the power of `exponents` (core/response.ts); with 1 the very engine. */
export function responding(engine: BlockEngine, exponents: Exponents): BlockEngine {
  if (isPlain(exponents)) return engine;
  const answered = (inputs: DrawInputs) => ({ ...inputs, temperature: respondAll(inputs.temperature, exponents) });
  return {
    shape: engine.shape,
    voicesTogetherMax: engine.voicesTogetherMax,
    draw: (inputs) => engine.draw(answered(inputs)),
    drawTogether: (voices) => engine.drawTogether(voices.map(answered)),
    close: () => engine.close(),
  };
}
