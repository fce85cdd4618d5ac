import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../../service/src/core/failure.js';
import { enginesOf, kernelInt8 } from '../../../service/src/model/engine-name.js';
import { parseManifest, responseOf, rowsOf } from '../../../service/src/model/manifest.js';
import { ModelLibrary } from '../../../service/src/model/model-library.js';
import { readModel } from '../../../service/src/model/verified-model.js';
import { randomWholes } from '../../support/random.js';
import { temporaryFolder } from '../../support/service-process.js';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const graph = Buffer.from('not a graph, but its hash is right');
const state = new Uint8Array(Float32Array.of(0.5, -1, 2).buffer);

/** Rows as a manifest says them. */
const threeLevels = { levels: 3, size: 256, bands: 80, priorWidth: 32, graph: 'rows.onnx', guide: 'guide.f32' };

let folder: string;
let manifest: Record<string, unknown>;

beforeEach(() => {
  folder = join(temporaryFolder(), 'song');
  mkdirSync(folder);
  writeFileSync(join(folder, 'model.onnx'), graph);
  writeFileSync(join(folder, 'initial-state.f32'), state);
  manifest = {
    manifestVersion: 1,
    name: 'song',
    title: 'Song',
    version: '1.0.0',
    family: 'samplernn',
    sampleRateHz: 16_000,
    blockSteps: 64,
    stateFloats: 3,
    quantizer: { kind: 'mu-law', bins: 256 },
    temperature: { useful: [0.6, 1.2], default: 1 },
    guide: { temperatureLow: 0.75, temperatureHigh: 1.05, gamma: 1, levelDbfs: -15 },
    tailGuard: { floor: 0.01 },
    licence: 'MIT',
    provenance: 'a test',
    training: { steps: 1, heldOutBitsPerStep: 2.5, hours: 0.1, hardware: 'a machine' },
    files: {
      'model.onnx': { bytes: graph.length, sha256: sha256(graph) },
      'initial-state.f32': { bytes: state.length, sha256: sha256(state) },
    },
    graph: 'model.onnx',
    initialState: 'initial-state.f32',
  };
});

function write(change: Record<string, unknown> = {}): void {
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, ...change }));
}

/** Puts other bytes in place of a file, with the right hash. */
function replace(name: string, bytes: Uint8Array): void {
  writeFileSync(join(folder, name), bytes);
  const files = manifest.files as Record<string, unknown>;
  write({ files: { ...files, [name]: { bytes: bytes.length, sha256: sha256(bytes) } } });
}

/** Gives the model the two weight files of the kernel. */
function addKernel(): void {
  const weights = { 'weights-int8.bin': 'eight bits', 'weights-float32.bin': 'thirty-two bits' };
  const listed = Object.entries(weights).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return [name, { bytes: text.length, sha256: sha256(Buffer.from(text)) }] as const;
  });
  write({
    files: { ...(manifest.files as Record<string, unknown>), ...Object.fromEntries(listed) },
    kernel: { int8: 'weights-int8.bin', float32: 'weights-float32.bin' },
  });
}

describe('a model folder', () => {
  test('control: whole, it loads', async () => {
    write();
    const model = await readModel(folder);
    expect(model.manifest.name).toBe('song');
    expect([...model.initialState]).toEqual([0.5, -1, 2]);
    expect(model.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  test('the weights of the kernel are read, in both precisions, and none where the manifest names none', async () => {
    write();
    expect((await readModel(folder)).kernel).toBeUndefined();
    addKernel();
    const { kernel } = await readModel(folder);
    expect([kernel?.int8, kernel?.float32].map((bytes) => Buffer.from(bytes ?? []).toString())).toEqual([
      'eight bits',
      'thirty-two bits',
    ]);
  });

  test.each([
    ['changed', () => writeFileSync(join(folder, 'weights-int8.bin'), 'eight bitz'), 'weights-int8.bin'],
    ['shorter', () => writeFileSync(join(folder, 'weights-float32.bin'), 'thirty'), 'weights-float32.bin'],
    ['missing', () => rmSync(join(folder, 'weights-int8.bin')), 'weights-int8.bin'],
  ])('weights of the kernel that are %s are refused by their name', async (_, spoil, name) => {
    addKernel();
    spoil();
    const failure = await readModel(folder).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: 'model-damaged' });
    expect((failure as Failure).message).toContain(name);
  });

  test('a manifest whose kernel is not among its files is refused by the name of the file', () => {
    for (const [kernel, why] of [
      [{ int8: 'a.bin', float32: 'model.onnx' }, /kernel\.int8: a\.bin must be among files/],
      [{ int8: 'model.onnx', float32: 'b.bin' }, /kernel\.float32: b\.bin must be among files/],
      [{ float32: 'model.onnx' }, /kernel\.int8/],
      [{ int8: '../a.bin', float32: 'model.onnx' }, /plain file name/],
      [{ int8: 'model.onnx', float32: 'model.onnx', int4: 'model.onnx' }, /kernel/],
      ['weights.bin', /kernel/],
    ] as const) {
      expect(() => parseManifest(Buffer.from(JSON.stringify({ ...manifest, kernel })))).toThrow(why);
    }
  });

  test('weights of the kernel may be in 8 bits alone', async () => {
    addKernel();
    const listed = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...listed, kernel: { int8: 'weights-int8.bin' } }));
    const { kernel, manifest: read } = await readModel(folder);
    expect(kernel?.int8.length).toBe(10);
    expect(kernel?.float32).toBeUndefined();
    expect(enginesOf(read)).toEqual(['onnx', kernelInt8, 'onnx-unguarded', `${kernelInt8}-unguarded`]);
  });

  describe('of a SampleRNN under codes', () => {
    const listed = { bytes: 0, sha256: '0'.repeat(64) };
    const coded = () => ({
      ...manifest,
      blockSteps: 512,
      stateFloats: 2 * 16 + 192 + 32 + 2 * 3 + 2048,
      rows: threeLevels,
      response: { codes: 2.8, sound: 1 },
      files: { ...(manifest.files as object), 'rows.onnx': listed, 'guide.f32': listed },
    });
    const parse = (json: unknown) => parseManifest(Buffer.from(JSON.stringify(json)));

    test('control: its manifest is read', () => {
      const read = parse(coded());
      expect(rowsOf(read)).toMatchObject({ levels: 3, priorWidth: 32 });
      const plain = { below: 1, above: 1 };
      expect(responseOf(read)).toEqual({ codes: { below: 2.8, above: 2.8 }, sound: plain });
      expect(responseOf(parse({ ...coded(), response: undefined }))).toEqual({ codes: plain, sound: plain });
      const sides = { below: 2.5, above: 7 };
      expect(responseOf(parse({ ...coded(), response: { codes: sides } }))).toEqual({ codes: sides, sound: plain });
    });

    test.each([
      ['blocks of another length', { blockSteps: 64 }, /blockSteps: must be 512 with rows/],
      ['a state of half a width', { stateFloats: 2 * 16 + 192 + 32 + 2 * 3 + 2049 }, /stateFloats: is not that/],
      ['a state of no width', { stateFloats: 192 + 32 + 2 * 3 + 2048 }, /stateFloats: is not that/],
      ['rows of nothing', { rows: {} }, /rows\.levels/],
      ['codes of another number', { rows: { ...threeLevels, size: 128 } }, /rows\.size/],
      ['no level', { rows: { ...threeLevels, levels: 0 } }, /rows\.levels/],
      ['levels without end', { rows: { ...threeLevels, levels: 33 } }, /rows\.levels/],
      ['half a level', { rows: { ...threeLevels, levels: 2.5 } }, /rows\.levels/],
      ['bands that are not by four', { rows: { ...threeLevels, bands: 78 } }, /rows\.bands/],
      ['a width that is not by sixteen', { rows: { ...threeLevels, priorWidth: 40 } }, /rows\.priorWidth/],
      ['a key that is none', { rows: { ...threeLevels, seed: 1 } }, /rows/],
      [
        'a graph that is not listed',
        { rows: { ...threeLevels, graph: 'other.onnx' } },
        /rows\.graph: other\.onnx must be/,
      ],
      [
        'a guide that is not listed',
        { rows: { ...threeLevels, guide: 'other.f32' } },
        /rows\.guide: other\.f32 must be/,
      ],
      ['a guide elsewhere', { rows: { ...threeLevels, guide: '../guide.f32' } }, /plain file name/],
      ['a response below 0', { response: { codes: -1 } }, /response\.codes/],
      ['a response beyond 8', { response: { sound: 8.5 } }, /response\.sound/],
      ['a response of something else', { response: { bass: 1 } }, /response/],
      ['codes that respond where there are none', { rows: undefined, blockSteps: 64 }, /response\.codes: must be 1/],
    ])('%s is refused by its place', (_, change, why) => {
      expect(() => parse({ ...coded(), ...change })).toThrow(why);
    });
  });

  const damage: [string, () => void, string][] = [
    ['a changed graph', () => writeFileSync(join(folder, 'model.onnx'), Buffer.from(graph).fill(1, 0, 1)), 'SHA-256'],
    ['a shorter graph', () => writeFileSync(join(folder, 'model.onnx'), graph.subarray(1)), 'bytes'],
    ['a longer graph', () => writeFileSync(join(folder, 'model.onnx'), Buffer.concat([graph, graph])), 'bytes'],
    ['a missing graph', () => rmSync(join(folder, 'model.onnx')), 'is missing'],
    ['a state of another length', () => replace('initial-state.f32', state.subarray(4)), 'float32'],
    [
      'a state that is not finite',
      () => replace('initial-state.f32', new Uint8Array(Float32Array.of(1, Number.NaN, 1).buffer)),
      'finite',
    ],
    [
      'data outside the graph',
      () => replace('model.onnx', Buffer.from('xx\n\x08location\x12\x0b../../other')),
      'outside itself',
    ],
    [
      'a symbolic link',
      () => {
        rmSync(join(folder, 'model.onnx'));
        writeFileSync(join(folder, '../elsewhere'), graph);
        symlinkSync('../elsewhere', join(folder, 'model.onnx'));
      },
      'plain file',
    ],
    [
      'a hard link',
      () => {
        rmSync(join(folder, 'model.onnx'));
        writeFileSync(join(folder, '../elsewhere'), graph);
        linkSync(join(folder, '../elsewhere'), join(folder, 'model.onnx'));
      },
      'hard link',
    ],
    [
      'a folder for a file',
      () => {
        rmSync(join(folder, 'model.onnx'));
        mkdirSync(join(folder, 'model.onnx'));
      },
      'plain file',
    ],
  ];
  test.each(damage)('with %s is refused', async (_, spoil, why) => {
    write();
    spoil();
    const failure = await readModel(folder).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: 'model-damaged' });
    expect((failure as Failure).message).toContain(why);
  });

  test.each<[string, Record<string, unknown>]>([
    ['a key that is not known', { extra: 1 }],
    ['a path as a file', { graph: '../model.onnx' }],
    ['an absolute path', { graph: '/etc/passwd' }],
    ['a hidden file', { graph: '.model' }],
    ['a file that is not listed', { graph: 'other.onnx' }],
    ['a name with a NUL', { graph: 'model.onnx\0' }],
    ['a name of 10 MB', { title: 'x'.repeat(10_000_000) }],
    ['a name that is a path', { name: '../song' }],
    ['another family', { family: 'mystery' }],
    ['no state', { stateFloats: 0 }],
    ['a state of 10^12', { stateFloats: 1e12 }],
    ['a rate of 1 MHz', { sampleRateHz: 1_000_000 }],
    ['a guide upside down', { guide: { temperatureLow: 1.05, temperatureHigh: 0.75, gamma: 1, levelDbfs: -15 } }],
    ['another quantizer', { quantizer: { kind: 'linear', bins: 256 } }],
  ])('whose manifest has %s is refused', (_, change) => {
    expect(() => parseManifest(Buffer.from(JSON.stringify({ ...manifest, ...change })))).toThrow(Failure);
  });

  test('prototypes cannot be reached through a manifest', () => {
    const text = JSON.stringify(manifest).replace('"files":{', '"files":{"__proto__":{"bytes":1,"sha256":"x"},');
    expect(() => parseManifest(Buffer.from(text))).toThrow(Failure);
    expect(({} as Record<string, unknown>).bytes).toBeUndefined();
  });

  test('mutations of a manifest are refused or read, and nothing else happens', () => {
    const whole = Buffer.from(JSON.stringify(manifest));
    const random = randomWholes(5);
    for (let run = 0; run < 2000; run += 1) {
      const bytes = Buffer.from(whole);
      for (let change = random(1, 4); change > 0; change -= 1) bytes[random(0, bytes.length - 1)] = random(0, 255);
      try {
        parseManifest(bytes.subarray(0, random(0, 3) === 0 ? random(0, bytes.length) : bytes.length));
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure);
      }
    }
  });
});

describe('the library', () => {
  test('finds models, tells of folders that are none, and always has the tiny one', async () => {
    write();
    mkdirSync(join(folder, '../broken'));
    const library = new ModelLibrary([join(folder, '..'), '/nowhere/at/all']);
    const { found, broken } = await library.list();
    expect(found.map((entry) => entry.manifest.name)).toEqual(['song', 'tiny']);
    expect(broken.map((entry) => entry.folder)).toEqual([join(folder, '../broken')]);
    expect(await library.defaultName()).toBe('song');
    expect((await library.load('song')).manifest.name).toBe('song');
    await expect(library.load('none')).rejects.toMatchObject({ code: 'model-missing' });
    await expect(library.load('broken')).rejects.toMatchObject({ code: 'model-damaged' });
  });

  test('a model that is repaired loads again', async () => {
    write();
    writeFileSync(join(folder, 'model.onnx'), 'changed');
    const library = new ModelLibrary([join(folder, '..')]);
    await expect(library.load('song')).rejects.toMatchObject({ code: 'model-damaged' });
    writeFileSync(join(folder, 'model.onnx'), graph);
    expect((await library.load('song')).manifest.name).toBe('song');
  });
});

describe('a linked model folder', () => {
  test('is found like any other, and its files are verified', async () => {
    write();
    const parent = temporaryFolder();
    symlinkSync(folder, join(parent, 'linked'));
    symlinkSync(join(parent, 'nothing'), join(parent, 'dangling'));
    symlinkSync(join(folder, 'model.onnx'), join(parent, 'file'));
    const found = await new ModelLibrary([parent]).list();
    expect(found.found.map((model) => model.folder)).toEqual([join(parent, 'linked'), undefined]);
    expect(found.broken).toEqual([]);
    expect((await new ModelLibrary([parent]).load('song')).manifest.name).toBe('song');
    writeFileSync(join(folder, 'initial-state.f32'), Buffer.alloc(12));
    await expect(new ModelLibrary([parent]).load('song')).rejects.toThrow('another SHA-256');
  });
});
