import type { Job, SessionSnapshot, TakeSummary } from '../../service/src/core/monitor.js';
import { parameters } from '../../service/src/core/parameters.js';
import { exampleRateHz } from './example-sound.js';

/** One invented instance. */
export interface ExampleInstance {
  readonly base: SessionSnapshot;
  /** Temperature at a second of the song. */
  readonly lane: (seconds: number) => number;
  readonly guided: boolean;
  /** Song seconds per second; 0: it stands still. */
  readonly speed: number;
  readonly loopSeconds: readonly [from: number, to: number];
  readonly startSeconds: number;
  /** Whether the host sends points only where the lane bends, or one for every block. */
  readonly sparse: boolean;
  readonly takes: readonly TakeSummary[];
  readonly gaps: readonly (readonly [number, number])[];
}

export interface Scene {
  readonly instances: readonly ExampleInstance[];
  readonly jobs: readonly Job[];
  readonly models: 'all' | 'none';
  /** The feed breaks off after a second. */
  readonly linkBreaks: boolean;
  readonly storeTrouble: boolean;
}

const rate = 48_000;
const frame = (seconds: number) => Math.round(seconds * rate);

export const quiet: SessionSnapshot = {
  id: 'a1',
  hostName: 'Ardour',
  model: 'one-song',
  sampleRateHz: rate,
  seed: 7,
  epoch: 1,
  offline: false,
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
  offlineMissFrameCount: 0,
  overflowCount: 0,
  gapFrameCount: 0,
  replacedValueCount: 0,
  realTimeFactor: 8.7,
  linkMillis: 0.36,
  takeCount: 1,
  following: false,
  kept: false,
  revisionCount: 41,
  refusedRevisionCount: 0,
  knobToSoundMillis: { median: 14.2, p99: 18.1, count: 41 },
  hostBlockMillis: 5.3,
  filterMillis: 1.5,
  lookaheadMillis: 150,
  missingModel: '',
  restoring: false,
  trackName: 'Simmer lead',
  trackColour: '#c9783f',
  parameters: Object.values(parameters).map((spec) => ({
    id: spec.id,
    value: spec.id === parameters.take.id ? 7 : spec.default,
  })),
  musicalTime: { frame: 0, beat: 0, barStartBeat: 0, tempoBpm: 96, signature: [4, 4] },
  loop: null,
  modelRateHz: exampleRateHz,
  offlineTargetFrame: 0,
};

function takeOf(changes: Partial<TakeSummary> & { id: string }, seconds: readonly [number, number]): TakeSummary {
  return {
    name: '',
    seed: 7,
    parent: null,
    rootStep: Math.round(seconds[0] * exampleRateHz),
    firstStep: Math.round(seconds[0] * exampleRateHz),
    endStep: Math.round(seconds[1] * exampleRateHz),
    kept: false,
    discarded: false,
    current: false,
    drawn: false,
    model: 'one-song',
    temperature: [0.75, 0.92, 1.1],
    ...changes,
  };
}

const sweep = (seconds: number) => 0.75 + 0.5 * Math.max(0, 1 - Math.abs(seconds - 24) / 22);
const hot = (seconds: number) => 1.15 + 0.16 * Math.sin(seconds * 0.7) + 0.08 * Math.sin(seconds * 2.1);
/** An hour's lane: slow, with a storm in it. */
const tides = (seconds: number) =>
  0.85 + 0.22 * Math.sin(seconds / 210) + 0.3 * Math.exp(-(((seconds - 2_300) / 260) ** 2));
const cold = (seconds: number) => 0.74 + 0.12 * Math.sin(seconds * 0.35) + (seconds % 20 > 14 ? 0.28 : 0);

const playing = (changes: Partial<ExampleInstance>): ExampleInstance => ({
  base: quiet,
  lane: sweep,
  guided: false,
  speed: 1,
  loopSeconds: [0, 60],
  startSeconds: 36,
  sparse: true,
  takes: [takeOf({ id: '00000000000000a1', current: true }, [0, 60])],
  gaps: [],
  ...changes,
});

const many: TakeSummary[] = Array.from({ length: 14 }, (_, index) =>
  takeOf(
    {
      id: `00000000000000${(0xb0 + index).toString(16)}`,
      seed: index + 1,
      name: ['Opening', '', 'The good one', '', '', 'Bells, loud', ''][index % 7] ?? '',
      kept: index === 2 || index === 9,
      current: index === 12,
      drawn: index === 13,
      parent: index % 4 === 3 ? `00000000000000${(0xb0 + index - 1).toString(16)}` : null,
      temperature: [0.6 + (index % 5) * 0.1, 0.9, 0.8 + (index % 5) * 0.14],
    },
    // The one that plays has come as far as the playhead, and on.
    [(index % 4) * 6, index === 12 ? 60 : 34 + (index % 6) * 5],
  ),
);

const job = (changes: Partial<Job>): Job => ({
  id: 'j1',
  session: 'a1',
  kind: 'bounce',
  label: 'Simmer lead, The good one, bar 5 to 13',
  state: 'running',
  doneFrames: frame(7.4),
  totalFrames: frame(20),
  message: '',
  file: null,
  take: null,
  ...changes,
});

const jobs: Job[] = [
  job({
    id: 'j0',
    label: 'Simmer lead, Opening, bar 1 to 5',
    state: 'done',
    doneFrames: frame(10),
    file: {
      name: 'Simmer lead - Opening - bar 1.wav',
      folder: '/home/ada/Music/Simmer',
      url: '/jobs/j0/Simmer%20lead%20-%20Opening%20-%20bar%201.wav',
      bytes: 1_920_764,
    },
  }),
  job({
    id: 'j2',
    label: 'Drawn lane, 12 s',
    state: 'failed',
    doneFrames: 0,
    message: 'The disk is full (ENOSPC). Free some space, then bounce again.',
  }),
  job({}),
];

/** Night Signal plays Motor, and is on its way to Paper Lanterns and Sway. */
const pairValues: Readonly<Record<number, number>> = {
  [parameters.artist.id]: 3,
  [parameters.genre.id]: 1,
  [parameters.blend.id]: 35,
  [parameters.otherArtist.id]: 2,
  [parameters.otherGenre.id]: 2,
};

const base: Scene = { instances: [], jobs: [], models: 'all', linkBreaks: false, storeTrouble: false };
const exported = { offline: true, loop: [0, frame(60)] satisfies [number, number], revisionCount: 0, linkMillis: 0.4 };

/** Every state that the page has pictures of. */
export const scenes: Readonly<Record<string, Scene>> = {
  empty: { ...base },
  connected: {
    ...base,
    instances: [
      playing({
        base: {
          ...quiet,
          playing: false,
          takeCount: 0,
          realTimeFactor: 0,
          revisionCount: 0,
          knobToSoundMillis: { median: 0, p99: 0, count: 0 },
        },
        speed: 0,
        startSeconds: 0,
        takes: [],
        lane: () => 1,
      }),
    ],
  },
  hot: {
    ...base,
    instances: [
      playing({
        lane: hot,
        sparse: false,
        takes: [takeOf({ id: '00000000000000a2', current: true, temperature: [0.92, 1.15, 1.38] }, [0, 60])],
        gaps: [[frame(21), frame(21.6)]],
        base: { ...quiet, underrunCount: 1, underrunFrameCount: 28_800, loop: [frame(10), frame(50)] },
      }),
    ],
  },
  'cold-guide': {
    ...base,
    instances: [
      playing({
        lane: cold,
        guided: true,
        sparse: false,
        base: {
          ...quiet,
          trackName: 'Strings',
          trackColour: '#5f8fd0',
          model: 'night-score',
          guideAmount: 0.8,
          following: true,
        },
        takes: [
          takeOf(
            { id: '00000000000000a3', current: true, temperature: [0.62, 0.78, 1.12], model: 'night-score' },
            [0, 60],
          ),
        ],
      }),
      playing({ base: { ...quiet, id: 'a2', trackName: 'Simmer lead' } }),
      playing({ base: { ...quiet, id: 'a3', trackName: '', trackColour: '', playing: false }, speed: 0 }),
    ],
  },
  pair: {
    ...base,
    instances: [
      playing({
        lane: hot,
        sparse: false,
        base: {
          ...quiet,
          trackName: 'Night shift',
          trackColour: '#7fb58a',
          model: 'genre-tokens',

          parameters: quiet.parameters.map(({ id, value }) => ({ id, value: pairValues[id] ?? value })),
        },
        takes: [
          takeOf(
            { id: '00000000000000a4', current: true, temperature: [0.92, 1.15, 1.38], model: 'genre-tokens' },
            [0, 60],
          ),
        ],
      }),
    ],
  },
  'missing-service': { ...base, instances: [playing({})], linkBreaks: true },
  'missing-model': {
    ...base,
    models: 'none',
    instances: [
      playing({
        base: {
          ...quiet,
          playing: false,
          model: 'genre-tokens',
          kept: true,
          restoring: true,
          missingModel:
            'The model that the takes of this song were drawn from is not here: genre-tokens (90aa41ff27c8). What is stored of it can be played; everything else stays silent. Put its folder into a models folder and open the song again.',
        },
        speed: 0,
        startSeconds: 20,
      }),
    ],
    storeTrouble: true,
  },
  export: { ...base, instances: [playing({ base: { ...quiet, ...exported }, speed: 4, startSeconds: 8 })] },
  takes: { ...base, instances: [playing({ takes: many, base: { ...quiet, takeCount: many.length } })] },
  bounce: { ...base, jobs, instances: [playing({ takes: many.slice(9, 13), base: { ...quiet, takeCount: 4 } })] },
  drawing: { ...base, instances: [playing({ takes: many.slice(11, 13) })] },
  hour: {
    ...base,
    instances: [
      playing({
        takes: [takeOf({ id: '00000000000000c1', current: true }, [0, 3_600])],
        lane: tides,
        loopSeconds: [0, 3_600],
        startSeconds: 3_400,
        sparse: true,
      }),
    ],
  },
};
