import { limits } from '../core/limits.js';
import { WireScan } from './wire-scan.js';

/** Numbers of fields in proto/simmer/v1/takes.proto. */
const takesField = 2;
const segmentKeysField = 10;
/** A song says little but takes: a name, a digest, and its models. */
const restBytesMax = 1 << 20;
/** Runs come packed, each field of them in one piece. */
const piecesMax = 64;

/** One take: its message without runs, and where in `whole` its runs are, by field. */
export interface TakePart {
  readonly rest: Uint8Array;
  readonly runs: ReadonlyMap<number, readonly (readonly [from: number, to: number])[]>;
  /** The whole message. */
  readonly whole: Uint8Array;
}

export const runFields = [6, 7, 8, 9, 16, 17] as const;
const isRunField = (field: number) => (runFields as readonly number[]).includes(field);

/**
 * Takes an inflated recipe apart without making anything of it that is larger than it is.
 * @throws RangeError where it holds more than a song can
 */
export function partsOf(bytes: Uint8Array): { readonly rest: Uint8Array; readonly takes: readonly TakePart[] } {
  const takes: TakePart[] = [];
  const rest = new Pieces(restBytesMax);
  let keyCount = 0;
  let otherCount = 0;
  for (const scan = new WireScan(bytes); scan.next(); ) {
    if (scan.field !== takesField || scan.wireType !== 2) {
      otherCount += 1;
      if (otherCount > limits.recipeTakesMax) throw new RangeError('too many models');
      rest.add(bytes.subarray(scan.tagAt, scan.to));
      continue;
    }
    if (takes.length >= limits.recipeTakesMax) throw new RangeError('too many takes');
    const { part, keys } = takePart(bytes, scan.from, scan.to);
    takes.push(part);
    keyCount += keys;
    if (keyCount > limits.recipeKeysMax) throw new RangeError('too many keys');
  }
  return { rest: rest.joined(), takes };
}

function takePart(bytes: Uint8Array, from: number, end: number): { part: TakePart; keys: number } {
  const rest = new Pieces(restBytesMax);
  const runs = new Map<number, [number, number][]>();
  let keys = 0;
  let others = 0;
  for (const scan = new WireScan(bytes, from, end); scan.next(); ) {
    if (isRunField(scan.field)) {
      const pieces = runs.get(scan.field) ?? [];
      if (pieces.push([scan.from - from, scan.to - from]) > piecesMax) throw new RangeError('runs in too many pieces');
      runs.set(scan.field, pieces);
      continue;
    }
    if (scan.field === segmentKeysField) keys += 1;
    else others += 1;
    if (keys > limits.recipeKeysMax || others > piecesMax) throw new RangeError('too many fields');
    rest.add(bytes.subarray(scan.tagAt, scan.to));
  }
  return { part: { rest: rest.joined(), runs, whole: bytes.subarray(from, end) }, keys };
}

/** Pieces of a message, put together once. */
class Pieces {
  readonly #bytesMax: number;
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  add(piece: Uint8Array): void {
    this.#length += piece.length;
    if (this.#length > this.#bytesMax) throw new RangeError('a message that is too long');
    this.#pieces.push(piece);
  }

  joined(): Uint8Array {
    return Buffer.concat(this.#pieces, this.#length);
  }
}
