import { describe, expect, test } from 'vitest';
import { Failure } from '../../service/src/core/failure.js';
import { pageBytes, tableAt, weightsAt } from '../../service/src/model/kernel/layout.js';
import { KernelModel } from '../../service/src/model/kernel/model.js';
import { kernelModule } from '../../service/src/model/kernel/module.js';
import { packKernel } from '../../service/src/model/kernel/packing.js';
import { parseKernelWeights } from '../../service/src/model/kernel/weights.js';
import { lively } from '../support/kernel-models.js';
import { kernelShape, randomNetwork, writeKernelWeights } from '../support/kernel-weights.js';
import { randomWholes } from '../support/random.js';

const network = randomNetwork(16, 16, 1);
const shape = kernelShape(network);
const files = { 8: writeKernelWeights(network, 8), 32: writeKernelWeights(network, 32) } as const;
const precisions = [8, 32] as const;

/** A copy of a good file with something done to it. */
function changed(precision: 8 | 32, change: (view: DataView) => void): Uint8Array {
  const copy = Uint8Array.from(files[precision].file);
  change(new DataView(copy.buffer));
  return copy;
}

function refusal(file: Uint8Array, ofShape = shape): string {
  try {
    parseKernelWeights(file, ofShape);
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'model-damaged') return thrown.message;
    throw thrown;
  }
  return 'accepted';
}

const extremes = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38, -3e38, 1e30, 2e6];

describe.each(precisions)('a damaged file of %i-bit weights is refused', (precision) => {
  test('control: whole files are not, nor at an odd address', () => {
    const { file } = files[precision];
    expect(refusal(file)).toBe('accepted');
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    expect(refusal(shifted.subarray(3))).toBe('accepted');
  });

  test.each([0, 4, 8, 12, 16, 20, 24, 28])('the header word at %i, whatever it says instead', (offset) => {
    for (const value of [0, 1, 7, 8, 15, 17, 32, 48, 64, 65, 4096, 4112, 0x7fffffff, 0xffffffff]) {
      const file = changed(precision, (view) => view.setUint32(offset, value, true));
      if (Buffer.compare(file, files[precision].file) === 0) continue;
      expect(refusal(file), `${value}`).toContain("The kernel's weights");
    }
  });

  test.each([32, 36, 40])("the guide's number at %i", (offset) => {
    for (const value of [...extremes, -1, -0.5]) {
      const file = changed(precision, (view) => view.setFloat32(offset, value, true));
      expect(refusal(file), `${value}`).toContain('guide');
    }
  });

  test('a guide of no width', () => {
    expect(refusal(changed(precision, (view) => view.setFloat32(36, 0, true)))).toContain('guide');
  });

  test.each([-0.1, 1.1, Number.NaN])('a guide that is %f of what is heard', (mix) => {
    expect(refusal(changed(precision, (view) => view.setFloat32(44, mix, true)))).toContain('guide of mix');
  });

  test('what the header does not use yet', () => {
    for (let offset = 48; offset < 64; offset += 1) {
      expect(refusal(changed(precision, (view) => view.setUint8(offset, 1)))).toContain('header');
    }
  });

  test('cut off anywhere, or longer', () => {
    const { file, sections } = files[precision];
    const lengths = sections.flatMap(({ begin, length }) => [
      begin,
      begin + 1,
      begin + (length >> 1),
      begin + length - 1,
    ]);
    for (const length of lengths.filter((length) => length < file.length)) {
      expect(refusal(file.subarray(0, length)), `${length}`).toMatch(/end after|shorter|begin with/);
    }
    expect(refusal(Uint8Array.from([...file, ...new Uint8Array(16)]))).toContain('long');
    expect(refusal(new Uint8Array(0))).toContain('shorter');
  });

  test('another shape than the manifest says', () => {
    const { file } = files[precision];
    expect(refusal(file, { ...shape, stateFloats: shape.stateFloats + 2 })).toContain('manifest');
    expect(refusal(file, { ...shape, blockSteps: 32 })).toContain('manifest');
  });

  test('a float of any section that is not finite, or absurd', () => {
    for (const { name, begin, length } of files[precision].sections) {
      const whole =
        precision === 8 && !name.endsWith('scales') && /_recurrent$|condition$|third$|output$|history$/.test(name);
      if (name === 'header' || whole) continue;
      for (const value of extremes) {
        for (const offset of [begin, begin + length - 4]) {
          const file = changed(precision, (view) => view.setFloat32(offset, value, true));
          expect(refusal(file), `${name} ${value}`).toMatch(/finite/);
        }
      }
    }
  });
});

test('an 8-bit value of −128 and a negative scale are refused', () => {
  for (const { name, begin } of files[8].sections) {
    if (name === 'third') expect(refusal(changed(8, (view) => view.setInt8(begin + 5, -128)))).toContain('−128');
    if (name.endsWith('scales')) {
      expect(refusal(changed(8, (view) => view.setFloat32(begin, -0.1, true))), name).toContain('negative');
    }
  }
});

describe.each(precisions)('fuzzed files of %i-bit weights', (precision) => {
  test('are refused, or draw finite audio', { timeout: 120_000 }, async () => {
    const module = await kernelModule();
    const whole = randomWholes(precision);
    const values = [...extremes, 1e6, -1e6, 1e5, 1e-30, -1e-38, 1e-45, 0, 5e3];
    const outcomes = { refused: 0, drawn: 0 };
    for (let round = 0; round < 400; round += 1) {
      const file = changed(precision, (view) => {
        const words = view.byteLength / 4 - 1;
        for (let hits = whole(1, 4); hits > 0; hits -= 1) {
          const word = 4 * whole(round % 8 === 0 ? 0 : 16, words);
          if (round % 3 === 0) view.setUint32(word, whole(0, 0xffffffff), true);
          else view.setFloat32(word, values[whole(0, values.length - 1)] ?? 0, true);
        }
        // Sometimes a whole section becomes as large as it may.
        const { name, begin, length } = files[precision].sections[whole(1, files[precision].sections.length - 1)] ?? {};
        if (round % 5 !== 0 || begin === undefined || length === undefined) return;
        if (precision === 8 && !/bias|input|start|scales/.test(name ?? '')) return;
        const sign = whole(0, 1) * 2 - 1;
        for (let at = begin; at < begin + length; at += 4)
          view.setFloat32(at, name?.endsWith('scales') ? 25 : sign * 1e6, true);
      });
      const refused = refusal(file) !== 'accepted';
      outcomes[refused ? 'refused' : 'drawn'] += 1;
      if (refused) continue;
      const engine = await KernelModel.load(module, file, shape);
      // It throws where anything is not finite.
      const { sound, entropy } = await engine.draw(lively(network, 3, round, round % 2 === 0));
      expect(sound.length).toBe(192);
      expect(entropy.every((bits) => bits >= 0 && bits <= 8.001)).toBe(true);
    }
    expect(outcomes.refused).toBeGreaterThan(50);
    expect(outcomes.drawn).toBeGreaterThan(50);
  });

  test('weights that no file can bring, and any inputs, leave all other memory as it was', async () => {
    const whole = randomWholes(precision + 1);
    const module = await kernelModule();
    for (let round = 0; round < 100; round += 1) {
      const packed = packKernel(files[precision].file, shape, 0);
      const { memory } = packed;
      const weightWords = new Float32Array(memory.buffer, weightsAt, files[precision].file.length / 4 - 64);
      for (let hits = whole(1, 400); hits > 0; hits -= 1) {
        weightWords[whole(0, weightWords.length - 1)] = extremes[whole(0, extremes.length - 1)] ?? 0;
      }
      const { exports } = new WebAssembly.Instance(module, { env: { memory } });
      const voiceBytes = (exports.voiceBytes as (width: number, hidden: number) => number)(16, 16);
      const region = memory.grow(2) * pageBytes;
      // Three voices end right at the end of memory, so that what is written beyond traps; before them all is compared.
      const first = memory.buffer.byteLength - 3 * voiceBytes;
      const values = new Float32Array(memory.buffer, first, (3 * voiceBytes) / 4);
      for (let at = 0; at < values.length; at += 1) {
        values[at] = whole(0, 3) === 0 ? (extremes[whole(0, extremes.length - 1)] ?? 0) : whole(-500, 500);
      }
      const before = Uint8Array.from(new Uint8Array(memory.buffer, 0, first));
      expect(first).toBeGreaterThan(region);
      (exports.drawBlock as (table: number, region: number, voices: number, forced: number) => void)(
        tableAt,
        first,
        3,
        round % 2,
      );
      expect(Buffer.compare(before, Uint8Array.from(new Uint8Array(memory.buffer, 0, first)))).toBe(0);
    }
  });
});

test('inputs that are not numbers end in finite audio or a failure, of this call only', async () => {
  const engine = await KernelModel.load(await kernelModule(), files[8].file, shape);
  const good = lively(network, 2, 1, true);
  const before = await engine.draw(good);
  for (const name of ['state', 'temperature', 'uniform', 'guideStrength', 'guideBin'] as const) {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -3e38, 3e38]) {
      const drawing = engine.draw({ ...good, [name]: good[name].map(() => value) });
      await drawing.catch((thrown) => expect(thrown).toMatchObject({ name: 'Failure', code: 'model-damaged' }));
      expect(await engine.draw(good)).toEqual(before);
    }
  }
  await expect(engine.draw({ ...good, uniform: good.uniform.subarray(1) })).rejects.toThrow('wrong lengths');
});
