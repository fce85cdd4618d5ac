import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tinyModel } from '../../../../service/src/model/tiny-model.js';
import { playable } from '../../../../service/src/render/playable-model.js';
import { TakeKeeping } from '../../../../service/src/session/takes/keeping.js';
import { TakeSummaries } from '../../../../service/src/session/takes/summaries.js';
import { TakeBook } from '../../../../service/src/take/take-book.js';
import type { ModelReference, TakeRecord } from '../../../../service/src/take/take-record.js';
import { decodeTakes } from '../../../../service/src/wire/decode-takes.js';
import { encodeTakes } from '../../../../service/src/wire/encode-takes.js';
import { TakeRecipes } from '../../../../service/src/wire/messages.js';
import { SessionRig } from '../../../support/session-rig.js';

const model: ModelReference = playable(tinyModel, 'onnx').reference;
const shape = { temperature: 4096, strength: 0, guideBin: 128, condition: 0 };

function taken(): { book: TakeBook; root: TakeRecord; branch: TakeRecord; keeping: TakeKeeping } {
  const book = new TakeBook();
  const root = book.root(model, 1, 0);
  for (let step = 0; step < 100; step += 1) root.append(shape, shape);
  const branch = book.branch(root, 50);
  const warm = { ...shape, temperature: 5000 };
  for (let step = 0; step < 30; step += 1) branch.append(warm, warm);
  return { book, root, branch, keeping: new TakeKeeping(book, true) };
}

const idsOf = (book: TakeBook | undefined) => book?.records.map(({ id }) => id);

describe('what a person does with takes', () => {
  it('is saved with the song: ids, names, what is kept', () => {
    const { book, root, branch, keeping } = taken();
    keeping.name(branch.id, ' Bridge <b>loud</b>\u0007 ');
    keeping.keep(root.id, true);
    const again = decodeTakes(encodeTakes(book));
    expect(idsOf(again)).toEqual(idsOf(book));
    expect(again?.byId(branch.id)?.name).toContain('Bridge <b>loud</b>');
    expect(again?.byId(branch.id)?.name).not.toContain('\u0007');
    expect(again?.byId(root.id)?.kept).toBe(true);
    expect(again?.byId(branch.id)?.kept).toBe(false);
  });

  it('a discarded take is not followed and not saved, until it is brought back', () => {
    const { book, root, branch, keeping } = taken();
    expect(book.covering(model, 1, 60)).toBe(branch);
    keeping.discard(branch.id);
    expect(book.covering(model, 1, 60)).toBe(root);
    expect(idsOf(decodeTakes(encodeTakes(book)))).toEqual([root.id]);
    keeping.restore(branch.id);
    expect(book.covering(model, 1, 60)).toBe(branch);
    expect(idsOf(decodeTakes(encodeTakes(book)))).toEqual([root.id, branch.id]);
  });

  it('what a take that stays has branched from is saved, though it is discarded', () => {
    const { book, root, branch, keeping } = taken();
    keeping.discard(root.id);
    expect(idsOf(decodeTakes(encodeTakes(book)))).toEqual([root.id, branch.id]);
    expect(book.covering(model, 1, 60)).toBe(branch);
  });

  it('is refused where it makes no sense, and says why', () => {
    const { root, keeping, book } = taken();
    keeping.keep(root.id, true);
    expect(() => keeping.discard(root.id)).toThrow(/kept; release/);
    expect(() => keeping.name('0000000000000000', 'x')).toThrow(/no longer there/);
    expect(() => new TakeKeeping(book, false).keep(root.id, true)).toThrow(/later version/);
  });

  it('a song that was saved without ids gets the same ones whenever it is read', () => {
    const { book } = taken();
    const message = TakeRecipes.decode(inflateRawSync(encodeTakes(book)));
    const takes = (message.takes ?? []).map(({ id: _, ...take }) => take);
    const unnamed = deflateRawSync(TakeRecipes.encode({ ...message, takes }).finish());
    const [first, second] = [idsOf(decodeTakes(unnamed)), idsOf(decodeTakes(unnamed))];
    expect(first).toEqual(second);
    expect(new Set(first).size).toBe(2);
    expect(first).not.toEqual(idsOf(book));
  });
});

it('the list of takes says what a person wants to know, and is made anew only when something has changed', () => {
  const { book, root, branch, keeping } = taken();
  const summaries = new TakeSummaries(book);
  const first = summaries.all;
  expect(first).toMatchObject([
    { id: root.id, parent: null, seed: 1, endStep: 100, kept: false, current: false, temperature: [1, 1, 1] },
    { id: branch.id, parent: root.id, firstStep: 50, endStep: 80, current: true, model: 'tiny' },
  ]);
  expect(summaries.all).toBe(first);
  book.use(root);
  expect(summaries.all.map(({ id, current }) => [id, current])).toEqual([
    [root.id, true],
    [branch.id, false],
  ]);
  keeping.discard(root.id);
  expect(summaries.all[0]).toMatchObject({ id: root.id, discarded: true, current: false });
});

describe('a take that plays', () => {
  /** Plays so many blocks of 256 frames from a block on. */
  const play = async (rig: SessionRig, from: number, count: number, keep: boolean) => {
    for (let index = from; index < from + count; index += 1) rig.block(256 * index, { keep });
    await rig.idle();
  };
  const isKept = (rig: SessionRig) => rig.takes.records.at(-1)?.kept;

  it('stays kept by the page while the host plays on without keeping it', async () => {
    const rig = new SessionRig();
    rig.start();
    await play(rig, 0, 4, false);
    expect(isKept(rig)).toBe(false);
    rig.session.keeping.keep(rig.takes.records.at(-1)?.id ?? '', true);
    await play(rig, 4, 4, false);
    expect(isKept(rig)).toBe(true);
    await rig.end();
  });

  it('is kept by the host for as long as it says so', async () => {
    const rig = new SessionRig();
    rig.start();
    await play(rig, 0, 4, true);
    expect(isKept(rig)).toBe(true);
    await play(rig, 4, 4, false);
    expect(isKept(rig)).toBe(false);
    await rig.end();
  });
});
