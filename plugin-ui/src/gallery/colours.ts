import { heatColour, heatOf } from '../geometry/heat.js';
import type { Sound } from './data.js';

/** The colours of the moment, light or dark, for a canvas. */
export interface PlotColours {
  readonly ink: string;
  readonly soft: string;
  readonly paper: string;
  readonly grid: string;
  readonly font: string;
  readonly heatLightness: number;
}

export function readColours(element: Element): PlotColours {
  const style = getComputedStyle(element);
  const value = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: value('--ink'),
    soft: value('--ink-soft'),
    paper: value('--paper'),
    grid: value('--grid-strong'),
    font: value('--font'),
    heatLightness: Number(value('--heat-lightness')),
  };
}

/** The colour of a temperature, by the model's useful range. */
export const tint = (
  { heatLightness }: PlotColours,
  { useful }: Pick<Sound, 'useful'>,
  temperature: number,
  alpha = 1,
) => heatColour(heatOf(temperature, useful), heatLightness, alpha);
