import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import { isOfCodes, type SoundKind, type SoundValues, soundKindOf, soundValues } from '../core/sound.js';
import { littleEndianBytes, readLittleEndian } from './little-endian.js';
import { type Checkpoint, type Segment, type SegmentKey, segmentStepsMax } from './segment.js';

/**
 * A stored segment, little-endian:
 *
 *     at  0  "SMSG"
 *     at  4  u16  version: 1; of models of codes, which conditions shape, 2 where they are mono and 3 where they are stereo
 *     at  6  u16  checkpoints
 *     at  8  u32  steps
 *     at 12  u32  floats of each state
 *     at 16  f64  first step, a whole number
 *     at 24  u32  bytes of the packed shaping
 *     at 28       packed shaping: raw deflate of temperature (u16), strength, guide bin; from version 2 on also conditions (u32)
 *                 bins (a byte a step), in version 2 amplitudes (i16), in version 3 two of them (left, right); entropy: a byte a step. They are close to noise; packing them would save a twentieth of the file
 *                 u32 for each checkpoint: its step, counted from the first
 *                 f32 states, one after another
 *     last   32   SHA-256 of the key and of all bytes before
 *
 * The sum covers the key though the key is not among the bytes: a whole file under another's name does not pass either.
 */
const magic = Buffer.from('SMSG', 'latin1');
const versions: Readonly<Record<SoundKind, number>> = { 'mu-law': 1, pcm16: 2, 'pcm16-stereo': 3 };
const headerBytes = 28;
const sumBytes = 32;
const shapingBytesPerStep = 4;
const conditionBytesPerStep = 4;

/** Bytes of a step's sound at most, and of its entropy. */
const drawnBytesPerStepMax = 5;

/** Checkpoints of one segment at most: one for each 1024 steps at 16 kHz, one at its end, one at a root between. */
const checkpointsMax = 18;

/** Bytes of the largest segment; deflate may add a little to what it cannot pack. */
export const encodedBytesMax =
  headerBytes +
  segmentStepsMax * (shapingBytesPerStep + conditionBytesPerStep + drawnBytesPerStepMax) +
  1024 +
  checkpointsMax * 4 * (1 + limits.modelStateFloatsMax) +
  sumBytes;

/** The bytes that `decodeSegment` makes the same segment of. Throws a Failure where it breaks what segment.ts says. */
export function encodeSegment(segment: Segment, key: SegmentKey): Uint8Array {
  const flaw = flawOf(segment);
  if (flaw !== undefined) throw new Failure('internal', `A segment cannot be stored: ${flaw}.`);
  const { firstStep, shaping, sound, entropy, checkpoints } = segment;
  const packed = deflateRawSync(
    Buffer.concat([
      littleEndianBytes(shaping.temperature),
      shaping.guideStrength,
      shaping.guideBin,
      ...(shaping.condition === undefined ? [] : [littleEndianBytes(shaping.condition)]),
    ]),
    { level: 1 },
  );
  const header = Buffer.alloc(headerBytes);
  magic.copy(header);
  header.writeUInt16LE(versions[soundKindOf(sound)], 4);
  header.writeUInt16LE(checkpoints.length, 6);
  header.writeUInt32LE(sound.length, 8);
  header.writeUInt32LE(checkpoints[0]?.state.length ?? 0, 12);
  header.writeDoubleLE(firstStep, 16);
  header.writeUInt32LE(packed.length, 24);
  const places = Buffer.alloc(4 * checkpoints.length);
  for (const [index, { step }] of checkpoints.entries()) places.writeUInt32LE(step - firstStep, 4 * index);
  const soundBytes = sound instanceof Uint8Array ? sound : littleEndianBytes(sound);
  const parts = [
    header,
    packed,
    soundBytes,
    entropy,
    places,
    ...checkpoints.map(({ state }) => littleEndianBytes(state)),
  ];
  const sum = createHash('sha256').update(key);
  for (const part of parts) sum.update(part);
  return Buffer.concat([...parts, sum.digest()]);
}

/** What `encodeSegment` was given, or undefined for any bytes that are not exactly what it gave for this key. Never throws. */
export function decodeSegment(bytes: Uint8Array, key: SegmentKey): Segment | undefined {
  return sumIsRight(bytes, key) ? decodeUnchecked(bytes) : undefined;
}

function sumIsRight(bytes: Uint8Array, key: SegmentKey): boolean {
  if (bytes.length < headerBytes + sumBytes || bytes.length > encodedBytesMax) return false;
  const end = bytes.length - sumBytes;
  const sum = createHash('sha256').update(key).update(bytes.subarray(0, end)).digest();
  return sum.equals(bytes.subarray(end));
}

/**
 * `decodeSegment` without the sum: takes any bytes that keep the form and the ranges. For the tests alone, which see by it
 * that the sum is what tells damage.
 */
export function decodeUnchecked(bytes: Uint8Array): Segment | undefined {
  if (bytes.length < headerBytes + sumBytes || bytes.length > encodedBytesMax) return undefined;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = view.readUInt16LE(4);
  const kind = kindOfVersion(found);
  if (!view.subarray(0, 4).equals(magic) || kind === undefined) return undefined;
  const checkpointCount = view.readUInt16LE(6);
  const steps = view.readUInt32LE(8);
  const stateFloats = view.readUInt32LE(12);
  const firstStep = view.readDoubleLE(16);
  const packedBytes = view.readUInt32LE(24);
  // Counts are held against their limits before anything is allocated for them.
  if (checkpointCount > checkpointsMax || steps > segmentStepsMax || stateFloats > limits.modelStateFloatsMax) {
    return undefined;
  }
  const stepBytes = soundValues(kind, 0).BYTES_PER_ELEMENT + 1;
  const length = headerBytes + packedBytes + stepBytes * steps + checkpointCount * 4 * (1 + stateFloats) + sumBytes;
  if (bytes.length !== length) return undefined;

  let at = headerBytes;
  const take = (count: number) => {
    at += count;
    return view.subarray(at - count, at);
  };
  const shaping = unpacked(take(packedBytes), steps, isOfCodes(kind));
  if (shaping === undefined) return undefined;
  // Copies throughout: a view would keep the whole file's bytes in memory for as long as any part is in use.
  const sound = soundFrom(kind, steps, take);
  const entropy = Uint8Array.from(take(steps));
  const places = take(4 * checkpointCount);
  const checkpoints: Checkpoint[] = [];
  for (let index = 0; index < checkpointCount; index += 1) {
    const state = new Float32Array(stateFloats);
    readLittleEndian(state, take(4 * stateFloats));
    checkpoints.push({ step: firstStep + places.readUInt32LE(4 * index), state });
  }
  const segment = { firstStep, shaping, sound, entropy, checkpoints };
  return flawOf(segment) === undefined ? segment : undefined;
}

function kindOfVersion(version: number): SoundKind | undefined {
  return (Object.keys(versions) as SoundKind[]).find((kind) => versions[kind] === version);
}

function soundFrom(kind: SoundKind, steps: number, take: (count: number) => Uint8Array): SoundValues {
  const sound = soundValues(kind, steps);
  const bytes = take(sound.byteLength);
  if (sound instanceof Uint8Array) sound.set(bytes);
  else readLittleEndian(sound, bytes);
  return sound;
}

function unpacked(packed: Uint8Array, steps: number, isConditioned: boolean): Segment['shaping'] | undefined {
  const length = (shapingBytesPerStep + (isConditioned ? conditionBytesPerStep : 0)) * steps;
  let raw: Buffer;
  try {
    // A few bytes can be made to unpack to gigabytes; more than is expected is refused.
    raw = inflateRawSync(packed, { maxOutputLength: Math.max(1, length) });
  } catch {
    return undefined;
  }
  if (raw.length !== length) return undefined;
  const temperature = new Uint16Array(steps);
  readLittleEndian(temperature, raw.subarray(0, 2 * steps));
  const plain = {
    temperature,
    guideStrength: Uint8Array.from(raw.subarray(2 * steps, 3 * steps)),
    guideBin: Uint8Array.from(raw.subarray(3 * steps, 4 * steps)),
  };
  if (!isConditioned) return plain;
  const condition = new Uint32Array(steps);
  readLittleEndian(condition, raw.subarray(4 * steps));
  return { ...plain, condition };
}

/** What breaks the rules of segment.ts, in words; undefined: nothing. */
export function flawOf({ firstStep, shaping, sound, entropy, checkpoints }: Segment): string | undefined {
  const steps = sound.length;
  if (!Number.isSafeInteger(firstStep) || firstStep < 0) return `its first step is ${firstStep}`;
  if (steps < 1 || steps > segmentStepsMax) return `it has ${steps} steps`;
  const { temperature, guideStrength, guideBin, condition } = shaping;
  if ((condition !== undefined) !== isOfCodes(soundKindOf(sound))) return 'its sound and its shaping are of two kinds';
  if (condition !== undefined && condition.length !== steps) return 'its arrays differ in length';
  if ([temperature, guideStrength, guideBin, entropy].some((values) => values.length !== steps)) {
    return 'its arrays differ in length';
  }
  if (checkpoints.length < 1 || checkpoints.length > checkpointsMax) return `it has ${checkpoints.length} checkpoints`;
  if (checkpoints[0]?.step !== firstStep) return 'its first checkpoint is not at its first step';
  const stateFloats = checkpoints[0].state.length;
  if (stateFloats > limits.modelStateFloatsMax) return `its states have ${stateFloats} values`;
  let before = -1;
  for (const { step, state } of checkpoints) {
    if (!Number.isSafeInteger(step) || step <= before || step > firstStep + steps) return 'its checkpoints lie wrong';
    if (state.length !== stateFloats) return 'its states differ in length';
    if (!state.every(Number.isFinite)) return 'a state is not finite';
    before = step;
  }
  return undefined;
}
