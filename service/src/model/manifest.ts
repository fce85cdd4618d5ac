import { z } from 'zod';
import { type Labels, labelsMax, noLabels } from '../core/condition.js';
import { type Emphasis, noEmphasis } from '../core/emphasis.js';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import type { Exponents, Response } from '../core/response.js';
import type { SoundKind } from '../core/sound.js';
import { codeCount, networkWidth, rowSteps } from './rows/sizes.js';

/** A plain file name: no separator, no drive, no leading dot, nothing that a file system reads as a path. */
const plainName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'is not a plain file name');
const positive = z.number().positive();
const temperature = z.number().min(0).max(limits.temperatureMax);
const text = (charactersMax: number) => z.string().min(1).max(charactersMax);

const fileSchema = z.strictObject({
  bytes: z.number().int().nonnegative().max(limits.modelFileBytesMax),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is not 64 lower-case hex digits'),
});

/** What every family's manifest says. */
const common = {
  manifestVersion: z.literal(1),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/)
    .max(limits.modelNameCharactersMax),
  title: text(128),
  version: text(64),
  sampleRateHz: z.number().int().min(limits.modelRateHzMin).max(limits.modelRateHzMax),
  blockSteps: z.number().int().min(1).max(limits.modelBlockStepsMax),
  stateFloats: z.number().int().min(1).max(limits.modelStateFloatsMax),
  temperature: z
    .strictObject({ useful: z.tuple([temperature, temperature]), default: temperature })
    .refine(({ useful }) => useful[0] <= useful[1], { message: 'temperature.useful must rise' }),
  /** What is less likely than `floor` times the likeliest is not drawn; 0 leaves out nothing. */
  tailGuard: z.strictObject({ floor: z.number().min(0).max(limits.tailFloorMax) }),
  licence: text(128),
  provenance: text(4096),
  training: z.strictObject({
    steps: z.number().nonnegative(),
    heldOutBitsPerStep: z.number().nonnegative(),
    hours: z.number().nonnegative(),
    hardware: z.string().max(256),
  }),
  files: z
    .record(plainName, fileSchema)
    .refine((files) => Object.keys(files).length <= limits.modelFilesMax, { message: 'too many files' }),
};

const guideFade = {
  temperatureLow: temperature,
  temperatureHigh: temperature,
  gamma: positive,
  /** RMS of the training audio where it sounds: the level a guide is brought to. */
  levelDbfs: z.number().min(-60).max(0),
};
const fades = (guide: { temperatureLow: number; temperatureHigh: number }) =>
  guide.temperatureLow < guide.temperatureHigh;
const fadeMessage = { message: 'guide.temperatureLow must be below guide.temperatureHigh' };

/** By which powers of it draws answer the lane (core/response.ts): one number, or one for T below 1 and one for T above. */
const exponent = z.number().min(0).max(limits.responseMax);
const exponents = z.union([exponent, z.strictObject({ below: exponent, above: exponent })]).default(1);

/** What decides the music of a SampleRNN under codes, and how large it is. */
const rowsSchema = z.strictObject({
  levels: z.number().int().min(1).max(limits.codeLevelsMax),
  size: z.literal(codeCount),
  /** Values that the kernel reads four at a time, and sixteen. */
  bands: z.number().int().min(4).max(limits.latentFloatsMax).multipleOf(4),
  priorWidth: z.number().int().min(16).max(limits.rowPriorWidthMax).multipleOf(16),
  graph: plainName,
  guide: plainName,
});

const sampleRnnSchema = z
  .strictObject({
    ...common,
    family: z.literal('samplernn'),
    quantizer: z.strictObject({ kind: z.literal('mu-law'), bins: z.literal(256) }),
    /** How the audio was emphasised that the model learned; absent: not at all. */
    emphasis: z
      .strictObject({
        coefficient: z.number().min(0).max(limits.emphasisMax),
        gain: z.number().min(limits.emphasisGainMin).max(limits.emphasisGainMax),
      })
      .default(noEmphasis),
    guide: z.strictObject(guideFade).refine(fades, fadeMessage),
    graph: plainName,
    initialState: plainName,
    /** The same weights for the engine of our own, in 8 bits and perhaps whole; absent: only the graph can be played. */
    kernel: z.strictObject({ int8: plainName, float32: plainName.optional() }).optional(),
    /** Codes that are drawn row by row, and that the network hears; absent: it hears its own sound alone. */
    rows: rowsSchema.optional(),
    response: z.strictObject({ codes: exponents, sound: exponents }).optional(),
  })
  .refine(
    (manifest) => Object.hasOwn(manifest.files, manifest.graph) && Object.hasOwn(manifest.files, manifest.initialState),
    { message: 'graph and initialState must be among files' },
  )
  .superRefine(({ files, kernel, rows, response, blockSteps, stateFloats }, context) => {
    const wrong = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const mustBeListed = (path: string[], name: string) => {
      if (!Object.hasOwn(files, name)) wrong(path, `${name} must be among files`);
    };
    for (const [precision, name] of Object.entries(kernel ?? {})) {
      if (name !== undefined) mustBeListed(['kernel', precision], name);
    }
    if (rows === undefined) {
      if (response !== undefined && response.codes !== 1) wrong(['response', 'codes'], 'must be 1 without rows');
      return;
    }
    mustBeListed(['rows', 'graph'], rows.graph);
    mustBeListed(['rows', 'guide'], rows.guide);
    if (blockSteps !== rowSteps) wrong(['blockSteps'], `must be ${rowSteps} with rows`);
    const width = networkWidth(stateFloats, rows);
    if (width < 1 || !Number.isInteger(width)) wrong(['stateFloats'], 'is not that of any width with these rows');
  });

const label = z
  .string()
  .min(1)
  .refine((name) => Buffer.byteLength(name) <= limits.labelBytesMax, { message: 'is longer than 64 bytes' })
  .refine((name) => !/\p{C}/u.test(name), { message: 'has characters that cannot be shown' });
const labelList = z
  .array(label)
  .max(labelsMax)
  .refine((names) => new Set(names).size === names.length, { message: 'says a name twice' });
const stateFloats = z.number().int().min(0).max(limits.modelStateFloatsMax);

const codesSchema = z
  .strictObject({
    ...common,
    family: z.literal('vq-prior'),
    codes: z.strictObject({
      levels: z.number().int().min(1).max(limits.codeLevelsMax),
      size: z.number().int().min(2).max(limits.codeSizeMax),
      delaysRows: z.array(z.number().int().min(0).max(limits.codeDelayRowsMax)),
      padCode: z.number().int().min(0).max(limits.codeSizeMax),
    }),
    prior: z.strictObject({
      row: plainName,
      level: plainName.optional(),
      windowRows: z.number().int().min(2).max(limits.windowRowsMax),
      hopRows: z.number().int().min(1).max(limits.windowRowsMax),
    }),
    /** Of its sound: 1, or 2, left and right. */
    channels: z.union([z.literal(1), z.literal(2)]).default(1),
    decoder: z.strictObject({ graph: plainName, stateFloats }),
    encoder: z
      .strictObject({
        graph: plainName,
        stateFloats,
        latentFloats: z.number().int().min(1).max(limits.latentFloatsMax),
        codebooks: plainName,
      })
      .optional(),
    labels: z.strictObject({ artists: labelList, genres: labelList }),
    timing: z.strictObject({
      holdSeconds: z.number().min(0).max(limits.renderSecondsMax),
      totalSeconds: positive.max(limits.renderSecondsMax),
    }),
    levelTemperature: z.array(z.number().min(limits.levelTemperatureMin).max(limits.levelTemperatureMax)),
    response: z.strictObject({ codes: exponents }).optional(),
    guide: z
      .strictObject({
        ...guideFade,
        /** How far, at λ = 1, the score of a code falls: weight · min(d / (2 · width²), deepest). */
        weight: z.number().min(0).max(limits.guideWeightMax),
        width: positive,
        deepest: positive,
      })
      .refine(fades, fadeMessage),
  })
  .superRefine((manifest, context) => {
    const wrong = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const { codes, prior, labels, levelTemperature, blockSteps, files } = manifest;
    const levels = `${codes.levels} values, one for each level`;
    if (codes.delaysRows.length !== codes.levels) wrong(['codes', 'delaysRows'], `must have ${levels}`);
    if (levelTemperature.length !== codes.levels) wrong(['levelTemperature'], `must have ${levels}`);
    if (codes.padCode > codes.size) wrong(['codes', 'padCode'], `must be at most size, ${codes.size}`);
    if (codes.levels > blockSteps) wrong(['codes', 'levels'], `must be at most blockSteps, ${blockSteps}`);
    if (prior.hopRows >= prior.windowRows) wrong(['prior', 'hopRows'], 'must be below windowRows');
    if ((labels.artists.length === 0) !== (labels.genres.length === 0)) {
      wrong(['labels'], 'must have artists and genres, or neither');
    }
    for (const name of filesOfCodes(manifest)) {
      if (!Object.hasOwn(files, name)) wrong(['files'], `must list ${name}`);
    }
    const needed = codesStateFloats(manifest);
    if (manifest.stateFloats !== needed) wrong(['stateFloats'], `must be ${needed} with these sizes`);
  });

/** What docs/models.md promises of manifest.json, by family. Strict: a key that is not known is refused. */
export const manifestSchema = z.discriminatedUnion('family', [sampleRnnSchema, codesSchema]);

export type SampleRnnManifest = z.infer<typeof sampleRnnSchema>;
/** Of a model of codes. */
export type CodesManifest = z.infer<typeof codesSchema>;
export type Manifest = SampleRnnManifest | CodesManifest;
/** Of a SampleRNN under codes. */
export type RowsManifest = NonNullable<SampleRnnManifest['rows']>;

/** The files that a model of codes is made of. */
function filesOfCodes({ prior, decoder, encoder }: Pick<CodesManifest, 'prior' | 'decoder' | 'encoder'>): string[] {
  const optional = [prior.level, encoder?.graph, encoder?.codebooks].filter((name) => name !== undefined);
  return [prior.row, decoder.graph, ...optional];
}

/** Rows that a state keeps: those of a window, and those that the most delayed level still needs. */
export function rowsKept({ codes, prior }: Pick<CodesManifest, 'codes' | 'prior'>): number {
  return prior.windowRows - 1 + Math.max(0, ...codes.delaysRows);
}

/** Values of a row in a state beside its codes: its pair, the other pair, the blend. */
export const rowExtras = 3;

/** How many values the state of a model of codes has (docs/models.md, "The state"). */
export function codesStateFloats(manifest: Pick<CodesManifest, 'codes' | 'prior' | 'decoder' | 'encoder'>): number {
  const { codes, decoder, encoder } = manifest;
  const guide = encoder === undefined ? 0 : encoder.stateFloats + encoder.latentFloats + 1;
  return 2 + rowsKept(manifest) * (codes.levels + rowExtras) + decoder.stateFloats + guide;
}

/** How what is drawn becomes sound. */
export function emphasisOf(manifest: Manifest): Emphasis {
  return manifest.family === 'samplernn' ? manifest.emphasis : noEmphasis;
}

/** How a model's draws answer the lane. */
export function responseOf(manifest: Pick<Manifest, 'response'>): Response {
  const { codes, sound } = { codes: 1, sound: 1, ...manifest.response };
  return { codes: exponentsOf(codes), sound: exponentsOf(sound) };
}

function exponentsOf(said: number | Exponents): Exponents {
  return typeof said === 'number' ? { below: said, above: said } : said;
}

/** The rows of codes that a model's music is decided by; undefined: it has none of the kind. */
export function rowsOf(manifest: Manifest): RowsManifest | undefined {
  return manifest.family === 'samplernn' ? manifest.rows : undefined;
}

/** What an engine gives for each step. */
export function soundOf(manifest: Manifest): SoundKind {
  if (manifest.family === 'samplernn') return 'mu-law';
  return manifest.channels === 2 ? 'pcm16-stereo' : 'pcm16';
}

/** The artists and genres that a model knows. */
export function labelsOf(manifest: Manifest): Labels {
  return manifest.family === 'vq-prior' ? manifest.labels : noLabels;
}

/** The kinds of draws that a model makes, and by which powers each answers the lane. */
export function answersOf(manifest: Manifest): { draws: keyof Response; exponents: Exponents }[] {
  const response = responseOf(manifest);
  const codes = { draws: 'codes' as const, exponents: response.codes };
  const sound = { draws: 'sound' as const, exponents: response.sound };
  if (manifest.family === 'vq-prior') return [codes];
  return manifest.rows === undefined ? [sound] : [codes, sound];
}

/** @throws Failure `model-damaged` naming the first thing that is wrong. */
export function parseManifest(bytes: Uint8Array): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), refusePrototype);
  } catch (cause) {
    throw new Failure('model-damaged', 'manifest.json is not JSON.', cause);
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  throw new Failure('model-damaged', `manifest.json: ${where}${issue?.message ?? 'invalid'}.`, parsed.error);
}

/** zod drops such a key without a word; here nothing is dropped. */
function refusePrototype(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new Failure('model-damaged', 'manifest.json holds a key that is none.');
  return value;
}
