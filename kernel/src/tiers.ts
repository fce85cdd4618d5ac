// The network, tier by tier, for all voices of the running call in lock step. What is computed is what
// training/simmer_training/graph.py builds as a graph; docs/models.md says what it means.
import { rectify } from './activations';
import {
  arriving,
  blockBytes,
  blockSteps,
  condition,
  first,
  floatBytes,
  frameBytes,
  frameSteps,
  framesPerBlock,
  gates,
  hidden,
  product,
  quantized,
  recur,
  region,
  said,
  saidHere,
  second,
  stride,
  table,
  voices,
  wholeBin,
  width,
} from './call';
import { cool, draw, entropyBits, pullToGuide, surpriseBits } from './draw';
import { historyFloat, historyInt16 } from './history';
import * as at from './layout';
import { productFloat } from './products';

/** One step of the top tier of a model without codes, which hears the guide of the block before mixed into its bins; then the frames' gates. */
export function topTier(): void {
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
    beginHistory(base);
  }
  const input = load<usize>(table, at.tableTopInput);
  const bias = load<usize>(table, at.tableTopInputBias);
  const arrives = region + arriving;
  productFloat(input, bias, 0, 3 * width, blockSteps, region + at.voiceHeard, arrives, stride, voices);
  recur(at.tableTopRecurrent, at.voiceState, width);
  product(at.tableFrameCondition, 3 * framesPerBlock * width, width, at.voiceState, gates);
}

/**
 * One step of the top tier under codes: what they say of this of the row's eight blocks is all that it hears, and reaches the
 * frames' gates straight as well.
 */
export function topTierUnderCodes(place: i32): void {
  const places = load<usize>(table, at.tablePlaces) + <usize>(place * width) * floatBytes;
  for (let voice = 0; voice < voices; voice++) {
    const base = region + <usize>voice * stride;
    addUp(base + said, places, width, base + saidHere);
    rectify(base + saidHere, width);
    beginHistory(base);
  }
  product(at.tableCodeTop, 3 * width, width, saidHere, arriving);
  recur(at.tableTopRecurrent, at.voiceState, width);
  product(at.tableFrameCondition, 3 * framesPerBlock * width, width, at.voiceState, gates);
  product(at.tableCodeFrame, 3 * width, width, saidHere, arriving);
  const frameGates = <usize>(3 * width) * floatBytes;
  for (let voice = 0; voice < voices; voice++) {
    const base = region + <usize>voice * stride;
    for (let frame = 0; frame < framesPerBlock; frame++) {
      const ofFrame = base + gates + <usize>frame * frameGates;
      addUp(ofFrame, base + arriving, 3 * width, ofFrame);
    }
  }
}

/** sum = a + b, `count` floats (a multiple of 4). */
function addUp(a: usize, b: usize, count: i32, sum: usize): void {
  const end = (<usize>count) << 2;
  for (let i: usize = 0; i < end; i += 16) v128.store(sum + i, f32x4.add(v128.load(a + i), v128.load(b + i)));
}

/** The sixteen bins before the block, of the state, to the beginning of the history. */
function beginHistory(base: usize): void {
  const past = at.voiceState + 2 * <usize>width * floatBytes;
  for (let i = 0; i < frameSteps; i++) {
    const from = base + past + <usize>(blockSteps - frameSteps + i) * floatBytes;
    store<i32>(base + at.voiceHistory + <usize>i * floatBytes, wholeBin(load<f32>(from)));
  }
}

/** One step of the frame tier; then the conditioning of its 16 steps. */
export function frameTier(frame: i32, underCodes: bool): void {
  for (let voice = 0; voice < voices; voice++) {
    const base = region + <usize>voice * stride;
    const bins = base + at.voiceHistory;
    if (frame > 0) memory.copy(bins, bins + frameBytes, frameBytes);
    for (let i: usize = 0; i < frameBytes; i += 16) {
      v128.store(base + at.voiceHeard + i, f32x4.convert_i32x4_s(v128.load(bins + i)));
    }
    if (underCodes) mixGuide(base, frame);
  }
  const input = load<usize>(table, at.tableFrameInput);
  const gatesOfFrame = region + gates + <usize>(3 * frame * width) * floatBytes;
  const arrives = region + arriving;
  productFloat(input, gatesOfFrame, stride, 3 * width, frameSteps, region + at.voiceHeard, arrives, stride, voices);
  const state = at.voiceState + <usize>width * floatBytes;
  recur(at.tableFrameRecurrent, state, width);
  product(at.tableSampleCondition, frameSteps * hidden, width, state, condition);
}

/** Under codes it is the frame tier that hears the guide, mixed into the 16 bins before the frame: that of those very steps. */
function mixGuide(base: usize, frame: i32): void {
  const lastFrame = blockBytes - frameBytes;
  const past = base + at.voiceState + 2 * <usize>width * floatBytes + lastFrame;
  const begin = <usize>(frame - 1) * frameBytes;
  const guide = frame === 0 ? past + blockBytes : base + at.voiceGuide + begin;
  const strength = frame === 0 ? past + 2 * blockBytes : base + at.voiceStrength + begin;
  const mix = f32x4.splat(load<f32>(table, at.tableGuideMix));
  for (let i: usize = 0; i < frameBytes; i += 16) {
    const heard = base + at.voiceHeard + i;
    const bins = v128.load(heard);
    const share = f32x4.mul(mix, v128.load(strength + i));
    v128.store(heard, f32x4.add(bins, f32x4.mul(share, f32x4.sub(v128.load(guide + i), bins))));
  }
}

/** One draw of every voice. */
export function sampleTier(step: i32, forced: i32): void {
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
export function finish(base: usize): void {
  const past = base + at.voiceState + 2 * <usize>width * floatBytes;
  for (let step = 0; step < blockSteps; step++) {
    const ofStep = <usize>step;
    store<f32>(past + ofStep * floatBytes, f32(load<u8>(base + ofStep, at.voiceDrawn)));
  }
  memory.copy(past + blockBytes, base + at.voiceGuide, blockBytes);
  memory.copy(past + 2 * blockBytes, base + at.voiceStrength, blockBytes);
}
