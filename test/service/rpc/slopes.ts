import type { LanePoint } from '../../../service/src/core/lane.js';
import type { Bounce } from '../../support/bounce.js';
import { RenderClient } from '../../support/render-client.js';
import type { ServiceProcess } from '../../support/service-process.js';

export const at = (frame: number, value: number, interpolation: LanePoint['interpolation'] = 'linear'): LanePoint => ({
  frame,
  value,
  interpolation,
});

/** Slopes that a host can cut anywhere without rounding. */
export const lane = [
  at(0, 0.75),
  at(16_384, 1),
  at(20_000, 1.25, 'hold'),
  at(20_000 + 8192, 0.75),
  at(40_000, 0.5, 'hold'),
];

export const plan: Bounce = { frameCount: 48_000, lane, nextBlockFrames: () => 1024 };

export async function withClient<T>(
  of: ServiceProcess,
  use: (client: RenderClient) => Promise<T>,
  { model = '', takes = new Uint8Array(0) }: { readonly model?: string; readonly takes?: Uint8Array } = {},
): Promise<T> {
  const client = new RenderClient(of.discovery);
  try {
    await client.open({ model, takes });
    return await use(client);
  } finally {
    client.close();
  }
}
