import type { ModelCard, SessionSnapshot, StoreSnapshot } from '../../../service/src/core/monitor.js';
import type {
  LaneStretch,
  SessionGaps,
  SessionObserver,
  SessionTakes,
  SoundStretch,
} from '../../../service/src/session/observe.js';

export function snapshot(changes: Partial<SessionSnapshot> = {}): SessionSnapshot {
  return {
    id: 's1',
    hostName: 'REAPER',
    model: 'one-song',
    sampleRateHz: 48_000,
    seed: 7,
    epoch: 1,
    offline: false,
    playing: true,
    playheadFrame: 48_000,
    renderedFrame: 60_000,
    temperatureDelivered: 0.9,
    temperatureEvaluated: 0.9,
    guideAmount: 0,
    guidePeak: 0,
    outputPeak: 0.5,
    underrunCount: 0,
    underrunFrameCount: 0,
    offlineMissFrameCount: 0,
    overflowCount: 0,
    gapFrameCount: 0,
    replacedValueCount: 0,
    realTimeFactor: 3,
    linkMillis: 0.4,
    takeCount: 1,
    following: false,
    kept: false,
    revisionCount: 0,
    refusedRevisionCount: 0,
    knobToSoundMillis: { median: 0, p99: 0, count: 0 },
    hostBlockMillis: 5.3,
    filterMillis: 1.5,
    lookaheadMillis: 150,
    missingModel: '',
    restoring: false,
    trackName: '',
    trackColour: '',
    parameters: [],
    musicalTime: null,
    loop: null,
    modelRateHz: 16_000,
    offlineTargetFrame: 0,
    ...changes,
  };
}

export function modelCard(changes: Partial<ModelCard> = {}): ModelCard {
  return {
    name: 'one-song',
    title: 'One song',
    digest: 'd',
    sampleRateHz: 16_000,
    temperatureUseful: [0.5, 1.4],
    engine: 'kernel-int8-2',
    realTimeFactor: 0,
    temperatureDefault: 1,
    answers: [{ draws: 'sound', exponents: { below: 1, above: 1 } }],
    guideTemperatures: [0.75, 1.05],
    artists: [],
    genres: [],
    licence: 'MIT',
    provenance: 'Made for a test.',
    colour: '#884422',
    ...changes,
  };
}

export function storeSnapshot(changes: Partial<StoreSnapshot> = {}): StoreSnapshot {
  return {
    bytes: 1_000_000,
    bytesMax: 4 * 2 ** 30,
    segmentCount: 12,
    damagedCount: 0,
    failedWriteCount: 0,
    trouble: '',
    ...changes,
  };
}

export function stretch(session: string, epoch: number, frames: number[], value = 1): LaneStretch {
  const values = frames.map(() => value);
  return { session, epoch, delivered: { frames, values }, evaluated: { frames, values } };
}

/** An observer that a test moves by hand. */
export class FakeSessions implements SessionObserver {
  sessions: SessionSnapshot[] = [];
  failing = false;
  readonly listeners = new Set<(stretch: LaneStretch) => void>();

  snapshots(): SessionSnapshot[] {
    if (this.failing) throw new Error('planted');
    return this.sessions;
  }

  gapsOf: SessionGaps[] = [];
  readonly soundListeners = new Set<(stretch: SoundStretch) => void>();

  takes(): SessionTakes[] {
    return [];
  }

  gaps(): SessionGaps[] {
    return this.gapsOf;
  }

  onSound(listener: (stretch: SoundStretch) => void): () => void {
    this.soundListeners.add(listener);
    return () => this.soundListeners.delete(listener);
  }

  sound(stretch: SoundStretch): void {
    for (const listener of this.soundListeners) listener(stretch);
  }

  onLane(listener: (stretch: LaneStretch) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  lane(stretch: LaneStretch): void {
    for (const listener of this.listeners) listener(stretch);
  }
}
