import { type CodesManifest, rowExtras, rowsKept } from '../manifest.js';

/** A row that was drawn, and the packed condition it was drawn under. */
export interface DrawnRow {
  readonly codes: Int32Array;
  readonly condition: number;
}

/** The state of a model of codes, taken apart; docs/models.md, "The state". */
export interface CodesState {
  /** How many rows were drawn since the take's root. */
  rowCount: number;
  /** The newest rows, oldest first. */
  rows: DrawnRow[];
  decoder: Float32Array;
  encoder: Float32Array;
  /** What the guide was in the row before, as the encoder heard it; undefined: there was none. */
  latent: Float32Array | undefined;
}

export type StateSizes = Pick<CodesManifest, 'codes' | 'prior' | 'decoder' | 'encoder' | 'stateFloats'>;

/** Codes fit a float32 exactly, and so do a pair (artist · 32 + genre) and a blend in 1/128. */
export function readState(sizes: StateSizes, state: Float32Array): CodesState {
  const { levels } = sizes.codes;
  const kept = rowsKept(sizes);
  const rowCount = state[0] ?? 0;
  const rows: DrawnRow[] = [];
  for (let index = 0; index < Math.min(rowCount, kept); index += 1) {
    const at = 2 + index * (levels + rowExtras);
    const [pair = 0, other = 0, blend = 0] = state.subarray(at + levels, at + levels + rowExtras);
    rows.push({
      codes: Int32Array.from(state.subarray(at, at + levels)),
      condition: pair * 2 ** 18 + other * 2 ** 8 + blend,
    });
  }
  let at = 2 + kept * (levels + rowExtras);
  const take = (count: number) => {
    at += count;
    return state.slice(at - count, at);
  };
  const decoder = take(sizes.decoder.stateFloats);
  const encoder = take(sizes.encoder?.stateFloats ?? 0);
  const latent = take(sizes.encoder?.latentFloats ?? 0);
  const heard = (state[at] ?? 0) > 0;
  return { rowCount, rows, decoder, encoder, latent: heard && sizes.encoder !== undefined ? latent : undefined };
}

/** Writes a state into `out`, stateFloats values. */
export function writeState(sizes: StateSizes, state: CodesState, out: Float32Array): void {
  const { levels } = sizes.codes;
  out.fill(0);
  out[0] = state.rowCount;
  for (const [index, { codes, condition }] of state.rows.entries()) {
    const at = 2 + index * (levels + rowExtras);
    out.set(codes, at);
    out.set([condition >>> 18, (condition >>> 8) & 1023, condition & 255], at + levels);
  }
  let at = 2 + rowsKept(sizes) * (levels + rowExtras);
  out.set(state.decoder, at);
  at += sizes.decoder.stateFloats;
  if (sizes.encoder === undefined) return;
  out.set(state.encoder, at);
  at += sizes.encoder.stateFloats;
  if (state.latent === undefined) return;
  out.set(state.latent, at);
  out[at + sizes.encoder.latentFloats] = 1;
}

/** The state after one more row. */
export function appendRow(sizes: StateSizes, state: CodesState, row: DrawnRow): void {
  state.rows.push(row);
  if (state.rows.length > rowsKept(sizes)) state.rows.shift();
  state.rowCount += 1;
}
