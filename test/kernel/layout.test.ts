import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limits } from '../../service/src/core/limits.js';
import { levelField, tableAt, tableField, voiceField, weightsAt } from '../../service/src/model/kernel/layout.js';

/** The constants of kernel/src/layout.ts by name. */
const inKernel = new Map(
  [
    ...readFileSync(join(import.meta.dirname, '../../kernel/src/layout.ts'), 'utf8').matchAll(
      /^export const (\w+): usize = (\d+);/gm,
    ),
  ].map(([, name = '', value]) => [name, Number(value)]),
);

const capitalised = (name: string) => name[0]?.toUpperCase() + name.slice(1);

test.each(Object.entries(tableField))('the table has %s at %i on both sides', (name, offset) => {
  expect(inKernel.get(`table${capitalised(name)}`)).toBe(offset);
});

test.each(Object.entries(voiceField))('a voice has %s at %i on both sides', (name, offset) => {
  expect(inKernel.get(`voice${capitalised(name.replace(/Bytes$/, ''))}`)).toBe(offset);
});

test.each(Object.entries(levelField))('a level of codes has %s at %i on both sides', (name, offset) => {
  expect(inKernel.get(`level${capitalised(name)}`)).toBe(offset);
});

test('the table and its levels end before the weights', () => {
  expect(tableAt + tableField.levelsAt + limits.codeLevelsMax * levelField.bytes).toBeLessThanOrEqual(weightsAt);
});

test('no field of the kernel is unknown to the service but its own', () => {
  const own = ['History', 'Rows', 'Scale', 'Sums', 'Heard', 'Scores', 'Weights'].map((name) => `voice${name}`);
  const known = [tableField, levelField, voiceField].flatMap((fields) => Object.keys(fields));
  expect(inKernel.size).toBe(known.length + own.length);
  expect(own.every((name) => inKernel.has(name))).toBe(true);
});
