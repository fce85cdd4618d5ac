import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import { describe, expect, test } from 'vitest';
import { limits } from '../../service/src/core/limits.js';
import { Runs } from '../../service/src/take/runs.js';
import type { TakeBook } from '../../service/src/take/take-book.js';
import { RequestDecoder } from '../../service/src/wire/decode.js';
import { decodeTakes, decodeTakesAside } from '../../service/src/wire/decode-takes.js';
import { countFields } from '../../service/src/wire/wire-scan.js';

/** The thread may be busy for 50 ms; a machine that does other things makes more of them. */
const busyMillisMax = 400;
const grownBytesMax = 160 * 2 ** 20;

/** Reads a recipe beside a clock, and says for how long nothing else was done, and by how much the process grew. */
async function reading(recipe: Uint8Array): Promise<{ book: TakeBook | undefined; busyMillis: number; grown: number }> {
  let busyMillis = 0;
  let grown = 0;
  let last = performance.now();
  const before = process.memoryUsage().rss;
  const look = () => {
    const now = performance.now();
    busyMillis = Math.max(busyMillis, now - last);
    grown = Math.max(grown, process.memoryUsage().rss - before);
    last = performance.now();
  };
  const ticking = setInterval(look, 0);
  const book = await decodeTakesAside(recipe);
  look();
  clearInterval(ticking);
  return { book, busyMillis, grown };
}

const tagOf = (field: number, wireType: number) => (field << 3) | wireType;

/** A message: [field, value] with a number for a varint, bytes for what has a length. */
type Field = readonly [field: number, value: number | Uint8Array];
function messageOf(fields: readonly Field[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const [field, value] of fields) {
    if (typeof value === 'number') writer.uint32(tagOf(field, 0)).uint32(value);
    else writer.uint32(tagOf(field, 2)).bytes(value);
  }
  return writer.finish();
}

const repeated = (piece: Uint8Array, count: number) => Buffer.alloc(piece.length * count, piece);
const recipeOf = (...pieces: Uint8Array[]) => deflateRawSync(Buffer.concat(pieces));

const model = messageOf([
  [1, Buffer.from('tiny')],
  [2, Buffer.alloc(32, 0xab)],
  [3, 16_000],
  [4, 64],
]);
const head = messageOf([
  [1, 1],
  [3, model],
]);
const take = (fields: readonly Field[]) => messageOf([[2, messageOf(fields)]]);
/** Zigzag: one step of 1 more, one step of 1 less, and so on. */
const upAndDown = (runs: number) => Buffer.alloc(2 * runs, Uint8Array.of(2, 2, 2, 1));
const chained = (count: number) =>
  Buffer.concat(
    Array.from({ length: count }, (_, index) =>
      take([
        [4, index],
        [5, index],
        [6, Uint8Array.of(4, 2)],
        [7, Uint8Array.of(4, 0)],
      ]),
    ),
  );

const bombs: [string, () => Uint8Array, 'read' | 'refused'][] = [
  [
    '30 000 takes with ids',
    () =>
      recipeOf(
        head,
        ...Array.from({ length: 30_000 }, (_, i) => take([[13, Buffer.from(i.toString(16).padStart(16, '0'), 'hex')]])),
      ),
    'refused',
  ],
  ['as many takes as may be, without ids', () => recipeOf(head, repeated(take([]), limits.recipeTakesMax)), 'read'],
  ['33 million empty takes', () => recipeOf(head, repeated(take([]), 33_000_000)), 'refused'],
  ['four million empty takes', () => recipeOf(head, repeated(take([]), 4_000_000)), 'refused'],
  ['four million fields that nobody knows', () => recipeOf(head, repeated(messageOf([[99, 1]]), 2_500_000)), 'refused'],
  [
    'four million such fields within a take',
    () => recipeOf(head, take([[99, 1]]), messageOf([[2, repeated(messageOf([[99, 1]]), 2_000_000)]])),
    'refused',
  ],
  ['models without an end', () => recipeOf(head, repeated(messageOf([[3, model]]), 100_000)), 'refused'],
  [
    'a quarter of a million keys',
    () => recipeOf(head, messageOf([[2, repeated(messageOf([[10, Buffer.alloc(32)]]), 240_000)]])),
    'refused',
  ],
  ['a name of eight million letters', () => recipeOf(head, take([[14, Buffer.alloc(8_000_000, 'x')]])), 'refused'],
  [
    'runs that are not packed',
    () => recipeOf(head, messageOf([[2, repeated(messageOf([[6, 2]]), 2_000_000)]])),
    'refused',
  ],
  [
    'two million runs of one step',
    () =>
      recipeOf(
        head,
        take([
          [6, upAndDown(2_000_000)],
          [7, Uint8Array.of(0x80, 0x92, 0xf4, 1, 0)],
        ]),
      ),
    'read',
  ],
  [
    'two million runs, and two million others of what was delivered',
    () =>
      recipeOf(
        head,
        take([
          [6, upAndDown(2_000_000)],
          [7, Uint8Array.of(0x80, 0x92, 0xf4, 1, 0)],
          [8, upAndDown(2_000_000)],
        ]),
      ),
    'read',
  ],
  ['a number without an end', () => recipeOf(head, Buffer.alloc(4_000_000, 0xff)), 'refused'],
  ['groups in groups', () => recipeOf(head, Buffer.alloc(4_000_000, tagOf(2, 3))), 'refused'],
  ['a branch of a branch, as often as may be', () => recipeOf(head, chained(limits.recipeTakesMax)), 'read'],
];

describe('a recipe that wants too much', () => {
  test.each(bombs)('%s', async (_, make, expected) => {
    const recipe = make();
    expect(recipe.length).toBeLessThanOrEqual(limits.takesBytesMax);
    const { book, busyMillis, grown } = await reading(recipe);
    expect(book === undefined ? 'refused' : 'read').toBe(expected);
    expect(busyMillis).toBeLessThan(busyMillisMax);
    expect(grown).toBeLessThan(grownBytesMax);
  });

  test('however it is put together, is read or refused in time, and the same at once as aside', async () => {
    const number = fc.oneof(fc.nat(20), fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1));
    const times = fc.constantFrom(1, 2, 65, 5000, 300_000);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 4 }), times).map(([piece, count]) => repeated(piece, count)),
      fc.constantFrom(upAndDown(3), upAndDown(100_000), Buffer.alloc(32, 7), Buffer.alloc(8, 9)),
    );
    const field = fc.tuple(fc.nat(20), fc.oneof(number, bytes)) as fc.Arbitrary<Field>;
    const part = fc
      .tuple(
        fc.oneof(fc.array(field, { maxLength: 12 }).map(messageOf), fc.array(field, { maxLength: 12 }).map(take)),
        times,
      )
      .filter(([piece, count]) => piece.length * count < 40 * 2 ** 20)
      .map(([piece, count]) => repeated(piece, count));
    const recipes = fc.array(part, { maxLength: 4 }).map((parts) => recipeOf(head, ...parts));
    await fc.assert(
      fc.asyncProperty(recipes, async (recipe) => {
        const { book, busyMillis, grown } = await reading(recipe);
        expect(decodeTakes(recipe)?.records.length).toBe(book?.records.length);
        expect(busyMillis).toBeLessThan(busyMillisMax);
        expect(grown).toBeLessThan(grownBytesMax);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a message that wants too much', () => {
  const decode = (bytes: Uint8Array) => new RequestDecoder().decode(bytes);
  const block = (within: Uint8Array) =>
    messageOf([
      [
        3,
        messageOf([
          [3, 64],
          [21, within],
        ]),
      ],
    ]);

  test.each([
    ['half a million breakpoints of nothing', block(repeated(messageOf([[3, new Uint8Array(0)]]), 500_000))],
    ['half a million fields that nobody knows', repeated(messageOf([[99, 1]]), 300_000)],
    ['heartbeats in one message', repeated(messageOf([[5, new Uint8Array(0)]]), 500_000)],
  ])('is refused before anything is made of it: %s', (_, bytes) => {
    expect(bytes.length).toBeLessThanOrEqual(limits.messageBytesMax);
    expect(() => decode(bytes)).toThrow('cannot be decoded');
  });

  test('control: a breakpoint for every frame of the largest block, in every lane, is let in', () => {
    const point = messageOf([
      [1, 1],
      [2, new Uint8Array(0)],
      [3, 1],
    ]);
    const lane = messageOf([[1, 1], ...Array.from({ length: limits.blockBreakpointsMax }, (): Field => [3, point])]);
    const bytes = messageOf([[3, messageOf(Array.from({ length: 6 }, (): Field => [21, lane]))]]);
    expect(countFields(bytes, { 3: { 21: { 3: {} } } }, limits.messageFieldsMax)).toBeGreaterThan(6 * 4 * 8192);
  });
});

test('runs that begin with those of others are their own from then on', () => {
  const runs = new Runs(5);
  for (let step = 0; step < 20; step += 1) runs.append(step % 3);
  const other = new Runs(5);
  other.take(runs);
  runs.append(7, 2);
  other.append(8, 3);
  expect([...runs.entries()].slice(-2)).toEqual([
    [1, 1],
    [2, 7],
  ]);
  expect([...other.entries()].slice(-2)).toEqual([
    [1, 1],
    [3, 8],
  ]);
  expect([runs.at(26), other.at(27), runs.at(24), other.at(24)]).toEqual([7, 8, 1, 1]);
});
