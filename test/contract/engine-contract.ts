import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EngineUnderTest, engineContract, voicesOf } from '../../service/src/check/engine-contract.js';
import type { BlockEngine, DrawnBlocks } from '../../service/src/model/engine.js';
import type { VerifiedModel } from '../../service/src/model/verified-model.js';

/**
 * What every engine must keep: what `simmer models check` holds a model against, and what only engines can be held against, that
 * draw several voices in one call. Any implementation of the port runs this, and so does a broken one, to see it fail.
 */
export function describeEngineContract(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(`the engine contract: ${name}`, () => {
    let engine: BlockEngine;
    let model: VerifiedModel;
    beforeAll(async () => {
      ({ engine, model } = await open());
    });
    afterAll(() => engine.close());

    for (const [title, check] of Object.entries(wholeContract)) test(title, () => check({ engine, model }));
  });
}

export const wholeContract: Readonly<Record<string, (under: EngineUnderTest) => Promise<void>>> = {
  ...engineContract,

  'voices that are drawn together are, bit for bit, what each of them is alone': async (under) => {
    for (const count of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      const voices = voicesOf(under, count);
      const before = structuredClone(voices);
      const together = structuredClone(await under.engine.drawTogether(voices));
      expect(voices).toEqual(before);
      expect(together.length).toBe(count);
      const alone: DrawnBlocks[] = [];
      for (const voice of voices) alone.push(structuredClone(await under.engine.draw(voice)));
      expect(together).toEqual(alone);
      // Voices that all drew the same would be equal in any order.
      expect(new Set(together.map(({ sound }) => sound.join())).size).toBe(count);
    }
  },

  'voices that are drawn together do not hear one another': async (under) => {
    const voices = voicesOf(under, 5);
    const plain = structuredClone(await under.engine.drawTogether(voices));
    for (const changed of [0, 2, 4]) {
      const other = voices.map((voice, index) =>
        index === changed ? { ...voice, temperature: voice.temperature.map((value) => 2 - value) } : voice,
      );
      const drawn = await under.engine.drawTogether(other);
      expect(drawn[changed]?.sound).not.toEqual(plain[changed]?.sound);
      const rest = <T>(values: readonly T[]) => values.filter((_, index) => index !== changed);
      expect(rest(drawn)).toEqual(rest(plain));
    }
  },
};
