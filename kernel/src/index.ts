// The samplernn family in one call: a block of 64 steps for any number of voices in lock step. What is computed is what
// training/simmer_training/graph.py builds as a graph; docs/models.md says what it means.
import { activationLimit, gruCell, quantize, rectify } from './activations';
import { cool, draw, entropyBits, pullToGuide, surpriseBits } from './draw';
import { historyFloat, historyInt16 } from './history';
import * as at from './layout';
import { exp4, ln, sigmoid4, tanh4 } from './maths';
import { productFloat, productInt8 } from './products';

const blockSteps = 64;
const frameSteps = 16;
const framesPerBlock = 4;
/** Bytes of a float or an i32, of those of a frame, and of those of a block. */
const floatBytes: usize = 4;
const frameBytes: usize = 64;
const blockBytes: usize = 256;

/** The model and the voices of the running call. An instance serves one thread, and a call sets all of them. */
let table: usize = 0;
let region: usize = 0;
let stride: usize = 0;
let voices: i32 = 0;
let width: i32 = 0;
let hidden: i32 = 0;
let quantized: bool = false;
let activations: usize = 0;
let arriving: usize = 0;
let staying: usize = 0;
let gates: usize = 0;
let condition: usize = 0;
let first: usize = 0;
let second: usize = 0;

/** How many bytes a voice takes, for a model of width D and hidden width M: a multiple of 64. */
export function voiceBytes(wide: i32, deep: i32): i32 {
  return <i32>layOut(wide, deep);
}

function layOut(wide: i32, deep: i32): usize {
  const d = <usize>wide;
  const m = <usize>deep;
  let next = at.voiceState + 2 * d * floatBytes + 3 * blockBytes;
  activations = next;
  next += 2 * (d > m ? d : m);
  arriving = next;
  next += 3 * d * floatBytes;
  staying = next;
  next += 3 * d * floatBytes;
  gates = next;
  next += 12 * d * floatBytes;
  condition = next;
  next += frameBytes * m;
  first = next;
  next += m * floatBytes;
  second = next;
  next += m * floatBytes;
  return (next + 63) & ~63;
}

/**
 * Draws one block for `voiceCount` voices, the first of which is at `regionAt`, under the model whose table is at
 * `tableAt`. The states at voiceState become those after the block. With `forced` ≠ 0 the bins at voiceForced are taken
 * instead of drawn ones, and voiceSurprise says how unlikely each was.
 */
export function drawBlock(tableAt: usize, regionAt: usize, voiceCount: i32, forced: i32): void {
  table = tableAt;
  region = regionAt;
  voices = voiceCount;
  width = load<i32>(table, at.tableWidth);
  hidden = load<i32>(table, at.tableHidden);
  quantized = load<i32>(table, at.tablePrecision) === 8;
  stride = layOut(width, hidden);
  topTier();
  for (let frame = 0; frame < framesPerBlock; frame++) {
    frameTier(frame);
    for (let step = 0; step < frameSteps; step++) sampleTier(frame * frameSteps + step, forced);
  }
  for (let voice = 0; voice < voices; voice++) finish(region + <usize>voice * stride);
}

/** One step of the top tier, which hears the guide of the block before mixed into its bins; then the frames' gates. */
function topTier(): void {
  const past = at.voiceState + 2 * <usize>width * floatBytes;
  const mix = f32x4.splat(load<f32>(table, at.tableGuideMix));
  for (let voice = 0; voice < voices; voice++) {
    const base = region + <usize>voice * stride;
    for (let i: usize = 0; i < blockBytes; i += 16) {
      const from = base + past + i;
      const bins = v128.load(from);
      const toward = f32x4.sub(v128.load(from + blockBytes), bins);
      const share = f32x4.mul(mix, v128.load(from + 2 * blockBytes));
      v128.store(base + at.voiceHeard + i, f32x4.add(bins, f32x4.mul(share, toward)));
    }
    for (let i = 0; i < frameSteps; i++) {
      const from = base + past + <usize>(blockSteps - frameSteps + i) * floatBytes;
      store<i32>(base + at.voiceHistory + <usize>i * floatBytes, wholeBin(load<f32>(from)));
    }
  }
  const input = load<usize>(table, at.tableTopInput);
  const bias = load<usize>(table, at.tableTopInputBias);
  const arrives = region + arriving;
  productFloat(input, bias, 0, 3 * width, blockSteps, region + at.voiceHeard, arrives, stride, voices);
  recur(at.tableTopRecurrent, at.voiceState);
  product(at.tableFrameCondition, 3 * framesPerBlock * width, width, at.voiceState, gates);
}

/** One step of the frame tier; then the conditioning of its 16 steps. */
function frameTier(frame: i32): void {
  for (let voice = 0; voice < voices; voice++) {
    const base = region + <usize>voice * stride;
    const bins = base + at.voiceHistory;
    if (frame > 0) memory.copy(bins, bins + frameBytes, frameBytes);
    for (let i: usize = 0; i < frameBytes; i += 16) {
      v128.store(base + at.voiceHeard + i, f32x4.convert_i32x4_s(v128.load(bins + i)));
    }
  }
  const input = load<usize>(table, at.tableFrameInput);
  const gatesOfFrame = region + gates + <usize>(3 * frame * width) * floatBytes;
  const arrives = region + arriving;
  productFloat(input, gatesOfFrame, stride, 3 * width, frameSteps, region + at.voiceHeard, arrives, stride, voices);
  const state = at.voiceState + <usize>width * floatBytes;
  recur(at.tableFrameRecurrent, state);
  product(at.tableSampleCondition, frameSteps * hidden, width, state, condition);
}

/** One draw of every voice. */
function sampleTier(step: i32, forced: i32): void {
  const place = <usize>(step % frameSteps);
  const history = load<usize>(table, at.tableHistory);
  const scale = load<f32>(table, at.tableHistoryScale);
  for (let voice = 0; voice < voices; voice++) {
    const base = region + <usize>voice * stride;
    const bins = base + at.voiceHistory + place * 4;
    const from = base + condition + place * <usize>hidden * floatBytes;
    const rows = base + at.voiceRows;
    if (quantized) historyInt16(history, scale, bins, from, hidden, rows, base + first);
    else historyFloat(history, bins, from, hidden, rows, base + first);
  }
  product(at.tableThird, hidden, hidden, first, second);
  for (let voice = 0; voice < voices; voice++) rectify(region + <usize>voice * stride + second, hidden);
  product(at.tableOutput, 256, hidden, second, at.voiceScores);
  for (let voice = 0; voice < voices; voice++) pick(region + <usize>voice * stride, step, forced);
}

/** The draw of one voice. */
function pick(base: usize, step: i32, forced: i32): void {
  const ofStep = base + <usize>step * floatBytes;
  const scores = base + at.voiceScores;
  cool(scores, load<f32>(ofStep, at.voiceTemperature));
  const strength = load<f32>(ofStep, at.voiceStrength);
  if (strength !== 0) {
    const factor = strength * load<f32>(table, at.tablePullWeight);
    const curve = load<f32>(table, at.tablePullCurve);
    pullToGuide(scores, load<f32>(ofStep, at.voiceGuide), factor, curve, load<f32>(table, at.tablePullDeepest));
  }
  // How unlikely a forced bin was is asked of what the model says, whatever of it would be drawn.
  const floor: f32 = forced !== 0 ? 0 : load<f32>(table, at.tableTailFloor);
  let bin = draw(scores, base + at.voiceWeights, base + at.voiceSums, load<f32>(ofStep, at.voiceUniform), floor);
  store<f32>(ofStep, entropyBits(), at.voiceEntropy);
  if (forced !== 0) {
    bin = <i32>load<u8>(base + <usize>step, at.voiceForced);
    store<f32>(ofStep, surpriseBits(scores, bin), at.voiceSurprise);
  }
  store<u8>(base + <usize>step, <u8>bin, at.voiceDrawn);
  const place = <usize>(frameSteps + (step % frameSteps));
  store<i32>(base + at.voiceHistory + place * 4, bin);
}

/** What the next block starts from: bins, guide and strength of this one join the hidden states. */
function finish(base: usize): void {
  const past = base + at.voiceState + 2 * <usize>width * floatBytes;
  for (let step = 0; step < blockSteps; step++) {
    const ofStep = <usize>step;
    store<f32>(past + ofStep * floatBytes, f32(load<u8>(base + ofStep, at.voiceDrawn)));
  }
  memory.copy(past + blockBytes, base + at.voiceGuide, blockBytes);
  memory.copy(past + 2 * blockBytes, base + at.voiceStrength, blockBytes);
}

/** The cell of a tier whose input's share is at `arriving` and whose state is at `state` of every voice. */
function recur(matrix: usize, state: usize): void {
  product(matrix, 3 * width, width, state, staying);
  for (let voice = 0; voice < voices; voice++) {
    const base = region + <usize>voice * stride;
    gruCell(base + arriving, base + staying, base + state, width);
  }
}

/** A matrix of the model's precision times the vector at x of every voice, to y of every voice. */
function product(matrix: usize, rows: i32, columns: i32, x: usize, y: usize): void {
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

/** The bin of a float that came with a state: whole, 0 to 255, whatever it is. */
function wholeBin(value: f32): i32 {
  return value >= 0 ? (value <= 255 ? <i32>value : 255) : 0;
}

/** For tests: exp (0), sigmoid (1), tanh (2) or ln (3) of `count` floats (a multiple of 4) at x, in place. */
export function applyMaths(which: i32, x: usize, count: i32): void {
  const end = x + ((<usize>count) << 2);
  for (let place = x; place < end; place += 16) {
    const values = v128.load(place);
    if (which === 0) v128.store(place, exp4(values));
    else if (which === 1) v128.store(place, sigmoid4(values));
    else if (which === 2) v128.store(place, tanh4(values));
    else for (let lane: usize = 0; lane < 16; lane += 4) store<f32>(place + lane, ln(load<f32>(place + lane)));
  }
}
