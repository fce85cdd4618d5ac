import { describe, expect, test } from 'vitest';
import { chooseModel } from '../../service/src/cli/choose-model.js';
import { EngineSelection } from '../../service/src/model/choice/selection.js';
import {
  type CodeLimit,
  type EngineWish,
  kernelInt8,
  noLimit,
  type TailGuardWish,
  underLimit,
} from '../../service/src/model/engine-name.js';
import type { SampleRnnManifest } from '../../service/src/model/manifest.js';
import type { ProviderWish } from '../../service/src/model/provider-wish.js';
import { tinyModel } from '../../service/src/model/tiny-model.js';
import type { VerifiedModel } from '../../service/src/model/verified-model.js';
import { playable } from '../../service/src/render/playable-model.js';
import type { SessionModel } from '../../service/src/session/session.js';
import { TakeBook } from '../../service/src/take/take-book.js';
import { decodeTakes } from '../../service/src/wire/decode-takes.js';
import { encodeTakes } from '../../service/src/wire/encode-takes.js';
import { SessionRig } from '../support/session-rig.js';

/** The tiny model as one that has a graph, a kernel and a tail guard. */
const manifest: SampleRnnManifest = {
  ...tinyModel.manifest,
  tailGuard: { ...tinyModel.manifest.tailGuard, floor: 0.01 },
  files: Object.fromEntries(['tiny', 'i8', 'f32'].map((name) => [name, { bytes: 0, sha256: '' }])),
  kernel: { int8: 'i8', float32: 'f32' },
};
const model: VerifiedModel = { ...tinyModel, manifest };
const another: VerifiedModel = { ...model, digest: 'cd'.repeat(32) };

/** Everything that a service chooses by when it is started, or finds out. */
interface Machine {
  readonly onnxFactor: number;
  readonly wish: EngineWish;
  readonly tailGuard: TailGuardWish;
  readonly limit: CodeLimit;
  readonly provider: ProviderWish;
  readonly here: VerifiedModel;
  readonly adoptModels: boolean;
  readonly defaultModel: string;
}

const machine: Machine = {
  onnxFactor: 2,
  wish: 'auto',
  tailGuard: 'on',
  limit: noLimit,
  provider: 'auto',
  here: model,
  adoptModels: false,
  defaultModel: 'tiny',
};

function open(change: Partial<Machine>, takes: TakeBook | undefined): Promise<SessionModel> {
  const { onnxFactor, here, adoptModels, defaultModel, ...wishes } = { ...machine, ...change };
  const factors = new Map<string, number>([
    [kernelInt8, 4],
    ['onnx', onnxFactor],
  ]);
  return chooseModel({
    wanted: '',
    defaultModel,
    takes,
    adoptModels,
    engines: new EngineSelection({ ...wishes, speeds: { of: () => factors } }),
    load: (name) => Promise.resolve(name === 'tiny' ? here : another),
    prepare: () => Promise.resolve(),
  });
}

const nameOf = (opened: SessionModel) =>
  opened.kind === 'missing' ? opened.message : `${opened.verified.digest.slice(0, 2)} ${opened.engine}`;

/** What a song says whose first frame was just played there. */
async function played(change: Partial<Machine>): Promise<{ name: string; recipe: Uint8Array }> {
  const opened = await open(change, undefined);
  if (opened.kind === 'missing') throw new Error(opened.message);
  const book = new TakeBook();
  book.playBy(playable(opened.verified, opened.engine).reference);
  return { name: nameOf(opened), recipe: encodeTakes(book) };
}

describe('the plugin is told by what the song is drawn', () => {
  const told = (rig: SessionRig) =>
    rig.sent.filter(({ type }) => type === 'takes' || type === 'chunk').map(({ type }) => type);

  test.each([true, false])('before the first frame of what plays is sent (offline: %s)', async (offline) => {
    const rig = new SessionRig();
    rig.start({ offline });
    rig.block(0, { frameCount: 1024 });
    await rig.idle();
    expect(told(rig).slice(0, 2)).toEqual(['takes', 'chunk']);
    const first = rig.sent.find((response) => response.type === 'takes');
    const book = decodeTakes(first?.type === 'takes' ? first.recipe : new Uint8Array(0));
    expect(book?.playedBy).toEqual(playable(tinyModel, 'onnx').reference);
    await rig.end();
  });

  test('not by one that stands, and once', async () => {
    const rig = new SessionRig();
    rig.start();
    rig.block(0, { playing: false });
    await rig.idle();
    expect(told(rig)).not.toContain('takes');
    for (let frame = 0; frame < 4096; frame += 256) rig.block(frame);
    await rig.idle();
    expect(told(rig).filter((type) => type === 'takes')).toHaveLength(1);
    await rig.end();
  });

  test('until a take says it', () => {
    const book = new TakeBook();
    const { reference } = playable(tinyModel, 'onnx');
    book.playBy(reference);
    const shape = { temperature: 4096, strength: 0, guideBin: 128, condition: 0 };
    book.root(reference, 1, 0).append(shape, shape);
    const read = decodeTakes(encodeTakes(book));
    expect([read?.playedBy, read?.isDrawnBy(reference)]).toEqual([undefined, true]);
  });
});

describe('a service that takes over goes on with what was told', () => {
  test.each<[string, Partial<Machine>, Partial<Machine>, boolean]>([
    ['speeds that were measured since', {}, { onnxFactor: 40 }, true],
    ['speeds that are forgotten', { onnxFactor: 40 }, {}, true],
    ['another backend', {}, { provider: 'cuda' }, true],
    ['the tail guard off', {}, { tailGuard: 'off' }, true],
    ['the tail guard on again', { tailGuard: 'off' }, {}, true],
    ['another default model', {}, { defaultModel: 'film' }, true],
    ['engines of one kind alone, and not that', {}, { wish: 'onnx' }, false],
    ['other weights of that name', {}, { here: another }, false],
  ])('after a restart with %s', async (_, before, after, isHere) => {
    const { name, recipe } = await played(before);
    // Positive control: without the song's word the choice is another one.
    expect(nameOf(await open(after, undefined))).not.toBe(name);
    const opened = await open(after, decodeTakes(recipe));
    if (isHere) expect(nameOf(opened)).toBe(name);
    else expect([opened.kind, nameOf(opened)]).toEqual(['missing', expect.stringContaining('were drawn from tiny')]);
  });

  test('after a restart with another default, where --adopt-models plays on with what is here', async () => {
    const { name, recipe } = await played({ here: another });
    const adopting = { here: another, onnxFactor: 40, adoptModels: true };
    expect(nameOf(await open(adopting, decodeTakes(recipe)))).toBe(name);
  });

  test('and a limit of codes is part of an engine, so it is told with it', () => {
    const codes = { ...manifest, family: 'vq-prior' } as unknown as SampleRnnManifest;
    expect(underLimit(codes, 'onnx', { topK: 40, topPThousandths: undefined })).toBe('onnx-k40');
  });
});
