/**
 * What shapes a draw, on the grid that takes are remembered on: a host that cuts and rounds a ramp in another way then
 * mostly says the very same numbers, runs of equal values are short to write down, and 1/4096 of temperature is far
 * below anything that can be heard.
 */

/** Steps of the grid per unit of temperature. */
export const temperatureGrid = 4096;
/** Steps of the grid per unit of guide strength. */
export const strengthGrid = 255;

/**
 * How far a later passage may deliver another value and still be the passage that is remembered: the one tolerance there
 * is. ±0.002 of temperature; ±1 bin of guide; and of the guide's strength what ±0.002 of temperature makes of it where it
 * fades (T_hi − T_lo is 0.2 at least: 0.01), in steps of the grid.
 */
export const tolerance = {
  temperature: Math.floor(0.002 * temperatureGrid),
  strength: Math.ceil(0.01 * strengthGrid),
  guideBin: 1,
} as const;

/** What one draw is shaped by, in steps of the grid; the guide's bin is the silent one where there is no guide. */
export interface Shape {
  readonly temperature: number;
  readonly strength: number;
  readonly guideBin: number;
  /** The packed condition (core/condition.ts); 0 in models without labels. */
  readonly condition: number;
}

/** A temperature on the grid. */
export function onTemperatureGrid(temperature: number): number {
  return Math.round(temperature * temperatureGrid);
}

/** A guide strength on the grid; only 0 becomes 0, since "exactly no guide" begins where the lane says so and not before. */
export function onStrengthGrid(strength: number): number {
  return strength <= 0 ? 0 : Math.max(1, Math.round(strength * strengthGrid));
}

/** True when `delivered` is the same passage as `remembered`. A guide that pulls in neither is not looked at. */
export function agrees(delivered: Shape, remembered: Shape): boolean {
  if (!agreesInLane(delivered, remembered)) return false;
  if (Math.abs(delivered.strength - remembered.strength) > tolerance.strength) return false;
  if (delivered.strength === 0 && remembered.strength === 0) return true;
  return Math.abs(delivered.guideBin - remembered.guideBin) <= tolerance.guideBin;
}

/** The same without the guide: of temperature and condition alone. */
export function agreesInLane(delivered: Shape, remembered: Shape): boolean {
  if (delivered.condition !== remembered.condition) return false;
  return Math.abs(delivered.temperature - remembered.temperature) <= tolerance.temperature;
}

/** True when a draw cannot tell them apart. */
export function isSameShape(a: Shape, b: Shape): boolean {
  if (a.temperature !== b.temperature || a.condition !== b.condition) return false;
  return a.strength === b.strength && a.guideBin === b.guideBin;
}
