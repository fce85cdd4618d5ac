import { expect, test } from 'vitest';
import { packCondition } from '../../../../service/src/core/condition.js';
import { amplitudeOf } from '../../../../service/src/core/sound.js';
import { soundOf } from '../../../../service/src/model/manifest.js';
import {
  codesEngine,
  codesModel,
  newestCodes,
  referenceCodes,
  referenceFloats,
  rowInputs,
} from '../../../support/codes-fixture.js';
import { shippedModels } from '../../../support/models.js';

/** Artist and genre that a reference was drawn for: tiny.py, ship.py and musicgen/export.py say so. */
const pairs: Readonly<Record<string, readonly [artist: number, genre: number]>> = {
  'vq-tiny': [0, 1],
  'vq-tiny-stereo': [0, 1],
  'musicgen-tiny': [1, 0],
  pairs: [3, 1],
};

// MusicGen's was drawn with the library that it comes from, which knows nothing of this contract.
test.each(['vq-tiny', 'vq-tiny-stereo', 'musicgen-tiny', ...shippedModels('vq-prior')])(
  '%s: the tokens that PyTorch draws, over twenty seconds and several windows, and the sound that it decodes',
  async (name) => {
    const model = await codesModel(name);
    const { manifest } = model;
    const { blockSteps, stateFloats } = manifest;
    const { levels, delaysRows } = manifest.codes;
    const codes = referenceCodes(name);
    const uniform = referenceFloats(name, 'uniform.f32');
    const temperature = referenceFloats(name, 'temperature.f32');
    const audio = referenceFloats(name, 'audio.f32');
    const entropy = referenceFloats(name, 'entropy.f32');
    const [artist, genre] = pairs[name] ?? [0, 0];
    const condition = packCondition({ artist, genre, otherArtist: 0, otherGenre: 0, blend: 0 }, manifest.labels);
    const engine = await codesEngine(model);
    const kind = soundOf(manifest);
    const rows = Array.from(temperature, (value, row) => ({
      temperature: value,
      condition,
      uniform: [...uniform.subarray(row * levels, (row + 1) * levels)],
    }));
    expect((rows.length * blockSteps) / manifest.sampleRateHz).toBeGreaterThan(19.9);
    expect(rows.length).toBeGreaterThan(manifest.prior.windowRows + 2 * manifest.prior.hopRows);
    let state = model.initialState;
    let farthest = 0;
    let farthestBits = 0;
    for (let row = 0; row < rows.length; row += 41) {
      const part = rows.slice(row, row + 41);
      const drawn = await engine.draw(rowInputs(manifest, state, row, part));
      state = drawn.states.slice(-stateFloats);
      const found = newestCodes(manifest, drawn.states).flat();
      expect(found).toEqual([...codes.subarray(row * levels, (row + part.length) * levels)]);
      for (const [index, value] of drawn.sound.entries()) {
        for (let channel = 0; channel < manifest.channels; channel += 1) {
          // A row's audio is one channel after the other.
          const rows = row + Math.floor(index / blockSteps);
          const expected = audio[(rows * manifest.channels + channel) * blockSteps + (index % blockSteps)];
          if (expected === undefined) continue;
          const found = amplitudeOf(kind, value, channel);
          farthest = Math.max(farthest, Math.abs(found - Math.min(1, Math.max(-1, expected))));
        }
      }
      for (const [index] of part.entries()) {
        const at = (row + index) * levels;
        const drawnLevels = delaysRows.filter((delay) => delay <= row + index).length;
        const mean = entropy.subarray(at, at + levels).reduce((sum, bits) => sum + bits, 0) / drawnLevels;
        farthestBits = Math.max(farthestBits, Math.abs(mean - (drawn.entropy[index * blockSteps] ?? 0)));
      }
    }
    expect(farthest).toBeLessThan(1e-4);
    expect(Math.max(...audio.map(Math.abs))).toBeGreaterThan(0.1);
    expect(farthestBits).toBeLessThan(1e-3);
    await engine.close();
  },
);
