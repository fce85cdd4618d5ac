// The samplernn family: a block of 64 steps in one call, for any number of voices in lock step, and of a model under codes
// a row of codes in another. docs/models.md says what is computed.
import { begin, frameSteps, framesPerBlock, layOut, region, stride, voices } from './call';
import { exp4, ln, sigmoid4, tanh4 } from './maths';
import { drawCodes, sayCodes } from './rows';
import { finish, frameTier, sampleTier, topTier, topTierUnderCodes } from './tiers';

/**
 * How many bytes a voice takes, for a model of width D and hidden width M: a multiple of 64. Under codes the levels of a row,
 * the prior's width and the width entered into it, and the bands of a guide count too; else they are 0.
 */
export function voiceBytes(width: i32, hidden: i32, levels: i32, priorWidth: i32, entered: i32, bands: i32): i32 {
  return <i32>layOut(width, hidden, levels, priorWidth, entered, bands);
}

/**
 * Draws one block for `voiceCount` voices, the first of which is at `regionAt`, under the model whose table is at
 * `tableAt`. The states at voiceState become those after the block. With `forced` ≠ 0 the bins at voiceForced are taken
 * instead of drawn ones, and voiceSurprise says how unlikely each was.
 */
export function drawBlock(tableAt: usize, regionAt: usize, voiceCount: i32, forced: i32): void {
  begin(tableAt, regionAt, voiceCount);
  topTier();
  drawFrames(forced, false);
}

/** The same of a model under codes: the block `place`, 0 to 7, of the row that `drawRow` was called for last. */
export function drawBlockUnderCodes(tableAt: usize, regionAt: usize, voiceCount: i32, forced: i32, place: i32): void {
  begin(tableAt, regionAt, voiceCount);
  topTierUnderCodes(place);
  drawFrames(forced, true);
}

/**
 * Draws the codes of the next row of every voice, and first of this one where it has none yet: it is a take's first. What the
 * codes say of the row's blocks is kept for them. With `forced` ≠ 0 the codes that are there are taken as they are.
 */
export function drawRow(tableAt: usize, regionAt: usize, voiceCount: i32, forced: i32): void {
  begin(tableAt, regionAt, voiceCount);
  if (forced === 0) drawCodes();
  sayCodes();
}

function drawFrames(forced: i32, underCodes: bool): void {
  for (let frame = 0; frame < framesPerBlock; frame++) {
    frameTier(frame, underCodes);
    for (let step = 0; step < frameSteps; step++) sampleTier(frame * frameSteps + step, forced);
  }
  for (let voice = 0; voice < voices; voice++) finish(region + <usize>voice * stride);
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
