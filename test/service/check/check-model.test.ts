import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codedFolder } from '../../support/coded-fixture.js';
import { codesFixture } from '../../support/codes-fixture.js';
import { shippedModelFolder } from '../../support/models.js';
import { runSimmer, temporaryFolder } from '../../support/service-process.js';

const check = (folder: string, ...extra: string[]) => runSimmer(['models', 'check', folder, ...extra]);

test.each([
  ['a model of codes', codesFixture('vq-tiny')],
  ['a stereo model', codesFixture('vq-tiny-stereo')],
  ["a stranger's model", codesFixture('musicgen-tiny')],
  ['a SampleRNN under codes', codedFolder],
  ['a shipped model', shippedModelFolder('one-song')],
])('%s is right, and every check says so', async (_, folder) => {
  const { code, stdout, stderr } = await check(folder);
  expect(code, stdout + stderr).toBe(0);
  const lines = stdout.trim().split('\n');
  expect(lines.every((line) => line.startsWith('ok '))).toBe(true);
  for (const words of [
    'manifest and files',
    'graphs',
    'causality',
    'purity',
    'T → 0',
    'λ = 0',
    'speed',
    '× real time',
  ]) {
    expect(stdout).toContain(words);
  }
});

test('a machine reads a line of JSON for each thing', async () => {
  const { stdout } = await check(codesFixture('vq-tiny'), '--json');
  const results = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { check: string; state: string });
  expect(results.length).toBeGreaterThan(10);
  expect(results.every(({ state }) => state === 'ok')).toBe(true);
});

/** As much of a manifest as is broken here. */
interface LooseManifest {
  family: string;
  colour?: string;
  channels?: number;
  levelTemperature: number[];
  stateFloats: number;
  prior: { windowRows: number; hopRows: number };
  labels: { artists: string[]; genres: string[] };
  files: Record<string, { bytes: number; sha256: string }>;
}

/** A copy of the fixture, broken. `change` may write files: the manifest's sums are made right again afterwards. */
function broken(change: (manifest: LooseManifest, folder: string) => void, sumsToo = true): string {
  const folder = join(temporaryFolder(), 'broken');
  cpSync(codesFixture('vq-tiny'), folder, { recursive: true });
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as LooseManifest;
  change(manifest, folder);
  if (sumsToo) {
    for (const name of Object.keys(manifest.files)) {
      const bytes = readFileSync(join(folder, name));
      manifest.files[name] = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    }
  }
  writeFileSync(path, JSON.stringify(manifest));
  return folder;
}

/** Writes another version into a graph: into its last field, which is the opset of ai.onnx, or its first, which is the format. */
function changeGraph(path: string, what: 'opset' | 'format', version: number): void {
  const bytes = readFileSync(path);
  // opset_import: a domain that is empty or left out, and the version in the last byte.
  const end = bytes.subarray(-6).toString('hex');
  expect(end).toMatch(/4204(0a00)10..$|420210..$/);
  expect(bytes[0]).toBe(0x08);
  if (what === 'format') bytes[1] = version;
  else bytes[bytes.length - 1] = version;
  writeFileSync(path, bytes);
}

describe('control: what is wrong is said in words', () => {
  const faults: Readonly<Record<string, [folder: () => string, words: RegExp]>> = {
    'no folder': [() => join(temporaryFolder(), 'nothing'), /There is no folder \S+nothing\./],
    'a file in the place of a folder': [
      () => {
        const path = join(temporaryFolder(), 'model.zip');
        writeFileSync(path, '');
        return path;
      },
      /model\.zip is a file: name the folder/,
    ],
    'a link to nothing': [
      () => {
        const path = join(temporaryFolder(), 'link');
        symlinkSync('/nowhere/at/all', path);
        return path;
      },
      /link is a link to nothing/,
    ],
    'a folder without a manifest': [() => temporaryFolder(), /holds no manifest\.json/],
    'a folder of models': [() => codesFixture('.'), /is a folder of models \(.*vq-tiny.*\): name one/],
    'a manifest that is a folder': [
      () => {
        const folder = temporaryFolder();
        mkdirSync(join(folder, 'manifest.json'));
        return folder;
      },
      /manifest\.json is not a plain file/,
    ],
    'a graph of a newer opset': [
      () => broken((_, folder) => changeGraph(join(folder, 'decoder.onnx'), 'opset', 99)),
      /opset 99 of ai\.onnx, and ONNX Runtime \d+\.\d+\.\d+ knows \d+ at most: export it with that one or an older/,
    ],
    'a graph of a newer format': [
      () => broken((_, folder) => changeGraph(join(folder, 'decoder.onnx'), 'format', 99)),
      /IR version 99, and ONNX Runtime \d+\.\d+\.\d+ knows \d+ at most/,
    ],
    'no JSON': [
      () => {
        const folder = broken(() => {});
        writeFileSync(join(folder, 'manifest.json'), '{');
        return folder;
      },
      /manifest\.json is not JSON/,
    ],
    'another family': [() => broken((manifest) => (manifest.family = 'wavenet')), /family/],
    'a key that is not known': [() => broken((manifest) => (manifest.colour = 'red')), /colour/],
    'a missing level temperature': [
      () => broken((manifest) => manifest.levelTemperature.pop()),
      /levelTemperature.*4 values/,
    ],
    'a state of another size': [() => broken((manifest) => (manifest.stateFloats += 1)), /stateFloats: must be \d+/],
    'windows that never move on': [
      () => broken((manifest) => (manifest.prior.hopRows = 16)),
      /hopRows.*below windowRows/,
    ],
    'artists without genres': [
      () => broken((manifest) => (manifest.labels.genres = [])),
      /artists and genres, or neither/,
    ],
    'a name twice': [() => broken((manifest) => (manifest.labels.artists = ['A', 'A'])), /says a name twice/],
    'a name that cannot be shown': [() => broken((manifest) => (manifest.labels.artists = ['A\n'])), /cannot be shown/],
    'a file that is not listed': [
      () => broken((manifest) => delete manifest.files['decoder.onnx']),
      /must list decoder\.onnx/,
    ],
    'a file that is gone': [
      () => {
        const folder = broken(() => {});
        rmSync(join(folder, 'encoder.onnx'));
        return folder;
      },
      /encoder\.onnx is missing/,
    ],
    'a file that was changed': [
      () => broken((_, folder) => writeFileSync(join(folder, 'codebooks.f32'), Buffer.alloc(4096)), false),
      /codebooks\.f32 has another SHA-256/,
    ],
    'codebooks that are too short': [
      () => broken((_, folder) => truncateSync(join(folder, 'codebooks.f32'), 4092)),
      /codebooks\.f32 is not 1024 float32 values/,
    ],
    'a graph that is none': [
      () => broken((_, folder) => writeFileSync(join(folder, 'decoder.onnx'), 'no graph')),
      /FAILED {2}graphs: decoder\.onnx cannot be loaded/,
    ],
    'one graph in the place of another': [
      () => broken((_, folder) => cpSync(join(folder, 'decoder.onnx'), join(folder, 'encoder.onnx'))),
      /encoder\.onnx has no input audio \(float32 \[512\]\)/,
    ],
    'graphs of one channel in a stereo model': [
      () => broken((manifest) => (manifest.channels = 2)),
      /decoder\.onnx has output audio as float32 \[512\], not float32 \[2, 512\]/,
    ],
    'more channels than two': [() => broken((manifest) => (manifest.channels = 3)), /channels/],
    'a window of another length': [
      () =>
        broken((manifest) => {
          manifest.prior.windowRows = 12;
          manifest.stateFloats -= 4 * 7;
        }),
      /prior-row\.onnx has input cache as float32 \[2, 2, 2, 16, 16\], not float32 \[\?, 2, \?, 12, \?\]/,
    ],
  };

  test.each(Object.entries(faults))('%s', async (_, [folder, words]) => {
    const { code, stdout, stderr } = await check(folder());
    expect(code).not.toBe(0);
    expect(stdout).toMatch(words);
    expect(stdout).toContain('skipped');
    expect(stderr).toContain('wrong with');
  });
});
