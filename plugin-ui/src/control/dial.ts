import type { ParameterSpec } from '../../../service/src/core/parameters.js';
import type { Range } from '../geometry/axis.js';
import { heatColour, heatOf } from '../geometry/heat.js';
import { setAttribute, setHidden, setStyle, svg } from '../ui/dom.js';
import { darkLightness, lightLightness } from '../ui/theme.js';
import { angleOf, arcPath, pointAt, sweepDegrees } from './knob-arithmetic.js';

export interface DialPlace {
  readonly value: number;
  /** The part of the range that is worth playing, in the colours of heat; undefined: none is marked. */
  readonly useful: Range | undefined;
  /** What the last draw used, where that is another thing than the value; undefined: it is not shown. */
  readonly used: number | undefined;
}

export interface Dial {
  readonly element: SVGSVGElement;
  place(place: DialPlace): void;
}

const radius = 92;
const usefulParts = 40;
const half = sweepDegrees / 2;

/** The face of a knob: a ring, the useful part of it in heat, a bead where the value is, a tick where the draws are. */
export function createDial(spec: ParameterSpec): Dial {
  const useful = svg('g', { class: 'dial-useful' });
  const travelled = svg('path', { class: 'dial-travelled' });
  const used = svg('path', { class: 'dial-used' });
  const bead = svg('circle', { class: 'dial-bead', r: '11' });
  const element = svg(
    'svg',
    { class: 'dial', viewBox: '-112 -112 224 208' },
    svg('path', { class: 'dial-ring', d: arcPath(radius, -half, half) }),
    useful,
    travelled,
    used,
    bead,
  );
  let marked: Range | undefined;
  const mark = (range: Range | undefined): void => {
    if (range?.start === marked?.start && range?.end === marked?.end) return;
    marked = range;
    useful.replaceChildren(...(range === undefined ? [] : heatParts(spec, range)));
  };
  return {
    element,
    place({ value, useful: range, used: drawn }) {
      mark(range);
      const angle = angleOf(spec, value);
      const [x, y] = pointAt(radius, angle);
      setAttribute(bead, 'transform', `translate(${x.toFixed(2)} ${y.toFixed(2)})`);
      // A gain turns from its middle, everything else from its lowest.
      const origin = angleOf(spec, spec.min < 0 ? Math.min(0, spec.max) : spec.min);
      setAttribute(travelled, 'd', arcPath(radius, Math.min(origin, angle), Math.max(origin, angle)));
      setHidden(travelled, range !== undefined);
      setHidden(used, drawn === undefined);
      if (drawn === undefined) return;
      const at = angleOf(spec, drawn);
      const [innerX, innerY] = pointAt(radius - 26, at);
      const [outerX, outerY] = pointAt(radius - 15, at);
      setAttribute(used, 'd', `M${innerX.toFixed(2)} ${innerY.toFixed(2)}L${outerX.toFixed(2)} ${outerY.toFixed(2)}`);
    },
  };
}

function heatParts(spec: ParameterSpec, range: Range): SVGElement[] {
  const [from, to] = [angleOf(spec, range.start), angleOf(spec, range.end)];
  return Array.from({ length: usefulParts }, (_, index) => {
    const start = from + ((to - from) * index) / usefulParts;
    // A hair longer, so that no gap shows between two parts.
    const end = Math.min(to, start + (to - from) / usefulParts + 0.6);
    const part = svg('path', { d: arcPath(radius, start, end) });
    const middle = range.start + ((range.end - range.start) * (index + 0.5)) / usefulParts;
    const heat = heatOf(middle, range);
    setStyle(part, '--heat-on-dark', heatColour(heat, darkLightness));
    setStyle(part, '--heat-on-light', heatColour(heat, lightLightness));
    return part;
  });
}
