import type { Likeness } from '../likeness.js';
import { colourOfTemperature, css } from './colours.js';
import type { TemperatureAt } from './panels.js';
import { everySecondsOf } from './panels.js';
import { type Box, placeOf, type Scale, type Sheet } from './sheet.js';

const scale: Scale = { low: -0.2, high: 1 };

/** How much of the guide is in the sound, tinted by the temperature. */
export function drawLikeness(sheet: Sheet, box: Box, { seconds, values }: Likeness, temperature: TemperatureAt): void {
  sheet.panel(box, 'Likeness to the guide', 'correlation of the levels in 48 bands, over a second');
  sheet.ticks(box, scale, [
    [0, '0'],
    [0.5, '0.5'],
    [1, '1'],
  ]);
  sheet.timeLines(box, everySecondsOf(sheet));
  sheet.within(box, () => {
    for (const [place, value] of values.entries()) {
      const [from, to] = [seconds[place], seconds[place + 1]];
      const next = values[place + 1];
      if (from === undefined || to === undefined || next === undefined) continue;
      const colour = css(colourOfTemperature(temperature(from)));
      const at = (second: number, level: number) =>
        [sheet.xOf(second, box), placeOf(level, scale, box)] as const satisfies readonly [number, number];
      sheet.line([...at(from, value)], [...at(to, next)], colour, 4);
    }
  });
}
