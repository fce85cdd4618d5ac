import { type Canvas, createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { ink, panel, paper, quiet, rule } from './colours.js';
import { font, loadFonts, type Weight } from './fonts.js';

/** A rectangle of the sheet, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A vertical scale of a panel. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly log?: boolean;
}

/** Where a value lies in a panel, in pixels from the top of the sheet. */
export function placeOf(value: number, { low, high, log = false }: Scale, { y, height }: Box): number {
  const share = log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return y + height * (1 - share);
}

/** The sheet that pictures are drawn on: paper, words, panels with a common time axis. */
export class Sheet {
  readonly canvas: Canvas;
  readonly pen: SKRSContext2D;
  readonly seconds: number;

  constructor(width: number, height: number, seconds: number) {
    loadFonts();
    this.canvas = createCanvas(width, height);
    this.pen = this.canvas.getContext('2d');
    this.seconds = seconds;
    this.pen.fillStyle = paper;
    this.pen.fillRect(0, 0, width, height);
  }

  write(
    text: string,
    x: number,
    y: number,
    { size = 20, weight = 400 as Weight, colour = quiet, align = 'left' as 'left' | 'right' | 'center' } = {},
  ): number {
    this.pen.font = font(size, weight);
    this.pen.textAlign = 'left';
    this.pen.textBaseline = 'alphabetic';
    const parts = text.split('→');
    const arrowWidth = size * 0.82;
    const widths = parts.map((part) => this.pen.measureText(part).width);
    const width = widths.reduce((sum, part) => sum + part, arrowWidth * (parts.length - 1));
    let place = x - (align === 'right' ? width : align === 'center' ? width / 2 : 0);
    for (const [index, part] of parts.entries()) {
      if (index > 0) {
        this.#arrow(place, y - size * 0.36, arrowWidth, colour, size / 13);
        place += arrowWidth;
      }
      this.pen.fillStyle = colour;
      this.pen.fillText(part, place, y);
      place += widths[index] ?? 0;
    }
    return width;
  }

  /** An arrow to the right, its shaft at `y`. */
  #arrow(x: number, y: number, width: number, colour: string, thickness: number): void {
    const tip = x + width;
    const head = width * 0.36;
    this.line([x, y], [tip - thickness / 2, y], colour, thickness);
    this.line([tip - head, y - head], [tip, y], colour, thickness);
    this.line([tip - head, y + head], [tip, y], colour, thickness);
  }

  /** A panel with its name and unit above it, and lines at its ticks. */
  panel(box: Box, title: string, unit: string): void {
    this.pen.fillStyle = panel;
    this.pen.fillRect(box.x, box.y, box.width, box.height);
    const width = this.write(title, box.x, box.y - 13, { size: 22, weight: 600, colour: ink });
    this.write(unit, box.x + width + 12, box.y - 13, { size: 19 });
  }

  /** Names values of a panel at its left, and draws their lines. */
  ticks(box: Box, scale: Scale, ticks: readonly (readonly [value: number, name: string])[], lines = true): void {
    for (const [value, name] of ticks) {
      const y = placeOf(value, scale, box);
      if (lines) this.line([box.x, y], [box.x + box.width, y], rule, 1);
      this.write(name, box.x - 12, y + 7, { size: 19, align: 'right' });
    }
  }

  timeLines(box: Box, everySeconds: number): void {
    for (let second = everySeconds; second < this.seconds; second += everySeconds) {
      const x = this.xOf(second, box);
      this.line([x, box.y], [x, box.y + box.height], rule, 1);
    }
  }

  timeAxis(box: Box, everySeconds: number): void {
    const y = box.y + box.height + 28;
    for (let second = 0; second <= this.seconds; second += everySeconds) {
      this.write(`${second}`, this.xOf(second, box), y, { size: 19, align: 'center' });
    }
    this.write('seconds', this.xOf(everySeconds / 2, box), y, { size: 19, align: 'center' });
  }

  xOf(second: number, { x, width }: Box): number {
    return x + (second / this.seconds) * width;
  }

  line(from: readonly [number, number], to: readonly [number, number], colour: string, width: number): void {
    this.pen.strokeStyle = colour;
    this.pen.lineWidth = width;
    this.pen.beginPath();
    this.pen.moveTo(...from);
    this.pen.lineTo(...to);
    this.pen.stroke();
  }

  /** Draws within a box and nowhere else. */
  within(box: Box, draw: () => void): void {
    this.pen.save();
    this.pen.beginPath();
    this.pen.rect(box.x, box.y, box.width, box.height);
    this.pen.clip();
    draw();
    this.pen.restore();
  }
}
