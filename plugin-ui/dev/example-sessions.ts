import type { ModelCard, MonitorMessage, SessionSnapshot, StoreSnapshot } from '../../service/src/core/monitor.js';

type LaneStretch = Omit<Extract<MonitorMessage, { type: 'lane' }>, 'type'>;

export const exampleModels: ModelCard[] = [
  {
    name: 'one-song',
    title: 'One Song (SampleRNN, 16 kHz)',
    digest: 'sha256:6f1c0d9ab8e2447f',
    sampleRateHz: 16_000,
    temperatureUseful: [0.5, 1.4],
    engine: 'kernel-int8-2',
    realTimeFactor: 9.4,
  },
  {
    name: 'night-score',
    title: 'Night Score (SampleRNN, 16 kHz)',
    digest: 'sha256:b0175ed1c3a94402',
    sampleRateHz: 16_000,
    temperatureUseful: [0.55, 1.3],
    engine: 'onnx',
    realTimeFactor: 2.9,
  },
  {
    name: 'genre-tokens',
    title: 'Genre Tokens (<b>VQ</b> prior, 44.1 kHz)',
    digest: 'sha256:90aa41ff27c85e16',
    sampleRateHz: 44_100,
    temperatureUseful: [0.9, 1.02],
    engine: 'onnx',
    realTimeFactor: 0,
  },
];

interface Script {
  readonly base: SessionSnapshot;
  /** Temperature at a second of the song. */
  readonly lane: (seconds: number) => number;
  /** Song seconds per second. */
  readonly speed: number;
  readonly loopSeconds: number;
  /** Whether the host sends points only where the lane bends, or one for every block. */
  readonly sparse: boolean;
  readonly disturb: (snapshot: SessionSnapshot, tick: number) => Partial<SessionSnapshot>;
}

const quiet: SessionSnapshot = {
  id: 'a',
  hostName: 'REAPER',
  model: 'one-song',
  sampleRateHz: 48_000,
  seed: 2018,
  epoch: 1,
  exact: true,
  playing: true,
  playheadFrame: 0,
  renderedFrame: 0,
  temperatureDelivered: 0.75,
  temperatureEvaluated: 0.75,
  guideAmount: 0,
  guidePeak: 0,
  outputPeak: 0,
  underrunCount: 0,
  underrunFrameCount: 0,
  exactMissFrameCount: 0,
  overflowCount: 0,
  gapFrameCount: 0,
  replacedValueCount: 0,
  realTimeFactor: 0,
  linkMillis: 0,
  takeCount: 1,
  following: false,
  kept: false,
  revisionCount: 0,
  refusedRevisionCount: 0,
  knobToSoundMillis: { median: 0, p99: 0, count: 0 },
  hostBlockMillis: 0,
  filterMillis: 1.5,
  lookaheadMillis: 150,
  missingModel: '',
  restoring: false,
};

const scripts: Script[] = [
  {
    base: quiet,
    lane: (seconds) => 0.75 + 0.35 * Math.max(0, 1 - Math.abs(seconds - 15) / 15),
    speed: 3.1,
    loopSeconds: 30,
    sparse: true,
    disturb: (_snapshot, tick) => ({ realTimeFactor: 3.1 + 0.2 * Math.sin(tick / 9) }),
  },
  {
    base: {
      ...quiet,
      id: 'b',
      hostName: 'Bitwig Studio <script>alert(1)</script>',
      model: 'night-score',
      sampleRateHz: 44_100,
      seed: 77_031,
      exact: false,
      guideAmount: 0.6,
      linkMillis: 0.38,
      takeCount: 14,
      following: true,
      revisionCount: 212,
      refusedRevisionCount: 3,
      knobToSoundMillis: { median: 19.4, p99: 31.2, count: 209 },
      hostBlockMillis: 5.8,
      lookaheadMillis: 200,
    },
    lane: (seconds) =>
      0.92 + 0.22 * Math.sin(seconds * 0.9) + 0.14 * Math.sin(seconds * 2.3 + 1) + (seconds % 8 > 6.5 ? 0.2 : 0),
    speed: 1,
    loopSeconds: 16,
    sparse: false,
    disturb: (snapshot, tick) => ({
      guidePeak: 0.12 + 0.1 * Math.abs(Math.sin(tick / 3)),
      realTimeFactor: 1.6 + 0.7 * Math.sin(tick / 12),
      linkMillis: 0.38 + 0.2 * Math.abs(Math.sin(tick / 5)),
      underrunCount: snapshot.underrunCount + (tick % 70 === 40 ? 1 : 0),
      underrunFrameCount: snapshot.underrunFrameCount + (tick % 70 === 40 ? 512 : 0),
    }),
  },
];

const failed: Script = {
  base: {
    ...quiet,
    id: 'c',
    hostName: 'Ardour',
    model: 'genre-tokens',
    sampleRateHz: 44_100,
    seed: 4,
    exactMissFrameCount: 13_600,
    overflowCount: 2,
    gapFrameCount: 4_410,
    realTimeFactor: 0.6,
    linkMillis: 12,
    takeCount: 3,
    kept: true,
    restoring: true,
    missingModel:
      'The model that the takes of this song were drawn from is not here: genre-tokens (90aa41ff27c8). What is stored of it can be played; everything else stays silent. Put its folder into a models folder and open the song again.',
  },
  lane: (seconds) => (seconds < 40 ? 0.95 : seconds < 90 ? 0.975 : 1.03),
  speed: 20,
  loopSeconds: 200,
  sparse: false,
  disturb: () => ({}),
};
scripts.push(failed);

const intervalSeconds = 0.05;

class ExampleSession {
  snapshot: SessionSnapshot;
  private seconds = 0;
  private tick = 0;

  constructor(private readonly script: Script) {
    this.snapshot = script.base;
  }

  advance(): LaneStretch {
    const { script } = this;
    this.tick += 1;
    const from = this.seconds;
    const to = Math.min(script.loopSeconds, from + intervalSeconds * script.speed);
    const frame = (seconds: number) => Math.round(seconds * script.base.sampleRateHz);
    const ahead = (seconds: number) => Math.min(script.loopSeconds, seconds + (script.base.exact ? 0.02 : 0.22));
    const evaluated = Array.from({ length: 9 }, (_, index) => from + ((ahead(to) - from) * index) / 8);
    const bend = Math.floor(to / 2.5) * 2.5;
    const sparse = bend >= from || to >= script.loopSeconds ? [Math.max(from, Math.min(bend, to))] : [];
    const delivered = script.sparse ? sparse : [from, to];
    const stretch = {
      session: script.base.id,
      epoch: this.snapshot.epoch,
      delivered: { frames: delivered.map(frame), values: delivered.map(script.lane) },
      evaluated: { frames: evaluated.map(frame), values: evaluated.map(script.lane) },
    };
    const beat = Math.exp(-((to * 2) % 1) * 2.2);
    const ended = to >= script.loopSeconds;
    this.snapshot = {
      ...this.snapshot,
      playheadFrame: frame(to),
      renderedFrame: frame(ahead(to)),
      temperatureDelivered: script.lane(to + (script.base.exact ? 0 : 0.05)),
      temperatureEvaluated: script.lane(ahead(to)),
      outputPeak: 0.08 + 0.55 * beat * (0.7 + 0.3 * Math.sin(to)),
      ...script.disturb(this.snapshot, this.tick),
    };
    this.seconds = ended ? 0 : to;
    if (ended) this.snapshot = { ...this.snapshot, epoch: this.snapshot.epoch + 1 };
    return stretch;
  }
}

/** A store that fills up; with the failed export it is in trouble, too. */
export function exampleStore(troubled: boolean): StoreSnapshot {
  return {
    bytes: 2_913_448_112,
    bytesMax: 4 * 2 ** 30,
    segmentCount: 41_206,
    damagedCount: troubled ? 1 : 0,
    failedWriteCount: troubled ? 12 : 0,
    trouble: troubled
      ? 'The disk is full (ENOSPC). Free some space; what is played meanwhile is drawn again later.'
      : '',
  };
}

/** Two instances that play themselves: an export with a ramp up and down, and a loop in realtime that stumbles. */
export class ExampleSessions {
  private readonly listeners = new Set<(stretch: LaneStretch) => void>();
  private readonly sessions: ExampleSession[];

  /** `warmUpSeconds`: how far they are when the page first sees them. */
  constructor(count: number, warmUpSeconds: number) {
    this.sessions = scripts.slice(0, count).map((script) => new ExampleSession(script));
    this.backlog = Array.from({ length: Math.round(warmUpSeconds / intervalSeconds) }, () =>
      this.sessions.map((session) => session.advance()),
    ).flat();
    setInterval(() => {
      for (const session of this.sessions) this.tell(session.advance());
    }, intervalSeconds * 1000);
  }

  private backlog: LaneStretch[];

  snapshots(): SessionSnapshot[] {
    return this.sessions.map((session) => session.snapshot);
  }

  onLane(listener: (stretch: LaneStretch) => void): () => void {
    this.listeners.add(listener);
    for (const stretch of this.backlog.splice(0)) listener(stretch);
    return () => this.listeners.delete(listener);
  }

  private tell(stretch: LaneStretch): void {
    for (const listener of this.listeners) listener(stretch);
  }
}
