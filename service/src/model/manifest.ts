import { z } from 'zod';
import { noEmphasis } from '../core/emphasis.js';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';

/** A plain file name: no separator, no drive, no leading dot, nothing that a file system reads as a path. */
const plainName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'is not a plain file name');
const positive = z.number().positive();
const temperature = z.number().min(0).max(limits.temperatureMax);
const text = (charactersMax: number) => z.string().min(1).max(charactersMax);

const fileSchema = z.strictObject({
  bytes: z.number().int().nonnegative().max(limits.modelFileBytesMax),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is not 64 lower-case hex digits'),
});

/** What docs/models.md promises of manifest.json. Strict: a key that is not known is refused. */
export const manifestSchema = z
  .strictObject({
    manifestVersion: z.literal(1),
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/)
      .max(limits.modelNameCharactersMax),
    title: text(128),
    version: text(64),
    family: z.literal('samplernn'),
    sampleRateHz: z.number().int().min(limits.modelRateHzMin).max(limits.modelRateHzMax),
    blockSteps: z.number().int().min(1).max(limits.modelBlockStepsMax),
    stateFloats: z.number().int().min(1).max(limits.modelStateFloatsMax),
    quantizer: z.strictObject({ kind: z.literal('mu-law'), bins: z.literal(256) }),
    /** How the audio was emphasised that the model learned; absent: not at all. */
    emphasis: z
      .strictObject({
        coefficient: z.number().min(0).max(limits.emphasisMax),
        gain: z.number().min(limits.emphasisGainMin).max(limits.emphasisGainMax),
      })
      .default(noEmphasis),
    temperature: z.strictObject({ useful: z.tuple([temperature, temperature]), default: temperature }),
    guide: z.strictObject({
      temperatureLow: temperature,
      temperatureHigh: temperature,
      gamma: positive,
      /** RMS of the training audio where it sounds: the level a guide is brought to. */
      levelDbfs: z.number().min(-60).max(0),
    }),
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
    files: z.record(plainName, fileSchema),
    graph: plainName,
    initialState: plainName,
    /** The same weights for the engine of our own, in both precisions; absent: only the graph can be played. */
    kernel: z.strictObject({ int8: plainName, float32: plainName }).optional(),
  })
  .refine((manifest) => manifest.guide.temperatureLow < manifest.guide.temperatureHigh, {
    message: 'guide.temperatureLow must be below guide.temperatureHigh',
  })
  .refine((manifest) => manifest.temperature.useful[0] <= manifest.temperature.useful[1], {
    message: 'temperature.useful must rise',
  })
  .refine((manifest) => Object.keys(manifest.files).length <= limits.modelFilesMax, { message: 'too many files' })
  .refine(
    (manifest) => Object.hasOwn(manifest.files, manifest.graph) && Object.hasOwn(manifest.files, manifest.initialState),
    { message: 'graph and initialState must be among files' },
  )
  .superRefine(({ files, kernel }, context) => {
    for (const [precision, name] of Object.entries(kernel ?? {})) {
      if (Object.hasOwn(files, name)) continue;
      context.addIssue({ code: 'custom', path: ['kernel', precision], message: `${name} must be among files` });
    }
  });

export type Manifest = z.infer<typeof manifestSchema>;

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
