// @module-tag full
import { beforeAll, describe, expect, test } from 'vitest';
import { binAmplitudes, binOfAmplitude } from '../../service/src/core/mu-law.js';
import { uniformOfStep } from '../../service/src/core/philox.js';
import type { DrawInputs } from '../../service/src/model/engine.js';
import { KernelModel } from '../../service/src/model/kernel/model.js';
import { kernelModule } from '../../service/src/model/kernel/module.js';
import { readModel, type VerifiedModel } from '../../service/src/model/verified-model.js';
import { shippedModelFolder, shippedModels } from '../support/models.js';
import { randomWholes } from '../support/random.js';

const rate = 16_000;
/** In steps of 2 s. The training audio's mean is below 0.002; a take that leans this far has run away. */
const dcWindow = 2 * rate;
const dcMax = 0.1;
/** Of a 20 ms window at or beyond 0.9 of full scale: music touches it, a burst or a stuck rail stays. */
const railWindow = 320;
const railShareMax = 0.5;

interface Health {
  readonly dc: number;
  readonly railShare: number;
}

/** The worst window of each kind. */
function healthOf(audio: Float32Array): Health {
  let dc = 0;
  for (let from = 0; from + dcWindow <= audio.length; from += rate / 2) {
    dc = Math.max(dc, Math.abs(meanOf(audio.subarray(from, from + dcWindow))));
  }
  let railShare = 0;
  for (let from = 0; from + railWindow <= audio.length; from += railWindow) {
    const loud = audio.subarray(from, from + railWindow).filter((value) => Math.abs(value) >= 0.9).length;
    railShare = Math.max(railShare, loud / railWindow);
  }
  return { dc, railShare };
}

const meanOf = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

function expectHealthy(audio: readonly Float32Array[]): void {
  for (const take of audio) {
    const { dc, railShare } = healthOf(take);
    expect(dc).toBeLessThan(dcMax);
    expect(railShare).toBeLessThan(railShareMax);
  }
}

const temperatures = Array.from({ length: 21 }, (_, index) => index / 10);

describe.each(shippedModels())('%s', (name) => {
  let model: VerifiedModel;
  let kernel: KernelModel;
  beforeAll(async () => {
    model = await readModel(shippedModelFolder(name));
    if (model.kernel === undefined) throw new Error('a model without weights for the kernel');
    const { blockSteps, stateFloats, tailGuard } = model.manifest;
    const shape = { blockSteps, stateFloats };
    kernel = await KernelModel.load(await kernelModule(), model.kernel.int8, shape, tailGuard.floor);
  });

  function inputs(seconds: number, seed: number, change: Partial<DrawInputs>): DrawInputs {
    const { blockSteps } = model.manifest;
    const steps = Math.floor((seconds * rate) / blockSteps) * blockSteps;
    return {
      state: model.initialState,
      temperature: new Float32Array(steps).fill(1),
      uniform: Float32Array.from({ length: steps }, (_, step) => uniformOfStep(seed, step)),
      guideStrength: new Float32Array(steps),
      guideBin: new Float32Array(steps).fill(128),
      ...change,
    };
  }

  /** Takes of these inputs, as audio. The kernel itself refuses what is not finite. */
  async function takes(voices: readonly DrawInputs[]): Promise<Float32Array[]> {
    const drawn = await kernel.drawTogether(voices);
    return drawn.map(({ sound, entropy }) => {
      expect(entropy.every((bits) => bits >= 0 && bits <= 8.001)).toBe(true);
      return Float32Array.from(sound, (bin) => binAmplitudes[bin] ?? Number.NaN);
    });
  }

  describe('from one end of temperature to the other', () => {
    test.each(temperatures)(
      'at %f ten seconds neither lean, nor burst, nor stick to the rails',
      async (temperature) => {
        const voices = [1, 2].map((seed) => {
          const plain = inputs(10, seed, {});
          return { ...plain, temperature: plain.temperature.map(() => temperature) };
        });
        expectHealthy(await takes(voices));
      },
    );

    test('and through lanes that jump anywhere at any step', async () => {
      const random = randomWholes(8);
      const voices = [4, 5].map((seed) => {
        let value = 1;
        const plain = inputs(10, seed, {});
        const temperature = plain.temperature.map(() => {
          if (random(0, 300) === 0) value = random(0, 2000) / 1000;
          return value;
        });
        return { ...plain, temperature };
      });
      expectHealthy(await takes(voices));
    });
  });

  describe('guided by junk, at full strength', () => {
    const random = randomWholes(3);
    const junk: Readonly<Record<string, (step: number) => number>> = {
      'not a number': () => Number.NaN,
      'a full-scale square': (step) => (step % 145 < 72 ? 1 : -1),
      'noise at full scale': () => random(0, 2000) / 1000 - 1,
      silence: () => 0,
      denormals: (step) => 1e-42 * (step % 2),
    };
    test.each(Object.entries(junk))('%s', async (_, amplitude) => {
      const plain = inputs(6, 9, {});
      const guideBin = plain.guideBin.map((_unused, step) => binOfAmplitude(amplitude(step)));
      const guideStrength = plain.guideStrength.fill(1);
      const voices = [0.5, 0.75, 1.5].map((value) => ({
        ...plain,
        guideBin,
        guideStrength,
        temperature: plain.temperature.map(() => value),
      }));
      const audio = await takes(voices);
      for (const take of audio) expect(healthOf(take).dc).toBeLessThan(dcMax);
      // A square on the rails is what was asked for; a model that is let go must leave them.
      const { sound, states } = await kernel.draw(voices[0] ?? plain);
      expect(sound.length).toBe(plain.temperature.length);
      const free = { ...inputs(8, 10, {}), state: states.slice(-model.manifest.stateFloats) };
      const [after = new Float32Array()] = await takes([{ ...free, temperature: free.temperature.map(() => 0.9) }]);
      expectHealthy([after.subarray(2 * rate)]);
    });
  });
});

test('control: a take that leans, bursts or is stuck is seen', () => {
  const tone = Float32Array.from({ length: 10 * rate }, (_, step) => 0.5 * Math.sin(step / 7));
  expectHealthy([tone]);
  const leaning = tone.map((value, step) => (step > 5 * rate ? value + 0.2 : value));
  const bursting = tone.map((value, step) =>
    step > 50_000 && step < 50_800 ? Math.sign(Math.sin(step * step)) : value,
  );
  const stuck = tone.map((value, step) => (step > 50_000 ? 1 : value));
  for (const sick of [leaning, bursting, stuck]) expect(() => expectHealthy([sick])).toThrow();
});
