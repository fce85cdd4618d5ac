/**
 * Every cap of the service, with its unit and its reason. Nothing else defines one. Those that the plugin must have as well are
 * in proto/limits.json, and tests hold both sides to it.
 */
export const limits = {
  /** Host rates accepted, Hz: what proto/simmer/v1 promises. */
  sampleRateHzMin: 8000,
  sampleRateHzMax: 384_000,
  /**
   * Song frames lie within ±2^34 (99 hours at 48 kHz, 12 at 384 kHz). Every product of a song frame or step with a
   * rate then stays below 2^34 · 384 000 < 2^53, so that doubles hold it exactly (see units.ts).
   */
  songFrameMax: 2 ** 34,
  /** Frames of one process block on the wire. */
  blockFramesMax: 8192,
  /** Values of one chunk, of all its channels: 32 KiB of float32, well below the 64 KiB HTTP/2 window. */
  chunkValuesMax: 8192,
  /** Breakpoints of one block: one for every frame, and one at each end. */
  blockBreakpointsMax: 8192 + 2,
  /** Bytes of one message, both directions: twice the largest block with guide and 8192 breakpoints. */
  messageBytesMax: 1 << 20,
  /** Fields of one message, of all within: a breakpoint for every frame in each of six lanes, and a few more. */
  messageFieldsMax: 1 << 18,
  /**
   * Seconds that an offline epoch may be delivered ahead of its rendering; then reading stops until it has caught up, and
   * the shim waits in HTTP/2 flow control. With the largest block (1 s at 8 kHz) this stays within what is kept.
   */
  deliveredAheadSecondsMax: 4,
  hostNameBytesMax: 128,
  modelNameCharactersMax: 64,
  /** Values of one instance on the wire: a later plugin may have more inputs than this service knows. */
  parametersMax: 64,
  /** What a page may have rendered in one piece, seconds: a set, not a week. */
  bounceSecondsMax: 4 * 3600,
  /** Stretches of missing audio in one report: as many as a shim keeps. */
  missedStretchesMax: 32,
  /** Musical time that can be drawn: beats per minute, quarter notes from the song's start, and a signature's numbers. */
  tempoBpmMax: 9999,
  beatMax: 2 ** 40,
  signatureMax: 256,
  /** Largest temperature: the parameter's range is 0 to 2. */
  temperatureMax: 2,
  /** Streams open at once. Row 9 of the reliability table asks for 32 instances. */
  sessionsMax: 64,
  /** Hours of one training: some seconds, to see that it works, to six weeks. */
  trainingHoursMin: 0.001,
  trainingHoursMax: 1000,
  trainingThreadsMax: 256,
  /** Streams of one connection: a shim needs one. */
  connectionStreamsMax: 16,
  /** Nonces remembered under one token, 4 MiB: nine hours of a plugin that asks once a second. */
  noncesMax: 32_768,
  /** Milliseconds from the start of a call to its `open`. */
  openMillisMax: 5000,
  /** Milliseconds of silence after which a side sends a heartbeat, and after which it gives the other up. */
  heartbeatMillis: 1000,
  silenceMillisMax: 4000,
  /** Milliseconds that a connection without any call may live. */
  connectionIdleMillisMax: 10_000,
  /** Milliseconds between progress messages of an offline epoch. */
  progressMillis: 500,
  /** Milliseconds that shutting down waits for streams before it ends them by force. */
  shutdownMillisMax: 3000,

  /** How far ahead of the playhead to render: the shim's buffer is 10 s; 150 ms rides out a busy machine. */
  lookaheadMillisDefault: 150,
  lookaheadMillisMin: 10,
  lookaheadMillisMax: 1000,

  /** Model blocks of one message to the worker, so that an epoch that is over costs at most this much more work. */
  drawBlocksMax: 8,
  /** And milliseconds of audio in it, where blocks are long; one block it always is. */
  drawMillisMax: 50,
  /** Workers: more than the machine has cores only wait for one another. */
  workersMax: 16,
  /**
   * Newest steps whose draws and checkpoints are kept, at 16 kHz (units.ts, customarySteps): 4 s; a segment, the longest lookahead,
   * and being behind.
   */
  takeStepsKept: 65_536,
  /** Bytes of the recipe of an instance's takes, as it travels and as a song keeps it: within one message. */
  takesBytesMax: 768 * 1024,
  /** Bytes that a recipe inflates to: four minutes of lanes that change with every step, eight hours of ramps. */
  recipeBytesMax: 8 * 2 ** 20,
  /** Takes of one instance that are remembered; the least recently used is forgotten first, kept ones last of all. */
  takesMax: 512,
  /** And takes that a recipe may hold, for those that others branch from are not forgotten. */
  recipeTakesMax: 4096,
  /** Keys of segments in a recipe: they cannot be compressed, and 32 bytes each fill the largest. */
  recipeKeysMax: 24_576,
  /** Milliseconds for which a recipe is read at once, on the thread that serves streams. */
  recipeSliceMillis: 5,
  /** GiB of rendered audio kept on disk: about three MiB a minute; of a stereo model at 48 kHz, fourteen and its states. */
  storeGibDefault: 4,
  storeGibMin: 0.01,
  storeGibMax: 4096,
  /** Bytes of a take's name. */
  takeNameBytesMax: 128,
  /** Milliseconds between two recipes that are sent while it changes. */
  takesMillis: 1000,
  /**
   * Seconds that playback may be behind its playhead and still catch up, without sound; beyond them it begins anew at the
   * playhead. Within what is kept of the inputs and of the newest draws.
   */
  catchUpSecondsMax: 2,
  /** Milliseconds of song after which playback that is behind is asked whether it comes nearer. */
  catchUpWindowMillis: 400,
  /** Milliseconds ahead of the playhead where playback begins anew that could not keep up: what it is ahead then lasts. */
  headStartMillis: 500,
  /** Milliseconds for which a lane that has just surprised is looked at less far ahead. */
  surpriseMillis: 300,
  /** Seconds before a loop's end at which its beginning is rendered. */
  preludeSeconds: 1.5,
  /** Seconds of lane and guide kept behind the delivered end: what rendering may be behind, and the filter before it. */
  inputSecondsKept: 8,

  /** Bytes of a model's manifest and of any other of its files, and how many there may be. */
  manifestBytesMax: 1 << 20,
  modelFileBytesMax: 512 * 2 ** 20,
  modelFilesMax: 16,
  /** Of the likeliest bin's probability: beyond a tenth it is no tail that is cut off. */
  tailFloorMax: 0.1,
  modelsMax: 256,
  /** Of models of codes: levels of a row, codes of a level, rows that a level may lag, positions of a window, a guide's latent. */
  codeLevelsMax: 32,
  codeSizeMax: 4096,
  codeDelayRowsMax: 64,
  windowRowsMax: 4096,
  latentFloatsMax: 1024,
  levelTemperatureMin: 0.1,
  levelTemperatureMax: 2,
  guideWeightMax: 1000,
  /** Exponent of a model's response: with 8, T = 1.1 already draws at 2.1. */
  responseMax: 8,
  /** Width of the prior of rows: eight times what was ever trained. */
  rowPriorWidthMax: 4096,
  /** Bytes of an artist's or a genre's name. */
  labelBytesMax: 64,
  /** Values of one cache of a prior, 256 MiB; windows whose caches a worker keeps, and bytes of them all. */
  cacheFloatsMax: 1 << 26,
  cachesKept: 24,
  cachesBytesMax: 512 * 2 ** 20,
  /** Of a model's emphasis: at 0.97 a step depends on 454 before it; gains of audio that was neither silent nor all peaks. */
  emphasisMax: 0.97,
  emphasisGainMin: 0.05,
  emphasisGainMax: 100,
  /**
   * A take keeps at least 32 blocks of the largest kind, 43 ms at 48 kHz, and 256 KiB for every checkpoint of the largest state:
   * a stereo decoder at 48 kHz remembers several times what one at 22.05 kHz does.
   */
  modelBlockStepsMax: 2048,
  modelStateFloatsMax: 1 << 16,
  modelRateHzMin: 4000,
  modelRateHzMax: 192_000,
  /** Milliseconds that loading a graph and trying one block may take, in a process of its own. */
  modelTrialMillisMax: 30_000,
  /** Milliseconds of drawing by which each engine of a model is measured: some rounds of the slowest that can be played. */
  engineSurveyMillis: 100,
  /** Measurements that are remembered, and bytes of the file that holds them. */
  engineSpeedsMax: 256,
  engineSpeedsBytesMax: 1 << 20,

  /** Bytes of segments kept in memory: by the store on disk in front of its files, and by the one that has none. */
  storeMemoryBytesDefault: 64 * 2 ** 20,
  /** Bytes of segments that wait to be written; a disk that is slower than drawing must not fill the memory. */
  storeWaitingBytesMax: 64 * 2 ** 20,
  /** Owners that segments are held for, and how many segments in all: three days at 16 kHz. */
  storeOwnersMax: 4096,
  storeHeldKeysMax: 262_144,
  storeOwnerCharactersMax: 256,

  /** Seconds of one epoch that --record keeps in memory until the epoch ends. */
  recordSecondsMax: 600,
  /** Of one study: temperatures, items of each, and seeds; a take's seed is made of both within 32 bits. */
  studyTemperaturesMax: 64,
  studyItemsMax: 4096,
  studySeedMax: 2 ** 20 - 1,
  studyTakesMax: 4096,
  /** Seconds of one `simmer render`: a day. */
  renderSecondsMax: 86_400,
  /** Bytes of a lane or guide file that the command line reads. */
  laneFileBytesMax: 64 * 2 ** 20,
  guideFileBytesMax: 1024 * 2 ** 20,
  /** Bytes of a discovery file that is read back. */
  discoveryBytesMax: 4096,
} as const;
