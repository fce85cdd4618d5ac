import { describe, expect, test } from 'vitest';
import { listModels } from '../../../../service/src/cli/list-models.js';
import { EngineSelection } from '../../../../service/src/model/choice/selection.js';
import { kernelFloat32, kernelInt8, noLimit } from '../../../../service/src/model/engine-name.js';
import { ModelLibrary } from '../../../../service/src/model/model-library.js';
import { providerWishes } from '../../../../service/src/model/provider-wish.js';
import { tinyModel } from '../../../../service/src/model/tiny-model.js';
import { model, speeds } from './example.js';

describe('the engine of a new song', () => {
  const select = (
    measured: ReadonlyMap<string, number>,
    options: Partial<ConstructorParameters<typeof EngineSelection>[0]> = {},
  ) =>
    new EngineSelection({
      wish: 'auto',
      tailGuard: 'on',
      limit: noLimit,
      provider: 'auto',
      speeds: { of: () => measured },
      ...options,
    });
  const unknown = new Map<string, number>();

  test('is the kernel where there is one, unless ONNX Runtime is clearly faster here', () => {
    expect(select(unknown).choice(model)).toBe(kernelInt8);
    expect(select(new Map([['onnx', 50]])).choice(model)).toBe(kernelInt8);
    expect(select(speeds(2, 9)).choice(model)).toBe(kernelInt8);
    expect(select(speeds(9, 9)).choice(model)).toBe(kernelInt8);
    expect(select(speeds(11, 9)).choice(model)).toBe(kernelInt8);
    expect(select(speeds(12, 9)).choice(model)).toBe('onnx');
    expect(select(unknown).choice(tinyModel)).toBe('onnx');
  });

  test('stays ONNX Runtime where another backend than the CPU was asked for', () => {
    for (const provider of providerWishes) {
      const expected = provider === 'auto' || provider === 'cpu' ? kernelInt8 : 'onnx';
      expect(select(speeds(2, 9), { provider }).choice(model)).toBe(expected);
      expect(select(speeds(2, 9), { provider, wish: 'kernel' }).choice(model)).toBe(kernelInt8);
    }
  });

  test('is the one that was asked for, however fast', () => {
    expect(select(speeds(2, 9), { wish: 'onnx' }).choice(model)).toBe('onnx');
    expect(select(speeds(90, 9), { wish: 'kernel' }).choice(model)).toBe(kernelInt8);
    expect(select(unknown, { wish: 'kernel' }).choice(tinyModel)).toBe('onnx');
    expect(select(unknown, { wish: 'kernel' }).allowed(model)).toEqual([kernelInt8, kernelFloat32]);
  });

  test('is without the tail guard where that was asked for; songs go on with the engine they were made with', () => {
    const guarded = { ...model, manifest: { ...model.manifest, tailGuard: { floor: 0.01 } } };
    const off = { tailGuard: 'off' } as const;
    expect(select(unknown).choice(guarded)).toBe(kernelInt8);
    expect(select(unknown, off).choice(guarded)).toBe('kernel-int8-2-unguarded');
    expect(select(speeds(12, 9), off).choice(guarded)).toBe('onnx-unguarded');
    expect(select(unknown, { ...off, wish: 'onnx' }).choice(guarded)).toBe('onnx-unguarded');
    // A model without a guard has no engine that goes without it.
    expect(select(unknown, off).choice(model)).toBe(kernelInt8);
    expect(select(unknown, off).choice(tinyModel)).toBe('onnx');
    expect(select(unknown).allowed(guarded)).toEqual(select(unknown, off).allowed(guarded));
    expect(select(unknown).allowed(guarded)).toContain('kernel-float32-2-unguarded');
    expect(select(unknown, { wish: 'kernel' }).allowed(guarded)).not.toContain('onnx-unguarded');
    // What was measured of an engine with the guard is its speed without it.
    expect(select(speeds(2, 9.25), off).describe(guarded)).toEqual({
      engine: 'kernel-int8-2-unguarded',
      realTimeFactor: 9.25,
    });
  });

  test('is told to people with its speed', async () => {
    const lines: string[] = [];
    const list = (selection: EngineSelection) =>
      listModels(
        new ModelLibrary([]),
        selection,
        (line) => lines.push(line),
        () => {},
      );
    await list(select(unknown));
    await list(select(new Map([['onnx', 31.4]])));
    expect(lines.map((line) => line.split('\t')[4])).toEqual([
      'built in, not measured yet',
      'built in, 31 × real time',
    ]);
    expect(select(speeds(2, 9.25)).describe(model)).toEqual({ engine: kernelInt8, realTimeFactor: 9.25 });
    expect(select(unknown).describe(model)).toEqual({ engine: kernelInt8, realTimeFactor: 0 });
    const noKernel = { ...model, manifest: { ...model.manifest, kernel: undefined } };
    expect(select(unknown, { wish: 'kernel' }).describe(noKernel)).toEqual({ engine: 'none', realTimeFactor: 0 });
  });
});
