import { describe, expect, test } from 'vitest';
import { chooseModel } from '../../service/src/cli/choose-model.js';
import { Failure } from '../../service/src/core/failure.js';
import { EngineSelection } from '../../service/src/model/choice/selection.js';
import { noLimit } from '../../service/src/model/engine-name.js';
import { tinyModel } from '../../service/src/model/tiny-model.js';
import type { VerifiedModel } from '../../service/src/model/verified-model.js';
import { playable } from '../../service/src/render/playable-model.js';
import { TakeBook } from '../../service/src/take/take-book.js';
import { decodeTakes } from '../../service/src/wire/decode-takes.js';
import { encodeTakes } from '../../service/src/wire/encode-takes.js';
import { SessionRig } from '../support/session-rig.js';

/** The tiny model under another name, with another content. */
const named = (name: string, content: string): VerifiedModel => ({
  ...tinyModel,
  manifest: { ...tinyModel.manifest, name },
  digest: content.repeat(32),
});
const song = named('song', 'aa');
const film = named('film', 'bb');

/** What an instance plays that remembers these takes, where these models are. */
async function played(
  book: TakeBook,
  models: readonly VerifiedModel[],
  options: { wanted?: string; adopt?: true } = {},
) {
  const model = await chooseModel({
    wanted: options.wanted ?? '',
    defaultModel: 'song',
    takes: decodeTakes(encodeTakes(book)),
    adoptModels: options.adopt ?? false,
    engines: new EngineSelection({
      wish: 'onnx',
      tailGuard: 'on',
      limit: noLimit,
      provider: 'auto',
      speeds: { of: () => new Map([['onnx', 2]]) },
    }),
    load: (name) => {
      const found = models.find(({ manifest }) => manifest.name === name);
      if (found === undefined) throw new Failure('model-missing', `There is no model named "${name}".`);
      return Promise.resolve(found);
    },
    prepare: () => Promise.resolve(),
  });
  return model.kind === 'here' ? model.verified.digest : model;
}

/** A song with a take of each of these models, the last one the newest. */
function takesOf(...models: readonly VerifiedModel[]): TakeBook {
  const book = new TakeBook();
  for (const model of models) {
    const shape = { temperature: 4096, strength: 0, guideBin: 0, condition: 0 };
    const { reference } = playable(model, 'onnx');
    book.root(reference, 1, 0).append(shape, shape);
  }
  return book;
}

function chosen(book: TakeBook, { manifest, digest }: VerifiedModel): TakeBook {
  book.choose({ name: manifest.name, digest });
  return book;
}

describe('what was chosen is played', () => {
  test.each([
    ['in an instance without takes', takesOf()],
    ['over the takes of another model', takesOf(song)],
    ['over newer takes of another model', takesOf(film, song)],
  ])('%s', async (_, book) => {
    expect(await played(book, [song, film])).toBe(song.digest);
    expect(await played(chosen(book, film), [song, film])).toBe(film.digest);
    expect(await played(book, [song, film], { wanted: 'song' })).toBe(film.digest);
  });

  test('in its new content where it has no takes yet, and never in place of what its takes were drawn from', async () => {
    const newer = named('film', 'cc');
    expect(await played(chosen(takesOf(song), film), [song, newer])).toBe(newer.digest);
    const drawn = chosen(takesOf(film, song), film);
    expect(await played(drawn, [song, newer])).toMatchObject({ kind: 'missing', reference: { digest: film.digest } });
    expect(await played(drawn, [song])).toMatchObject({ kind: 'missing', reference: { digest: film.digest } });
    // Chosen anew as it is now, it is played beside the older takes.
    expect(await played(chosen(drawn, newer), [song, newer])).toBe(newer.digest);
  });
});

describe('a session that is to play another model', () => {
  const choice = { name: 'film', digest: film.digest };
  const recipes = (rig: SessionRig) => rig.sent.filter((response) => response.type === 'takes');

  test('says so in the recipe and ends by itself', async () => {
    const rig = new SessionRig();
    rig.start();
    rig.block(0);
    await rig.idle();
    rig.session.chooseModel(choice);
    await rig.ended();
    const last = recipes(rig).at(-1);
    expect(last?.type === 'takes' && decodeTakes(last.recipe)?.chosen).toEqual(choice);
  });

  test('goes on where that is what it plays', async () => {
    const rig = new SessionRig();
    rig.session.chooseModel({ name: tinyModel.manifest.name, digest: tinyModel.digest });
    expect(rig.takes.chosen).toBeUndefined();
    rig.start();
    rig.block(0);
    await rig.idle();
    expect(rig.chunks.length).toBeGreaterThan(0);
    await rig.end();
  });

  test('does not while the host exports', async () => {
    const rig = new SessionRig();
    rig.start({ offline: true });
    rig.block(0);
    await rig.idle();
    expect(() => rig.session.chooseModel(choice)).toThrow(/exporting/);
    expect(rig.takes.chosen).toBeUndefined();
    rig.block(256, { playing: false });
    rig.session.chooseModel(choice);
    await rig.ended();
  });
});
