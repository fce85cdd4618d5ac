import { type ParameterSpec, sanitiseParameter } from '../../../service/src/core/parameters.js';

/** Pixels of a drag over the whole range, and how much finer it is with the Shift key. */
const rangePixels = 240;
const fineFactor = 10;

/** A knob turns through three quarters of a circle; 0 is up. */
export const sweepDegrees = 270;

/** The smallest step that a key or a wheel's notch makes. */
export function keyStep(spec: ParameterSpec): number {
  return spec.decimals === 0 ? 1 : Math.max(10 ** -spec.decimals, niceFraction(spec) / 100);
}

/** The round number nearest to the range: steps of a knob are round in its own unit. */
function niceFraction(spec: ParameterSpec): number {
  return 10 ** Math.floor(Math.log10(spec.max - spec.min));
}

/** A drag carries on from where it is, so that pressing Shift on the way does not jump. Up and right is more. */
export function dragged(spec: ParameterSpec, value: number, deltaX: number, deltaY: number, fine: boolean): number {
  const pixels = deltaX - deltaY;
  const moved = ((spec.max - spec.min) * pixels) / (rangePixels * (fine ? fineFactor : 1));
  return Math.min(spec.max, Math.max(spec.min, value + moved));
}

/** Notches of a wheel, up is more; a trackpad gives parts of a notch, which add up. */
export function wheeled(spec: ParameterSpec, value: number, notches: number, fine: boolean): number {
  const step = keyStep(spec) * (fine && spec.decimals > 0 ? 1 / fineFactor : 1);
  return Math.min(spec.max, Math.max(spec.min, value + notches * step));
}

/** What a key of the ARIA slider pattern makes of a value; undefined: the key is not one of them. */
export function keyed(spec: ParameterSpec, value: number, key: string, fine: boolean): number | undefined {
  const small = keyStep(spec) * (fine && spec.decimals > 0 ? 1 / fineFactor : 1);
  const large = keyStep(spec) * (spec.decimals === 0 && spec.choices.length > 0 ? 1 : 10);
  const moves: Readonly<Record<string, number>> = {
    ArrowUp: value + small,
    ArrowRight: value + small,
    ArrowDown: value - small,
    ArrowLeft: value - small,
    PageUp: value + large,
    PageDown: value - large,
    Home: spec.min,
    End: spec.max,
  };
  const moved = moves[key];
  return moved === undefined ? undefined : sanitiseParameter(spec, moved);
}

/** Degrees from straight up. */
export function angleOf(spec: ParameterSpec, value: number): number {
  const part = (value - spec.min) / (spec.max - spec.min);
  return (Math.min(1, Math.max(0, part)) - 0.5) * sweepDegrees;
}

export function pointAt(radius: number, degrees: number): readonly [x: number, y: number] {
  const angle = ((degrees - 90) * Math.PI) / 180;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** An arc around the origin, clockwise, as an SVG path; empty where it has no length. */
export function arcPath(radius: number, fromDegrees: number, toDegrees: number): string {
  if (!(toDegrees > fromDegrees)) return '';
  const point = (degrees: number) =>
    pointAt(radius, degrees)
      .map((value) => value.toFixed(3))
      .join(' ');
  const large = toDegrees - fromDegrees > 180 ? 1 : 0;
  return `M${point(fromDegrees)}A${radius} ${radius} 0 ${large} 1 ${point(toDegrees)}`;
}
