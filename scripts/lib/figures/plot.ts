import { colourOfTemperature, css, ink, quiet, rule } from '../picture/colours.js';
import { type Box, placeOf, type Scale, type Sheet } from '../picture/sheet.js';
import type { Verdict } from './measured.js';

/** The colour of what does not hold. */
const failing = '#ff8a5c';

export type Point = readonly [x: number, y: number];

/** A panel of a sheet with two axes of its own. */
export class Plot {
  readonly #sheet: Sheet;
  readonly #box: Box;
  readonly #x: Scale;
  readonly #y: Scale;

  constructor(sheet: Sheet, box: Box, { x, y }: { readonly x: Scale; readonly y: Scale }) {
    this.#sheet = sheet;
    this.#box = box;
    this.#x = x;
    this.#y = y;
  }

  /** Names and lines: the title above, values at the left, `xTicks` below. */
  frame(title: string, unit: string, xTicks: readonly number[]): void {
    const [sheet, box] = [this.#sheet, this.#box];
    sheet.panel(box, title, unit);
    sheet.ticks(
      box,
      this.#y,
      roundSteps(this.#y).map((value) => [value, label(value)] as const),
    );
    for (const value of xTicks) {
      const x = this.#xOf(value);
      sheet.line([x, box.y], [x, box.y + box.height], rule, 1);
      sheet.write(label(value), x, box.y + box.height + 24, { size: 17, align: 'center' });
    }
  }

  dots(points: readonly Point[], opacity = 0.55): void {
    for (const [x, y] of points) {
      this.#sheet.pen.fillStyle = css(colourOfTemperature(x), opacity);
      this.#sheet.pen.beginPath();
      this.#sheet.pen.arc(this.#xOf(x), this.#yOf(y), 4.5, 0, 2 * Math.PI);
      this.#sheet.pen.fill();
    }
  }

  line(points: readonly Point[], colour: string = ink, width = 2.5): void {
    const placed = points.map(([x, y]) => [this.#xOf(x), this.#yOf(y)] as const);
    this.#sheet.within(this.#box, () => {
      for (const [index, to] of placed.slice(1).entries()) {
        const from = placed[index];
        if (from !== undefined) this.#sheet.line(from, to, colour, width);
      }
    });
  }

  /** Words below the panel. */
  note(text: string, line = 0, colour: string = quiet): void {
    const { x, y, height } = this.#box;
    this.#sheet.write(text, x, y + height + 50 + 22 * line, { size: 17, colour });
  }

  /** Whether a statement of the report holds, below the panel. */
  verdict({ what, seen, bar, holds }: Verdict, name: string): void {
    // The pictures' font has no ≥ and no ≤.
    const asked = bar.replace('≥', 'at least').replace('≤', 'at most').replace('-', '−');
    const said = bar === 'true' ? what : `${name} ${seen.toFixed(2).replace('-', '−')}, asked ${asked}`;
    this.note(`${said}: ${holds ? 'holds' : 'does not hold'}`, 0, holds ? quiet : failing);
  }

  #xOf(value: number): number {
    return this.#box.x + ((value - this.#x.low) / (this.#x.high - this.#x.low)) * this.#box.width;
  }

  #yOf(value: number): number {
    return placeOf(value, this.#y, this.#box);
  }
}

/** A scale that holds all values with a little room, and 0 where it is near. */
export function scaleOf(values: readonly number[]): Scale {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (least === 0 && most === 0) return { low: 0, high: 1 };
  const span = Math.max(most - least, Math.abs(most) * 0.05, 1e-6);
  const low = least >= 0 && least < span ? 0 : least - span * 0.1;
  return { low, high: most + span * 0.15 };
}

/** Round values within a scale, three to six of them. */
function roundSteps({ low, high }: Scale): number[] {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

function label(value: number): string {
  return value < 0 ? `−${Number((-value).toPrecision(6))}` : `${Number(value.toPrecision(6))}`;
}
