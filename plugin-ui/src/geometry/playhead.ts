/** Where the last message put the playhead, and when it came. */
export interface PlayheadReport {
  readonly seconds: number;
  /** Song seconds per second: 1 in realtime, whatever was measured in an offline epoch, 0 while stopped. */
  readonly speed: number;
  readonly atMillis: number;
}

/** Messages come ten times a second; none for this long means that it has stopped moving. */
export const extrapolateMillisMax = 250;

export function extrapolated(fix: PlayheadReport, nowMillis: number): number {
  const elapsed = Math.min(extrapolateMillisMax, Math.max(0, nowMillis - fix.atMillis));
  return fix.seconds + (fix.speed * elapsed) / 1000;
}

/** Glides to where the playhead is, so that small errors of the guess never show as jumps; a seek does jump. */
export function smoothed(shown: number | undefined, target: number, elapsedMillis: number, speed: number): number {
  const far = 0.75 + Math.abs(speed) * 0.3;
  if (shown === undefined || Math.abs(target - shown) > far) return target;
  const carried = shown + (speed * elapsedMillis) / 1000;
  const next = carried + (target - carried) * (1 - Math.exp(-elapsedMillis / 120));
  return Math.abs(next - target) < 1e-4 ? target : next;
}
