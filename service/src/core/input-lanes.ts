import type { LaneBlock } from './lane.js';
import { type ParameterSpec, parameterId, parameters } from './parameters.js';

/**
 * The inputs that shape draws. Each is a lane, from the wire to the step that it shapes: another one needs its name here, and
 * render/input-timeline.ts to make use of it.
 */
export const laneInputs = [
  'temperature',
  'guideAmount',
  'artist',
  'genre',
  'blend',
  'otherArtist',
  'otherGenre',
] as const;
export type LaneInput = (typeof laneInputs)[number];
/** Their permanent ids. */
export type LaneInputId = (typeof parameterId)[LaneInput];

/** Something of every input that shapes draws, by its id. */
export type ByLaneInput<T> = Readonly<Record<LaneInputId, T>>;

/** What one process block says of its inputs. The blend is a share, 0 to 1; the others are in their own units. */
export type InputLanes = ByLaneInput<LaneBlock>;

/** Makes something of every input. */
export function byLaneInput<T>(make: (input: LaneInput, spec: ParameterSpec) => T): ByLaneInput<T> {
  const made = laneInputs.map((input) => [parameterId[input], make(input, parameters[input])]);
  return Object.fromEntries(made) as ByLaneInput<T>;
}

/** The same lanes, held at what they begin with. */
export function heldAtStart(lanes: InputLanes): InputLanes {
  return byLaneInput((input) => ({ ...lanes[parameterId[input]], points: [] }));
}

/** What a lane is at the end of its block. */
export function valueAtEnd({ points, valueAtStart }: LaneBlock): number {
  return points.at(-1)?.value ?? valueAtStart;
}
