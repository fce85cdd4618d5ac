/** The knob's dial: 270 degrees, from lower left over the top to lower right. Angles in degrees, 0 at the top, clockwise. */
export const dialDegrees = 270;

export interface Span {
  readonly min: number;
  readonly max: number;
}

/** Where a value stands on the dial. */
export function angleOf(value: number, { min, max }: Span): number {
  const share = Math.min(1, Math.max(0, (value - min) / (max - min)));
  return (share - 0.5) * dialDegrees;
}

/** The point of a circle about (0, 0), y downwards. */
export function pointAt(degrees: number, radius: number): readonly [x: number, y: number] {
  const radians = (degrees * Math.PI) / 180;
  return [radius * Math.sin(radians), -radius * Math.cos(radians)];
}

/** An SVG path along a circle from one angle to another. */
export function arcPath(from: number, to: number, radius: number): string {
  const [x0, y0] = pointAt(from, radius);
  const [x1, y1] = pointAt(to, radius);
  const large = Math.abs(to - from) > 180 ? 1 : 0;
  return `M${x0.toFixed(2)} ${y0.toFixed(2)}A${radius} ${radius} 0 ${large} 1 ${x1.toFixed(2)} ${y1.toFixed(2)}`;
}

/** A drag of so many pixels turns the whole range; with Shift it takes ten times as many. */
const rangePixels = 240;
const fineShare = 0.1;

/** The value after a drag of `up` pixels upwards (or to the right), coarse or fine. */
export function dragged(value: number, up: number, fine: boolean, { min, max }: Span): number {
  const turned = (up / rangePixels) * (max - min) * (fine ? fineShare : 1);
  return Math.min(max, Math.max(min, value + turned));
}

/** How far keys turn, as shares of the range. */
const keySteps: Readonly<Record<string, number>> = {
  ArrowUp: 0.005,
  ArrowRight: 0.005,
  ArrowDown: -0.005,
  ArrowLeft: -0.005,
  PageUp: 0.05,
  PageDown: -0.05,
};

/** The value after a key, or undefined where the key is none of the knob's. */
export function keyed(value: number, key: string, fine: boolean, { min, max }: Span): number | undefined {
  if (key === 'Home') return min;
  if (key === 'End') return max;
  const step = keySteps[key];
  if (step === undefined) return undefined;
  const turned = value + step * (max - min) * (fine ? fineShare : 1);
  // Steps land on what is shown: thousandths.
  return Math.min(max, Math.max(min, Math.round(turned * 1000) / 1000));
}

/** What a person typed: a number, with a comma or a point; undefined where it is none. */
export function typed(text: string, { min, max }: Span): number | undefined {
  const trimmed = text.trim().replace(',', '.').replace('−', '-');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(trimmed)) return undefined;
  return Math.min(max, Math.max(min, Number(trimmed)));
}
