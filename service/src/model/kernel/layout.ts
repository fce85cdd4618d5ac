/**
 * Where things lie in the kernel's memory, as kernel/src/layout.ts says; test/kernel/layout.test.ts holds both to each
 * other. Offsets in bytes.
 */

/** Of the table that describes a model: i32 and f32 fields, from its address. */
export const tableField = {
  precision: 0,
  width: 4,
  hidden: 8,
  pullWeight: 12,
  pullCurve: 16,
  pullDeepest: 20,
  historyScale: 24,
  tailFloor: 28,
  topInput: 32,
  topInputBias: 36,
  frameInput: 40,
  history: 44,
  // Three addresses each: weights, scales (0 in float32), bias.
  topRecurrent: 48,
  frameCondition: 60,
  frameRecurrent: 72,
  sampleCondition: 84,
  third: 96,
  output: 108,
  guideMix: 120,
  // Of a model under codes; 0 in any other.
  levels: 124,
  priorWidth: 128,
  entered: 132,
  bands: 136,
  codePullWeight: 140,
  codePullCurve: 144,
  codePullDeepest: 148,
  codeRows: 152,
  codeRowsScale: 156,
  places: 160,
  codeTop: 164,
  codeFrame: 176,
  priorEntered: 188,
  priorEnteredScale: 192,
  priorInput: 196,
  priorRecurrent: 208,
  codebooks: 220,
  levelsAt: 224,
} as const;

/** Of a level of codes, from its place behind `levelsAt`; `bytes` is how far the next one is. */
export const levelField = {
  enter: 0,
  before: 12,
  beforeScale: 16,
  out: 20,
  bytes: 32,
} as const;

/** Where the table of a model is in its memory, with room for 32 levels, and where its weights begin. */
export const tableAt = 64;
export const weightsAt = 1344;

/** Of one voice, from its address: 64 floats (or, as named, bytes) each. The rest is the kernel's own. */
export const voiceField = {
  temperature: 0,
  uniform: 256,
  strength: 512,
  guide: 768,
  entropy: 1024,
  surprise: 1280,
  forcedBytes: 1536,
  drawnBytes: 1600,
  codeUniform: 4432,
  codeTemperature: 4688,
  codeStrength: 4692,
  state: 4704,
} as const;

/** Bytes of a page of WebAssembly memory. */
export const pageBytes = 65_536;
