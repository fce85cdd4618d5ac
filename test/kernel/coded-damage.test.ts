import { describe, expect, test } from 'vitest';
import { Failure } from '../../service/src/core/failure.js';
import { codeUniformOfStep, uniformOfStep } from '../../service/src/core/philox.js';
import type { DrawInputs } from '../../service/src/model/engine.js';
import { CodedKernelModel } from '../../service/src/model/kernel/coded-model.js';
import { parseCodedWeights } from '../../service/src/model/kernel/coded-weights.js';
import type { KernelExports } from '../../service/src/model/kernel/instance.js';
import { pageBytes, tableAt, weightsAt } from '../../service/src/model/kernel/layout.js';
import { kernelModule } from '../../service/src/model/kernel/module.js';
import { packCodedKernel } from '../../service/src/model/kernel/packing.js';
import { parseKernelWeights } from '../../service/src/model/kernel/weights.js';
import {
  codedShape,
  codedStart,
  rowModel,
  rowsOfSizes,
  smallSizes as sizes,
  writeCodedWeights,
} from '../support/coded-weights.js';
import { kernelShape, randomNetwork, writeKernelWeights } from '../support/kernel-weights.js';
import { randomWholes } from '../support/random.js';

const shape = codedShape(sizes);
const rows = rowsOfSizes(sizes);
const files = { 8: writeCodedWeights(sizes, 8), 32: writeCodedWeights(sizes, 32) } as const;
const precisions = [8, 32] as const;

/** A copy of a good file with something done to it. */
function changed(precision: 8 | 32, change: (view: DataView) => void): Uint8Array {
  const copy = Uint8Array.from(files[precision].file);
  change(new DataView(copy.buffer));
  return copy;
}

function refusal(file: Uint8Array, ofShape = shape, ofRows = rows): string {
  return refused(() => parseCodedWeights(file, ofShape, ofRows));
}

function refused(parse: () => unknown): string {
  try {
    parse();
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'model-damaged') return thrown.message;
    throw thrown;
  }
  return 'accepted';
}

/** Rows under a lane and a guide, from a take's start. */
function lively(count: number, seed: number, guided: boolean): DrawInputs & { readonly codeUniform: Float32Array } {
  const steps = count * 512;
  const each = (value: (step: number) => number) => Float32Array.from({ length: steps }, (_, step) => value(step));
  return {
    state: codedStart(sizes),
    temperature: each((step) => (step % 700 < 40 ? 0 : Math.abs(((step * 7) % 8000) / 2000 - 2))),
    uniform: each((step) => uniformOfStep(seed, step)),
    codeUniform: each((step) => codeUniformOfStep(seed, step)),
    guideStrength: each((step) => (guided ? ((step * 3) % 100) / 99 : 0)),
    guideBin: each((step) => (guided ? (step * 5) % 256 : 128)),
  };
}

const extremes = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38, -3e38, 1e30, 2e6];

describe.each(precisions)('a damaged file of %i-bit weights under codes is refused', (precision) => {
  test('control: whole files are not, nor at an odd address', () => {
    const { file } = files[precision];
    expect(refusal(file)).toBe('accepted');
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    expect(refusal(shifted.subarray(3))).toBe('accepted');
  });

  test.each([0, 4, 8, 12, 16, 20, 24, 28, 48, 52, 56, 60, 64])(
    'the header word at %i, whatever it says instead',
    (at) => {
      for (const value of [0, 1, 2, 7, 8, 15, 16, 17, 32, 33, 48, 64, 65, 4096, 4112, 0x7fffffff, 0xffffffff]) {
        const file = changed(precision, (view) => view.setUint32(at, value, true));
        if (Buffer.compare(file, files[precision].file) === 0) continue;
        expect(refusal(file), `${value}`).toContain("The kernel's weights");
      }
    },
  );

  test.each([32, 36, 40, 44, 68, 72, 76])("the guides' number at %i", (at) => {
    for (const value of [...extremes, -1, -0.5]) {
      const file = changed(precision, (view) => view.setFloat32(at, value, true));
      expect(refusal(file), `${value}`).toContain('guide');
    }
  });

  test('what the header does not use yet', () => {
    for (let at = 80; at < 128; at += 1) {
      expect(refusal(changed(precision, (view) => view.setUint8(at, 1)))).toContain('header');
    }
  });

  test('cut off anywhere, or longer', () => {
    const { file, sections } = files[precision];
    for (const { begin, length } of sections) {
      for (const end of [begin, begin + 1, begin + (length >> 1), begin + length - 1]) {
        expect(refusal(file.subarray(0, end)), `${end}`).toMatch(/end after|shorter|begin with/);
      }
    }
    expect(refusal(Uint8Array.from([...file, ...new Uint8Array(16)]))).toContain('long');
  });

  test('of other sizes than the manifest says', () => {
    const { file } = files[precision];
    expect(refusal(file, { ...shape, stateFloats: shape.stateFloats + 2 })).toContain('manifest');
    expect(refusal(file, { ...shape, blockSteps: 64 })).toContain('manifest');
    for (const other of [{ levels: 3 }, { bands: 12 }, { priorWidth: 48 }]) {
      expect(refusal(file, shape, { ...rows, ...other }), JSON.stringify(other)).toContain('manifest');
    }
  });

  test('a float of any section that is not finite, or absurd', () => {
    for (const { name, begin, length } of files[precision].sections) {
      const isWhole = /^(code|top rec|frame [cr]|sample|history|third|output|prior|enter|before|out )/.test(name);
      const isFloat = / (bias|scales)$/.test(name) || !isWhole;
      if (name === 'header' || (precision === 8 && !isFloat && name !== 'codebooks')) continue;
      for (const value of extremes) {
        for (const at of [begin, begin + length - 4]) {
          const file = changed(precision, (view) => view.setFloat32(at, value, true));
          expect(refusal(file), `${name} ${value}`).toMatch(/finite/);
        }
      }
    }
  });
});

test('a file of one kind is none of the other: each says which format it is of', () => {
  const network = randomNetwork(16, 16, 1);
  const plain = writeKernelWeights(network, 8).file;
  expect(refusal(plain)).toContain('are of format 2, and such a model needs format 3');
  const ofPlain = refused(() => parseKernelWeights(files[8].file, kernelShape(network)));
  expect(ofPlain).toContain('are of format 3, and such a model needs format 2');
});

describe.each(precisions)('fuzzed files of %i-bit weights under codes', (precision) => {
  test('are refused, or draw finite audio', async () => {
    const module = await kernelModule();
    const whole = randomWholes(precision);
    const values = [...extremes, 1e6, -1e6, 1e5, 1e-30, -1e-38, 1e-45, 0, 5e3];
    const outcomes = { refused: 0, drawn: 0 };
    for (let round = 0; round < 120; round += 1) {
      const file = changed(precision, (view) => {
        const words = view.byteLength / 4 - 1;
        for (let hits = whole(1, 4); hits > 0; hits -= 1) {
          const word = 4 * whole(round % 8 === 0 ? 0 : 32, words);
          if (round % 3 === 0) view.setUint32(word, whole(0, 0xffffffff), true);
          else view.setFloat32(word, values[whole(0, values.length - 1)] ?? 0, true);
        }
        // Sometimes a whole section becomes as large as it may.
        const { name, begin, length } = files[precision].sections[whole(1, files[precision].sections.length - 1)] ?? {};
        if (round % 4 !== 0 || name === undefined || begin === undefined || length === undefined) return;
        if (precision === 8 && !/bias|input$|starts|scales|places|codebooks/.test(name)) return;
        const sign = whole(0, 1) * 2 - 1;
        for (let at = begin; at < begin + length; at += 4)
          view.setFloat32(at, name.endsWith('scales') ? 25 : sign * 1e6, true);
      });
      const isRefused = refusal(file) !== 'accepted';
      outcomes[isRefused ? 'refused' : 'drawn'] += 1;
      if (isRefused) continue;
      const engine = await CodedKernelModel.load(module, file, shape, rowModel(sizes));
      // It throws where anything is not finite.
      const { sound, entropy } = await engine.draw(lively(3, round, round % 2 === 0));
      expect(sound.length).toBe(1536);
      expect(entropy.every((bits) => bits >= 0 && bits <= 8.001)).toBe(true);
    }
    expect(outcomes.refused).toBeGreaterThan(15);
    expect(outcomes.drawn).toBeGreaterThan(15);
  });

  test('weights that no file can bring, and any inputs, leave all other memory as it was', async () => {
    const whole = randomWholes(precision + 1);
    const module = await kernelModule();
    for (let round = 0; round < 60; round += 1) {
      const packed = packCodedKernel(files[precision].file, shape, rows, 0);
      const { memory } = packed;
      const weightWords = new Float32Array(memory.buffer, weightsAt, files[precision].file.length / 4 - 128);
      for (let hits = whole(1, 400); hits > 0; hits -= 1) {
        weightWords[whole(0, weightWords.length - 1)] = extremes[whole(0, extremes.length - 1)] ?? 0;
      }
      const { exports } = new WebAssembly.Instance(module, { env: { memory } });
      const kernel = exports as unknown as KernelExports;
      const { width, hidden, levels, priorWidth, entered, bands } = packed.sizes;
      const voiceBytes = kernel.voiceBytes(width, hidden, levels, priorWidth, entered, bands);
      const region = memory.grow(2) * pageBytes;
      // Three voices end right at the end of memory, so that what is written beyond traps; before them all is compared.
      const first = memory.buffer.byteLength - 3 * voiceBytes;
      const values = new Float32Array(memory.buffer, first, (3 * voiceBytes) / 4);
      for (let at = 0; at < values.length; at += 1) {
        values[at] = whole(0, 3) === 0 ? (extremes[whole(0, extremes.length - 1)] ?? 0) : whole(-500, 500);
      }
      const before = Uint8Array.from(new Uint8Array(memory.buffer, 0, first));
      expect(first).toBeGreaterThan(region);
      kernel.drawRow(tableAt, first, 3, 0);
      kernel.drawBlockUnderCodes(tableAt, first, 3, round % 2, round % 8);
      expect(Buffer.compare(before, Uint8Array.from(new Uint8Array(memory.buffer, 0, first)))).toBe(0);
    }
  });
});

test('inputs that are not numbers end in finite audio or a failure, of this call only', async () => {
  const engine = await CodedKernelModel.load(await kernelModule(), files[8].file, shape, rowModel(sizes));
  const good = lively(3, 1, true);
  const before = await engine.draw(good);
  const names = ['state', 'temperature', 'uniform', 'codeUniform', 'guideStrength', 'guideBin'] as const;
  for (const name of names) {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -3e38, 3e38]) {
      const drawing = engine.draw({ ...good, [name]: good[name].map(() => value) });
      await drawing.catch((thrown) => expect(thrown).toMatchObject({ name: 'Failure', code: 'model-damaged' }));
      expect(await engine.draw(good)).toEqual(before);
    }
  }
  await expect(engine.draw({ ...good, codeUniform: good.codeUniform.subarray(1) })).rejects.toThrow('wrong lengths');
  const { codeUniform: _, ...without } = good;
  await expect(engine.draw(without)).rejects.toThrow('wrong lengths');
});
