// The running call: which model, which voices, where of a voice is room for what; and a matrix times a vector of each voice.
import { activationLimit, gruCell, quantize } from './activations';
import * as at from './layout';
import { productFloat, productInt8 } from './products';

export const blockSteps = 64;
export const frameSteps = 16;
export const framesPerBlock = 4;
/** Bytes of a float or an i32, of those of a frame, and of those of a block. */
export const floatBytes: usize = 4;
export const frameBytes: usize = 64;
export const blockBytes: usize = 256;
/** Rows of codes that the network hears of: the one before, this one, the next. */
export const heardRows = 3;

/** The model and the voices of the running call. An instance serves one thread, and a call sets all of them. */
export let table: usize = 0;
export let region: usize = 0;
export let stride: usize = 0;
export let voices: i32 = 0;
export let width: i32 = 0;
export let hidden: i32 = 0;
export let quantized: bool = false;
/** Of a model without codes these are 0. */
export let levels: i32 = 0;
export let priorWidth: i32 = 0;
export let entered: i32 = 0;
export let bands: i32 = 0;

/** Offsets from a voice's address. */
export let activations: usize = 0;
export let arriving: usize = 0;
export let staying: usize = 0;
export let gates: usize = 0;
export let condition: usize = 0;
export let first: usize = 0;
export let second: usize = 0;
/** Of codes: the prior's state [W], what is heard of a guide [A], the rows before, this and next [3 L]; then room. */
export let prior: usize = 0;
export let latent: usize = 0;
export let codes: usize = 0;
export let addresses: usize = 0;
export let rest: usize = 0;
export let said: usize = 0;
export let saidHere: usize = 0;
export let enteredSum: usize = 0;
export let thought: usize = 0;

/** Sets the model whose table is at `tableAt`, and `voiceCount` voices, the first of which is at `regionAt`. */
export function begin(tableAt: usize, regionAt: usize, voiceCount: i32): void {
  table = tableAt;
  width = load<i32>(table, at.tableWidth);
  hidden = load<i32>(table, at.tableHidden);
  quantized = load<i32>(table, at.tablePrecision) === 8;
  levels = load<i32>(table, at.tableLevels);
  priorWidth = load<i32>(table, at.tablePriorWidth);
  entered = load<i32>(table, at.tableEntered);
  bands = load<i32>(table, at.tableBands);
  stride = layOut(width, hidden, levels, priorWidth, entered, bands);
  setVoices(regionAt, voiceCount);
}

/** What follows is of these voices alone. */
export function setVoices(regionAt: usize, voiceCount: i32): void {
  region = regionAt;
  voices = voiceCount;
}

/** Where the next part of a voice begins while it is laid out. */
let next: usize = 0;

/** Takes room for so many bytes; returns its offset from a voice's address. */
function room(bytes: usize): usize {
  const begin = next;
  next += bytes;
  return begin;
}

/** Sets the offsets within a voice; returns its bytes, a multiple of 64. */
export function layOut(wide: i32, deep: i32, levelCount: i32, priorWide: i32, enteredWide: i32, bandCount: i32): usize {
  const d = <usize>wide;
  const m = <usize>deep;
  const l = <usize>levelCount;
  const w = <usize>priorWide;
  const e = <usize>enteredWide;
  const a = <usize>bandCount;
  const heardCodes = (<usize>heardRows * l * floatBytes + 15) & ~15;
  const gateBytes = 3 * max<usize>(d, w) * floatBytes;
  next = at.voiceState + 2 * d * floatBytes + 3 * blockBytes;
  prior = room(w * floatBytes);
  latent = room(a * floatBytes);
  codes = room(heardCodes);
  activations = room(2 * max<usize>(max<usize>(d, m), max<usize>(w, e)));
  arriving = room(gateBytes);
  staying = room(gateBytes);
  gates = room(12 * d * floatBytes);
  condition = room(frameBytes * m);
  first = room(m * floatBytes);
  second = room(m * floatBytes);
  if (l > 0) {
    addresses = room(heardCodes);
    rest = room(a * floatBytes);
    said = room(d * floatBytes);
    saidHere = room(d * floatBytes);
    enteredSum = room(e * floatBytes);
    thought = room(w * floatBytes);
  }
  return (next + 63) & ~63;
}

/** The cell of a recurrent layer whose input's share is at `arriving` and whose state of `wide` floats is at `state`. */
export function recur(matrix: usize, state: usize, wide: i32): void {
  product(matrix, 3 * wide, wide, state, staying);
  for (let voice = 0; voice < voices; voice++) {
    const base = region + <usize>voice * stride;
    gruCell(base + arriving, base + staying, base + state, wide);
  }
}

/** A matrix of the model's precision times the vector at x of every voice, to y of every voice. */
export function product(matrix: usize, rows: i32, columns: i32, x: usize, y: usize): void {
  const weights = load<usize>(table + matrix);
  const scales = load<usize>(table + matrix, 4);
  const bias = load<usize>(table + matrix, 8);
  if (!quantized) {
    productFloat(weights, bias, 0, rows, columns, region + x, region + y, stride, voices);
    return;
  }
  const limit = activationLimit(columns);
  for (let voice = 0; voice < voices; voice++) {
    const base = region + <usize>voice * stride;
    quantize(base + x, columns, limit, base + activations, base + at.voiceScale);
  }
  const quantizedAt = region + activations;
  const scale = region + at.voiceScale;
  productInt8(weights, scales, bias, rows, columns, quantizedAt, scale, region + y, stride, voices);
}

/** The bin or code of a float that came with a state: whole, 0 to 255, whatever it is. */
export function wholeBin(value: f32): i32 {
  return value >= 0 ? (value <= 255 ? <i32>value : 255) : 0;
}
