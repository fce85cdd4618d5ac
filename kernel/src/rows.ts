// The prior of a model under codes: hears a row, and draws the levels of the next one after the other.
import { rectify } from './activations';
import {
  addresses,
  arriving,
  bands,
  codes,
  entered,
  enteredSum,
  floatBytes,
  heardRows,
  latent,
  levels,
  prior,
  priorWidth,
  product,
  quantized,
  recur,
  region,
  rest,
  said,
  setVoices,
  stride,
  table,
  thought,
  voices,
  wholeBin,
  width,
} from './call';
import { cool, draw } from './draw';
import * as at from './layout';
import { pullToCodes, takeOff } from './pull';
import { addRowsFloat, addRowsInt16 } from './sums';

const codeCount = 256;
/** Of a voice's three rows of codes. */
const before = 0;
const present = 1;
const next = 2;

/** Draws the next row of every voice, and first this one where it has none. */
export function drawCodes(): void {
  const all = region;
  const count = voices;
  for (let voice = 0; voice < count; voice++) {
    const base = all + <usize>voice * stride;
    if (!(load<f32>(placeOf(base, present, 0)) < 0)) continue;
    setVoices(base, 1);
    hear(before);
    drawLevels(present, levels);
  }
  setVoices(all, count);
  hear(present);
  drawLevels(next, 0);
}

/** Keeps what the three rows of every voice say of this one. */
export function sayCodes(): void {
  for (let voice = 0; voice < voices; voice++) say(region + <usize>voice * stride);
}

/** Where the code of a level of a row lies. */
function placeOf(base: usize, row: i32, level: i32): usize {
  return base + codes + <usize>(row * levels + level) * floatBytes;
}

function codeAt(base: usize, row: i32, level: i32): i32 {
  return wholeBin(load<f32>(placeOf(base, row, level)));
}

/** One step of the prior's recurrent layer on the codes of a row. */
function hear(row: i32): void {
  const rows = load<usize>(table, at.tablePriorEntered);
  const scale = load<f32>(table, at.tablePriorEnteredScale);
  for (let voice = 0; voice < voices; voice++) {
    const base = region + <usize>voice * stride;
    for (let level = 0; level < levels; level++) {
      address(base, level, rows, level * codeCount + codeAt(base, row, level), entered);
    }
    memory.fill(base + enteredSum, 0, <usize>entered * floatBytes);
    addRows(base, levels, scale, entered, base + enteredSum);
  }
  product(at.tablePriorInput, 3 * priorWidth, entered, enteredSum, arriving);
  recur(at.tablePriorRecurrent, prior, priorWidth);
}

/** Draws the levels of a row with the uniforms from `chance` on. */
function drawLevels(row: i32, chance: i32): void {
  for (let voice = 0; voice < voices; voice++) {
    const base = region + <usize>voice * stride;
    memory.copy(base + rest, base + latent, <usize>bands * floatBytes);
  }
  for (let level = 0; level < levels; level++) {
    // From the table's address, as `product` reckons.
    const ofLevel = at.tableLevelsAt + <usize>level * at.levelBytes;
    product(ofLevel + at.levelEnter, priorWidth, priorWidth, prior, thought);
    const earlier = load<usize>(table + ofLevel, at.levelBefore);
    const scale = load<f32>(table + ofLevel, at.levelBeforeScale);
    for (let voice = 0; voice < voices; voice++) {
      const base = region + <usize>voice * stride;
      for (let drawn = 0; drawn < level; drawn++) {
        address(base, drawn, earlier, drawn * codeCount + codeAt(base, row, drawn), priorWidth);
      }
      if (level > 0) addRows(base, level, scale, priorWidth, base + thought);
      rectify(base + thought, priorWidth);
    }
    product(ofLevel + at.levelOut, codeCount, priorWidth, thought, at.voiceScores);
    for (let voice = 0; voice < voices; voice++) {
      drawCode(region + <usize>voice * stride, row, level, chance + level);
    }
  }
}

/** The draw of one level of one voice. */
function drawCode(base: usize, row: i32, level: i32, chance: i32): void {
  const scores = base + at.voiceScores;
  cool(scores, load<f32>(base, at.voiceCodeTemperature));
  const strength = load<f32>(base, at.voiceCodeStrength);
  const vectorBytes = <usize>bands * floatBytes;
  const vectors = load<usize>(table, at.tableCodebooks) + <usize>(level * codeCount) * vectorBytes;
  if (strength !== 0) {
    const factor = strength * load<f32>(table, at.tableCodePullWeight);
    const curve = load<f32>(table, at.tableCodePullCurve);
    const deepest = load<f32>(table, at.tableCodePullDeepest);
    pullToCodes(scores, vectors, base + rest, bands, factor, curve, deepest, base + at.voiceWeights);
  }
  const uniform = load<f32>(base + <usize>chance * floatBytes, at.voiceCodeUniform);
  const floor = load<f32>(table, at.tableTailFloor);
  const code = draw(scores, base + at.voiceWeights, base + at.voiceSums, uniform, floor);
  store<f32>(placeOf(base, row, level), f32(code));
  if (strength !== 0) takeOff(base + rest, vectors + <usize>code * vectorBytes, bands);
}

/** What the three rows of codes say of this row, but for the place of a block in it. */
function say(base: usize): void {
  const rows = load<usize>(table, at.tableCodeRows);
  for (let row = 0; row < heardRows; row++) {
    for (let level = 0; level < levels; level++) {
      const which = row * levels + level;
      address(base, which, rows, which * codeCount + codeAt(base, row, level), width);
    }
  }
  memory.fill(base + said, 0, <usize>width * floatBytes);
  addRows(base, heardRows * levels, load<f32>(table, at.tableCodeRowsScale), width, base + said);
}

/** Notes the address of row `row` of a table of rows of `count` columns. */
function address(base: usize, which: i32, rows: usize, row: i32, count: i32): void {
  const bytes = (<usize>count) << (quantized ? 1 : 2);
  store<usize>(base + addresses + <usize>which * floatBytes, rows + <usize>row * bytes);
}

/** Adds the rows that were noted to `out`. */
function addRows(base: usize, rows: i32, scale: f32, count: i32, out: usize): void {
  if (quantized) addRowsInt16(base + addresses, scale, rows, count, out);
  else addRowsFloat(base + addresses, rows, count, out);
}
