import './jitless.js';

import { type MonitorMessage, monitorMessageSchema } from '../../../service/src/core/monitor.js';

export type Parsed = { readonly ok: true; readonly message: MonitorMessage } | { readonly ok: false };

/** The page's edge: inside it, a message is what the schema says or there is none. */
export function parseMessage(data: unknown): Parsed {
  if (typeof data !== 'string') return { ok: false };
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return { ok: false };
  }
  const result = monitorMessageSchema.safeParse(value);
  return result.success ? { ok: true, message: result.data } : { ok: false };
}
