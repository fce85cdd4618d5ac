import type { SessionSnapshot } from '../../../service/src/core/monitor.js';
import type { Parameter } from '../../../service/src/core/parameters.js';

/** A parameter as the host has it; undefined where the host has not told it yet. */
export function valueOf(snapshot: Pick<SessionSnapshot, 'parameters'>, parameter: Parameter): number | undefined {
  return snapshot.parameters.find(({ id }) => id === parameter.id)?.value;
}
