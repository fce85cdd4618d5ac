import type { ModelCard, SessionSnapshot } from '../../../service/src/core/monitor.js';
import { heatColour, heatOf } from '../geometry/heat.js';
import { setStyle } from '../ui/dom.js';
import { usefulRange } from '../words/words.js';
import { darkLightness, lightLightness } from './theme.js';

/** The session's colour, for everything inside it that shows its heat. */
export function paintHeat(element: HTMLElement, snapshot: SessionSnapshot, models: readonly ModelCard[]): void {
  const heat = heatOf(snapshot.temperatureEvaluated, usefulRange(snapshot.model, models));
  setStyle(element, '--heat-on-dark', heatColour(heat, darkLightness));
  setStyle(element, '--heat-on-light', heatColour(heat, lightLightness));
}
