import { protocolVersion } from '../../../service/src/wire/messages.js';
import { type Request, temperatureLane } from '../../support/render-client.js';

export const unauthenticated = 16;

export const invalidArgument = 3;

export const lane = [{ frame: 0, value: 0.9, interpolation: 'hold' as const }];

export const plan = { frameCount: 9600, lane, nextBlockFrames: () => 512 };

export const block = (change: object = {}): Request => ({
  block: { epoch: 1, startFrame: 0, frameCount: 64, playing: true, lanes: [temperatureLane(1)], ...change },
});

export const start = (change: object = {}): Request => ({
  startEpoch: { epoch: 1, rootFrame: 0, seed: 1, offline: true, ...change },
});

export const open = (change: object = {}): Request => ({
  open: { protocolVersion, instanceId: 'ab'.repeat(16), sampleRateHz: 48_000, ...change },
});
