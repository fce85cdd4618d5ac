import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import type { CodesFiles } from './codes/files.js';
import { modelFolderFault } from './folder-fault.js';
import { type CodesManifest, type Manifest, parseManifest, responseOf, type SampleRnnManifest } from './manifest.js';
import { guideFileFault, guideFileFloats } from './rows/guide-file.js';
import type { RowModel } from './rows/row-voice.js';
import { startStateFault } from './rows/state.js';

/** A model whose every file has been checked against its manifest. */
export interface VerifiedModel {
  readonly manifest: Manifest;
  /** SHA-256 of manifest.json in hex: since the manifest names every file's hash, it stands for all of them. */
  readonly digest: string;
  /** The state a take starts from: manifest.stateFloats values. */
  readonly initialState: Float32Array;
  readonly graph: ModelGraph;
  /** The weight files of the kernel (docs/models.md); undefined: the model has none. */
  readonly kernel: KernelWeights | undefined;
  /** What decides the music of a SampleRNN under codes; undefined: the model is none. */
  readonly rows: RowFiles | undefined;
}

/** The prior's graph beside what every engine needs of rows. */
export interface RowFiles extends RowModel {
  readonly graph: Uint8Array;
}

/** Bytes in shared memory, so that every worker that is handed them reads the very same. */
export interface KernelWeights {
  readonly int8: Uint8Array;
  /** Undefined: the model comes in 8 bits only. */
  readonly float32: Uint8Array | undefined;
}

/** The bytes that were hashed are the bytes that are run: nothing is read again. `folder` is for messages. */
export type ModelGraph =
  | { readonly kind: 'tiny' }
  | { readonly kind: 'onnx'; readonly bytes: Uint8Array; readonly folder: string }
  | { readonly kind: 'codes'; readonly manifest: CodesManifest; readonly files: CodesFiles; readonly folder: string };

export const manifestFileName = 'manifest.json';

/** Reads manifest.json of a folder without looking at its other files. */
export async function readManifest(folder: string): Promise<{ manifest: Manifest; digest: string }> {
  const bytes = await readOwnFile(folder, manifestFileName, limits.manifestBytesMax).catch(async (thrown: unknown) => {
    const fault = await modelFolderFault(folder);
    throw fault === undefined ? thrown : new Failure('model-damaged', fault, thrown);
  });
  return { manifest: parseManifest(bytes), digest: sha256(bytes) };
}

/**
 * Reads a model folder and checks it: sizes and SHA-256 of every file, no links, nothing outside the folder.
 * @throws Failure `model-damaged` saying which file is wrong and how.
 */
export async function readModel(folder: string): Promise<VerifiedModel> {
  const { manifest, digest } = await readManifest(folder);
  const contents = new Map<string, Uint8Array>();
  for (const [name, expected] of Object.entries(manifest.files)) {
    const bytes = await readOwnFile(folder, name, expected.bytes);
    if (bytes.length !== expected.bytes) {
      throw damaged(name, `has ${bytes.length} bytes, its manifest says ${expected.bytes}`);
    }
    if (sha256(bytes) !== expected.sha256) throw damaged(name, 'has another SHA-256 than its manifest says');
    contents.set(name, bytes);
  }
  return manifest.family === 'samplernn'
    ? sampleRnnOf(manifest, digest, contents, folder)
    : codesOf(manifest, digest, contents, folder);
}

type Contents = ReadonlyMap<string, Uint8Array>;

function sampleRnnOf(manifest: SampleRnnManifest, digest: string, contents: Contents, folder: string): VerifiedModel {
  const rows = rowFilesOf(manifest, contents);
  const initialState = parseFloats(
    manifest.initialState,
    fileOf(contents, manifest.initialState),
    manifest.stateFloats,
  );
  const fault = rows && startStateFault(initialState, rows.rows);
  if (fault !== undefined) throw damaged(manifest.initialState, fault);
  return {
    manifest,
    digest,
    initialState,
    rows,
    graph: { kind: 'onnx', bytes: graphOf(contents, manifest.graph), folder },
    kernel: manifest.kernel && {
      int8: sharedFile(contents, manifest.kernel.int8),
      float32: manifest.kernel.float32 === undefined ? undefined : sharedFile(contents, manifest.kernel.float32),
    },
  };
}

function rowFilesOf(manifest: SampleRnnManifest, contents: Contents): RowFiles | undefined {
  const { rows } = manifest;
  if (rows === undefined) return undefined;
  const guide = parseFloats(rows.guide, fileOf(contents, rows.guide), guideFileFloats(rows.bands));
  const fault = guideFileFault(guide);
  if (fault !== undefined) throw damaged(rows.guide, fault);
  return { rows, guide, response: responseOf(manifest), graph: graphOf(contents, rows.graph) };
}

/** A take of a model of codes begins with nothing: no rows, and the codec's states at rest. */
function codesOf(manifest: CodesManifest, digest: string, contents: Contents, folder: string): VerifiedModel {
  const { codes, prior, decoder, encoder } = manifest;
  const files: CodesFiles = {
    row: graphOf(contents, prior.row),
    level: prior.level === undefined ? undefined : graphOf(contents, prior.level),
    decoder: graphOf(contents, decoder.graph),
    encoder: encoder && {
      graph: graphOf(contents, encoder.graph),
      codebooks: parseFloats(
        encoder.codebooks,
        fileOf(contents, encoder.codebooks),
        codes.levels * codes.size * encoder.latentFloats,
      ),
    },
  };
  const initialState = new Float32Array(manifest.stateFloats);
  const graph = { kind: 'codes', manifest, files, folder } as const;
  return { manifest, digest, initialState, graph, kernel: undefined, rows: undefined };
}

function fileOf(contents: Contents, name: string): Uint8Array {
  const bytes = contents.get(name);
  if (bytes === undefined) throw damaged(manifestFileName, 'names files that it does not list');
  return bytes;
}

function graphOf(contents: Contents, name: string): Uint8Array {
  const graph = fileOf(contents, name);
  if (namesExternalData(graph)) throw damaged(name, 'refers to data outside itself');
  return graph;
}

function sharedFile(contents: Contents, name: string): Uint8Array {
  const bytes = fileOf(contents, name);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

function parseFloats(name: string, bytes: Uint8Array, count: number): Float32Array {
  if (bytes.length !== count * 4) throw damaged(name, `is not ${count} float32 values`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = Float32Array.from({ length: count }, (_, index) => view.getFloat32(index * 4, true));
  if (!values.every(Number.isFinite)) throw damaged(name, 'holds values that are not finite');
  return values;
}

/**
 * Reads a file of the folder itself. A symbolic link or a file with a second name (a hard link) may be anyone's file
 * elsewhere, and a pipe or device never ends: both are refused before and after opening.
 */
async function readOwnFile(folder: string, name: string, bytesMax: number): Promise<Uint8Array> {
  const path = join(folder, name);
  try {
    if (!(await lstat(path)).isFile()) throw damaged(name, 'is not a plain file');
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw damaged(name, 'is not a plain file');
      if (stat.nlink > 1) throw damaged(name, 'is a hard link to a file that has another name too');
      if (stat.size > bytesMax) throw damaged(name, `has ${stat.size} bytes, ${bytesMax} are allowed`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    if (code === 'ENOENT') throw damaged(name, 'is missing', thrown);
    if (code === 'EACCES' || code === 'EPERM')
      throw damaged(name, 'may not be read: its permissions forbid it', thrown);
    throw damaged(name, `cannot be read (${code})`, thrown);
  }
}

/**
 * ONNX tensors may live in other files, named by an entry with the key "location" (TensorProto.external_data). Such an
 * entry starts with the bytes 0A 08 "location". Everything of a Simmer model is in its graph, so any is refused.
 */
function namesExternalData(graph: Uint8Array): boolean {
  return Buffer.from(graph.buffer, graph.byteOffset, graph.byteLength).includes('\n\x08location', 0, 'latin1');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function damaged(name: string, how: string, cause?: unknown): Failure {
  return new Failure('model-damaged', `The model's ${name} ${how}.`, cause);
}
