/** The style sheet's --heat-lightness on either ground, for colours that are set before it is known which applies. */
export const darkLightness = 0.75;
export const lightLightness = 0.57;

/** The style sheet's colours, read once per theme: a canvas does not inherit them. */
export interface Theme {
  readonly ink: string;
  readonly inkSoft: string;
  readonly paper: string;
  readonly grid: string;
  readonly gridStrong: string;
  readonly failure: string;
  readonly heatLightness: number;
  readonly font: string;
}

export function readTheme(element: Element): Theme {
  const style = getComputedStyle(element);
  const value = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: value('--ink'),
    inkSoft: value('--ink-soft'),
    paper: value('--paper'),
    grid: value('--grid'),
    gridStrong: value('--grid-strong'),
    failure: value('--failure'),
    heatLightness: Number(value('--heat-lightness')) || darkLightness,
    font: style.fontFamily,
  };
}
