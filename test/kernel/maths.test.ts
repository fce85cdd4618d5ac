import { describe, expect, test } from 'vitest';
import { kernelModule } from '../../service/src/model/kernel/module.js';

const names = ['exp', 'sigmoid', 'tanh', 'ln'] as const;
type Name = (typeof names)[number];

const exact: Readonly<Record<Name, (x: number) => number>> = {
  exp: Math.exp,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  ln: Math.log,
};

/** What the kernel gives for these floats. */
async function applied(which: Name, values: Float32Array): Promise<Float32Array> {
  const pages = Math.ceil(values.byteLength / 65_536) + 1;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const { exports } = new WebAssembly.Instance(await kernelModule(), { env: { memory } });
  const apply = exports.applyMaths as (which: number, at: number, count: number) => void;
  const inside = new Float32Array(memory.buffer, 64, values.length);
  inside.set(values);
  apply(names.indexOf(which), 64, values.length);
  return Float32Array.from(inside);
}

/** Floats spread over a range, and its ends. */
function spread(low: number, high: number, count = 200_000): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
}

/** The largest error: relative, or absolute where `scale` is 1. */
async function largestError(which: Name, values: Float32Array, scale: (y: number) => number): Promise<number> {
  const found = await applied(which, values);
  let largest = 0;
  for (const [i, x] of values.entries()) {
    const y = exact[which](x);
    largest = Math.max(largest, Math.abs((found[i] ?? Number.NaN) - y) / scale(y));
  }
  return largest;
}

describe("the kernel's functions against float64", () => {
  // The figures of kernel/README.md. A float has a relative rounding error of 6e-8.
  test('exp: relative 1.3e-7 from -87 to 88', async () => {
    expect(await largestError('exp', spread(-87, 88), (y) => y)).toBeLessThan(1.3e-7);
    expect(await largestError('exp', spread(-0.001, 0.001), (y) => y)).toBeLessThan(1.3e-7);
  });
  test('sigmoid: absolute 1.2e-7', async () => {
    expect(await largestError('sigmoid', spread(-120, 120), () => 1)).toBeLessThan(1.2e-7);
  });
  test('tanh: absolute 1.8e-7', async () => {
    expect(await largestError('tanh', spread(-60, 60), () => 1)).toBeLessThan(1.8e-7);
    expect(await largestError('tanh', spread(-0.1, 0.1), () => 1)).toBeLessThan(1.8e-7);
  });
  test('ln: absolute 3e-7 from 1 to 256, the range of a sum of 256 weights of which one is 1', async () => {
    expect(await largestError('ln', spread(1, 256), () => 1)).toBeLessThan(3e-7);
  });

  test('what lies beyond: exactly 0, exactly ±1, and no number stays finite', async () => {
    expect([...(await applied('exp', Float32Array.of(0, -87.1, -1e30, Number.NEGATIVE_INFINITY)))]).toEqual([
      1, 0, 0, 0,
    ]);
    const far = Float32Array.of(1e30, -1e30, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    expect([...(await applied('tanh', far))]).toEqual([1, -1, 1, -1]);
    expect([...(await applied('sigmoid', far))]).toEqual([1, 0, 1, 0]);
    expect([...(await applied('ln', Float32Array.of(1, 1, 1, 1)))]).toEqual([0, 0, 0, 0]);
  });

  test('control: an error of a few units in the last place is seen', async () => {
    const off = Math.exp(1) * (1 + 2e-7);
    const [y = 0] = await applied('exp', Float32Array.of(1, 1, 1, 1));
    expect(Math.abs(y - off) / off).toBeGreaterThan(1.3e-7);
  });
});
