import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAudioFile } from '../../../service/src/audio-file/read-audio-file.js';
import { parseWav } from '../../../service/src/core/wav.js';
import { codesFixture } from '../../support/codes-fixture.js';
import { runSimmer, temporaryFolder } from '../../support/service-process.js';

const folder = temporaryFolder();
const lane = join(folder, 'lane.csv');
writeFileSync(lane, '0,0.8\n1,1.1\n');
const output = join(folder, 'out.wav');
const render = ['render', '--model', 'tiny', '--lane', lane, '--seconds', '0.1', '-o', output];

describe('simmer', () => {
  test.each([
    ['an unknown command', ['sing']],
    ['an unknown option', ['serve', '--loud']],
    ['a length that is no number', [...render, '--seconds', 'long']],
    ['a rate that is no rate', [...render, '--rate', '100']],
    ['a provider that is none', [...render, '--provider', 'abacus']],
    ['an engine that is none', [...render, '--engine', 'steam']],
    ['a lane that is not there', [...render, '--lane', join(folder, 'none.csv')]],
    ['a guide that is no sound', [...render, '--guide', lane]],
    ['an output that is a folder', [...render, '-o', folder]],
    ['an output of no format', [...render, '-o', join(folder, 'out.mp3')]],
    ['an output that is read', [...render, '--guide', lane, '-o', lane]],
    ['a folder of models that is not there', [...render, '--models', join(folder, 'nosuch')]],
    ['a folder of models to list that is not there', ['models', '--models', join(folder, 'nosuch')]],
    ['a file in the place of a folder of models', ['serve', '--models', lane]],
    ['a model in the place of a folder of models', [...render, '--models', codesFixture('vq-tiny')]],
    ['no lane', ['render', '--seconds', '1', '-o', output]],
    ['a lookahead of no use', ['serve', '--lookahead-ms', '5']],
    ['a song without a name', ['train', lane]],
    ['no song', ['train', '--name', 'my-song']],
    ['a name that is no name', ['train', lane, '--name', 'My Song']],
    ['a name that is taken', ['train', lane, '--name', 'tiny']],
    ['hours that are none', ['train', lane, '--name', 'my-song', '--hours', '0']],
  ])('says what is wrong in one line, and exits with 2 or 1: %s', async (what, args) => {
    const { code, stderr, stdout } = await runSimmer(args);
    expect(code).toBe(what.startsWith('a guide that') ? 1 : 2);
    expect(stderr.trim().split('\n').at(-1)).toMatch(/^simmer: .{10,}/);
    expect(stdout).toBe('');
  });

  test('a model that is not there is an error, not a usage', async () => {
    const { code, stderr } = await runSimmer([...render, '--model', 'none']);
    expect(code).toBe(1);
    expect(stderr).toContain('There is no model named "none"');
  });

  test('help and version are no errors', async () => {
    expect(await runSimmer(['--help'])).toMatchObject({ code: 0, stderr: '' });
    expect((await runSimmer(['--version'])).stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('lists models', async () => {
    const { code, stdout } = await runSimmer(['models']);
    expect(code).toBe(0);
    expect(stdout).toContain('tiny\t');
  });

  test('renders exactly the length that was asked for, and leaves nothing else behind', async () => {
    for (const rate of ['44100', '96000']) {
      expect((await runSimmer([...render, '--rate', rate])).code).toBe(0);
      const wav = parseWav(readFileSync(output));
      expect([wav.sampleRateHz, wav.frameCount]).toEqual([Number(rate), Number(rate) / 10]);
    }
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
  });

  test('a render that fails leaves no file that looks like one', async () => {
    const missing = join(folder, 'failed.wav');
    await runSimmer([...render, '-o', missing, '--guide', lane]);
    expect(existsSync(missing)).toBe(false);
  });

  test('an output that ends in .flac is FLAC, with the same sound', async () => {
    const flac = join(folder, 'out.flac');
    expect((await runSimmer([...render, '-o', flac])).code).toBe(0);
    expect((await runSimmer(render)).code).toBe(0);
    const [heard, expected] = [await readAudioFile(readFileSync(flac)), parseWav(readFileSync(output))];
    expect([heard.sampleRateHz, heard.frameCount]).toEqual([expected.sampleRateHz, expected.frameCount]);
    for (const [index, value] of heard.values.entries()) expect(value).toBeCloseTo(expected.values[index] ?? 9, 6);
  });

  test('the same command gives the same bits; another take others', async () => {
    const one = join(folder, 'one.wav');
    const again = join(folder, 'again.wav');
    const other = join(folder, 'other.wav');
    await runSimmer([...render, '-o', one]);
    await runSimmer([...render, '-o', again]);
    await runSimmer([...render, '-o', other, '--take', '2']);
    expect(readFileSync(again).equals(readFileSync(one))).toBe(true);
    expect(readFileSync(other).equals(readFileSync(one))).toBe(false);
  });
});
