import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noEmphasis } from '../../service/src/core/emphasis.js';
import { limits } from '../../service/src/core/limits.js';
import { silentBin } from '../../service/src/core/mu-law.js';
import { rootKey } from '../../service/src/take/segment-key.js';
import { TakeBook } from '../../service/src/take/take-book.js';
import type { ModelReference } from '../../service/src/take/take-record.js';
import { decodeTakes } from '../../service/src/wire/decode-takes.js';
import { encodeTakes } from '../../service/src/wire/encode-takes.js';
import { TakeRecipes } from '../../service/src/wire/messages.js';
import { randomWholes } from '../support/random.js';

const model: ModelReference = {
  name: 'tiny',
  digest: 'ab'.repeat(32),
  rateHz: 16_000,
  blockSteps: 64,
  engine: 'onnx',
  emphasis: noEmphasis,
  sound: 'mu-law',
};
const engines = ['onnx', 'kernel-int8-1', 'kernel-float32-7'];
const shape = (temperature: number, strength = 0) => ({ temperature, strength, guideBin: silentBin, condition: 0 });

/** As it was written before engines had names: two takes of which one branches, ab…ab, seed 7. */
const oldRecipe = Buffer.from(
  'e36014721360976860d5686035126ee03860d7c0c104471fd898ac983fe83104299c2500221885a4c1e628306a5ce0376279c1fe49cf8af9053b8313' +
    'cb0bf60f7a52ba5c2c25997995420aab090089865a050700',
  'hex',
);

/** A book of takes that branch from one another, and what it says. */
function someBook(seed: number): TakeBook {
  const random = randomWholes(seed);
  const book = new TakeBook();
  for (let take = 0; take < 6; take += 1) {
    const from = book.records[random(0, 9)];
    const branches = from !== undefined && from.endStep > from.origin.firstStep + 2;
    const record = branches
      ? book.branch(from, random(from.origin.firstStep + 1, from.endStep))
      : book.root(
          { ...model, engine: engines[random(0, 2)] ?? '' },
          random(0, 9),
          64 * random(0, 1000),
          book.records[random(0, 9)],
        );
    for (let steps = random(1, 3000); steps > 0; steps -= 1) {
      const delivered = shape(random(2000, 2050), random(0, 2));
      record.append(delivered, random(0, 3) === 0 ? shape(random(2000, 2050)) : delivered);
    }
    record.kept = random(0, 1) === 1;
    record.segmentKeys.set(record.segmentIndex(record.origin.firstStep), randomBytes(32).toString('hex'));
  }
  return book;
}

describe('the recipe of takes', () => {
  test('says all that is remembered', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (seed) => {
        const book = someBook(seed);
        const read = decodeTakes(encodeTakes(book));
        expect(read?.records.length).toBe(book.records.length);
        const byRoot = (records: TakeBook['records']) =>
          records
            .map((record) => {
              const steps = [];
              for (let step = record.origin.rootStep; step < record.endStep; step += 7) {
                steps.push(record.effective(step), record.delivered(step));
              }
              const { seed: own, rootStep, firstStep, model: drawnBy } = record.origin;
              const keys = [...record.segmentKeys];
              const after = record.origin.after?.origin.rootStep;
              const { endStep: end, kept } = record;
              return JSON.stringify({ own, drawnBy, rootStep, firstStep, after, end, kept, keys, steps });
            })
            .toSorted();
        expect(byRoot(read?.records ?? [])).toEqual(byRoot(book.records));
      }),
      { numRuns: 30 },
    );
  });

  test('of a song that was saved before engines had names is of onnx, and is written as it was but for ids', () => {
    const book = decodeTakes(oldRecipe);
    expect(book?.records.map(({ origin }) => [origin.model.engine, origin.seed, origin.rootStep])).toEqual([
      ['onnx', 7, 640],
      ['onnx', 7, 640],
    ]);
    const record = book?.records[0];
    expect([record?.kept, record?.endStep, record?.segmentKey(0)]).toEqual([true, 3640, 'cd'.repeat(32)]);
    expect(record?.keyBefore(0)).toBe(rootKey(model.digest, 7, 640));
    /** All that a recipe says, but for ids and what is nothing. */
    const said = (recipe: Uint8Array) =>
      JSON.stringify(TakeRecipes.decode(inflateRawSync(recipe)), (key, value: unknown) =>
        key === 'id' || value === false || value === '' ? undefined : value,
      );
    expect(said(encodeTakes(book ?? new TakeBook()))).toBe(said(oldRecipe));
  });

  test('of a song that a plugin of protocol 1 saved is read whole', () => {
    const saved = readFileSync(join(import.meta.dirname, '../fixtures/saved-state-of-protocol-1.bin'));
    const { takes } = JSON.parse(saved.subarray(16).toString()) as { takes: string };
    const records = decodeTakes(Buffer.from(takes, 'base64'))?.records ?? [];
    const told = records.map(({ origin, endStep, kept, name }) => ({
      ...{ engine: origin.model.engine, seed: origin.seed, root: origin.rootStep, first: origin.firstStep },
      ...{ endStep, kept, name },
    }));
    const both = { engine: 'kernel-int8-2', seed: 7, root: 640 };
    expect(told).toEqual([
      { ...both, first: 640, endStep: 2640, kept: true, name: 'The good one' },
      { ...both, first: 1640, endStep: 2140, kept: false, name: '' },
    ]);
    expect(records.map((record) => record.effective(1640).temperature)).toEqual([3072 + 250, 4095]);
    expect(records.map((record) => record.delivered(1640))).toEqual([shape(3072 + 250, 40), shape(4096)]);
  });

  test('says which model was chosen, and one that is none was never chosen', () => {
    const read = (name: string, digest: string) => {
      const book = new TakeBook();
      book.choose({ name, digest });
      const decoded = decodeTakes(encodeTakes(book));
      expect(decoded).toBeDefined();
      return decoded?.chosen;
    };
    const chosen = { name: 'film', digest: 'ab'.repeat(32) };
    expect(read(chosen.name, chosen.digest)).toEqual(chosen);
    expect(read('', chosen.digest)).toBeUndefined();
    expect(read('film', 'abab')).toBeUndefined();
    expect(read('x'.repeat(500), chosen.digest)).toBeUndefined();
  });

  test('that names an engine is of a version that services without engines leave alone', () => {
    const versionOf = (engine: string) => {
      const book = new TakeBook();
      book.root({ ...model, engine }, 1, 0).append(shape(4096), shape(4096));
      return TakeRecipes.decode(inflateRawSync(encodeTakes(book))).version;
    };
    expect([versionOf('onnx'), versionOf('kernel-int8-1')]).toEqual([1, 2]);
  });

  test.each([
    ['mu-law', 1, 0],
    ['pcm16', 4, 0],
    ['pcm16-stereo', 5, 2],
  ] as const)('of %s is of version %i, with %i channels, and says so again', (sound, version, channelCount) => {
    const book = new TakeBook();
    book.root({ ...model, sound }, 1, 0).append(shape(4096), shape(4096));
    const bytes = encodeTakes(book);
    const message = TakeRecipes.decode(inflateRawSync(bytes));
    expect([message.version, message.models?.[0]?.channelCount]).toEqual([version, channelCount]);
    expect(decodeTakes(bytes)?.records[0]?.origin.model.sound).toBe(sound);
  });

  test('with channels that no model has is refused', () => {
    const book = new TakeBook();
    book.root({ ...model, sound: 'pcm16-stereo' }, 1, 0).append(shape(4096), shape(4096));
    const message = TakeRecipes.decode(inflateRawSync(encodeTakes(book)));
    const [stereo] = message.models ?? [];
    const read = (codes: boolean, channelCount: number) => {
      const changed = { ...message, models: [{ ...stereo, codes, channelCount }] };
      return decodeTakes(deflateRawSync(TakeRecipes.encode(changed).finish()));
    };
    expect(read(true, 2)).toBeDefined();
    expect(read(true, 3)).toBeUndefined();
    // A model that draws every value has one.
    expect(read(false, 2)).toBeUndefined();
  });

  test.each(['KERNEL', 'kernel int8', '../onnx', 'x'.repeat(65), '\0'])(
    'with an engine that is none is refused: %j',
    (engine) => {
      const book = new TakeBook();
      book.root({ ...model, engine }, 1, 0).append(shape(4096), shape(4096));
      expect(decodeTakes(encodeTakes(book))).toBeUndefined();
    },
  );

  test('is small: an hour of a constant lane, and an hour of ramps', () => {
    const hour = 3600 * model.rateHz;
    const constant = new TakeBook();
    const record = constant.root(model, 1, 0);
    for (const runs of [record.effectiveTemperature, record.deliveredTemperature]) runs.append(4096, hour);
    for (const runs of [record.effectiveStrength, record.deliveredStrength]) runs.append(0, hour);
    expect(encodeTakes(constant).length).toBeLessThan(200);
    const ramps = new TakeBook();
    const ramp = ramps.root(model, 1, 0);
    // 0.75 to 1.1 and back every 30 s, on the grid.
    for (let step = 0; step < hour; step += 167) {
      const phase = Math.abs(((step / 240_000) % 2) - 1);
      const value = Math.round((0.75 + 0.35 * phase) * 4096);
      for (const runs of [ramp.effectiveTemperature, ramp.deliveredTemperature]) runs.append(value, 167);
      for (const runs of [ramp.effectiveStrength, ramp.deliveredStrength]) runs.append(0, 167);
    }
    expect(encodeTakes(ramps).length).toBeLessThan(limits.takesBytesMax / 2);
  });

  test('that does not fit loses the takes that were not used for longest, and never the last', () => {
    const book = new TakeBook();
    const random = randomWholes(4);
    for (let take = 0; take < 8; take += 1) {
      const record = book.root(model, take, 0);
      for (let step = 0; step < 200_000; step += 1) {
        const delivered = shape(random(0, 8192));
        record.append(delivered, delivered);
      }
    }
    const bytes = encodeTakes(book);
    expect(bytes.length).toBeLessThanOrEqual(limits.takesBytesMax);
    const seeds = decodeTakes(bytes)?.records.map(({ origin }) => origin.seed) ?? [];
    expect(seeds.length).toBeGreaterThan(0);
    expect(seeds).toEqual([0, 1, 2, 3, 4, 5, 6, 7].slice(-seeds.length));
  });

  test('damaged in any way is read as something, or not at all, and never throws', () => {
    const bytes = encodeTakes(someBook(1));
    const random = randomWholes(9);
    let refused = 0;
    for (let round = 0; round < 1000; round += 1) {
      const damaged = Uint8Array.from(bytes);
      for (let flips = random(1, 4); flips > 0; flips -= 1) damaged[random(0, damaged.length - 1)] = random(0, 255);
      if (decodeTakes(damaged.subarray(0, random(0, 3) === 0 ? random(1, damaged.length) : undefined)) === undefined) {
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(500);
    expect(decodeTakes(new Uint8Array(0))?.records).toEqual([]);
    expect(decodeTakes(bytes)).toBeDefined();
  });
});
