import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { wavHeader } from '../../../../service/src/core/wav.js';
import { codesEngine, codesFixture, codesModel } from '../../../support/codes-fixture.js';
import { runSimmer, temporaryFolder } from '../../../support/service-process.js';
import { blockSteps, drawn, model, pair } from './tiny.js';

test('simmer render goes on from a recording', async () => {
  const folder = temporaryFolder();
  const [lane, prime] = [join(folder, 'lane.csv'), join(folder, 'prime.wav')];
  writeFileSync(lane, '0,1\n');
  const tone = Float32Array.from({ length: 44_100 }, (_, frame) => 0.4 * Math.sin(frame / 22));
  writeFileSync(
    prime,
    Buffer.concat([
      wavHeader({ sampleRateHz: 44_100, channelCount: 1, frameCount: tone.length }),
      Buffer.from(tone.buffer),
    ]),
  );
  const render = async (name: string, ...extra: string[]) => {
    const output = join(folder, name);
    const args = ['render', '--models', codesFixture('.'), '--lane', lane, '--seconds', '1', '-o', output, ...extra];
    return { ...(await runSimmer(args)), output };
  };
  const plain = await render('plain.wav', '--model', 'vq-tiny');
  const primed = await render('primed.wav', '--model', 'vq-tiny', '--prime', prime);
  const again = await render('again.wav', '--model', 'vq-tiny', '--prime', prime);
  expect([plain.code, primed.code, again.code], primed.stderr).toEqual([0, 0, 0]);
  const bytes = [plain, primed, again].map(({ output }) => readFileSync(output));
  expect(Buffer.compare(bytes[1] ?? Buffer.of(), bytes[2] ?? Buffer.of())).toBe(0);
  expect(Buffer.compare(bytes[0] ?? Buffer.of(), bytes[1] ?? Buffer.of())).not.toBe(0);
  const deaf = await render('deaf.wav', '--model', 'tiny', '--prime', prime);
  expect(deaf.code).not.toBe(0);
  expect(deaf.stderr).toContain('Only models of codes');
});

test('a stereo model hears a recording in both channels, and mono in both alike', async () => {
  const stereo = await codesModel('vq-tiny-stereo');
  const engine = await codesEngine(stereo);
  const tone = (period: number) =>
    Float32Array.from({ length: 20 * stereo.manifest.blockSteps }, (_, step) => 0.4 * Math.sin(step / period));
  const [low, high] = [tone(31), tone(7)];
  const mono = await engine.prime([low], 0);
  expect(await engine.prime([low, low], 0)).toEqual(mono);
  const [one, other] = [await engine.prime([low, high], 0), await engine.prime([high, low], 0)];
  expect(one).not.toEqual(mono);
  expect(one).not.toEqual(other);
  await engine.close();
});

test('goes on from given audio, and says so where it cannot', async () => {
  const engine = await codesEngine(model);
  const audio = Float32Array.from({ length: 40 * blockSteps }, (_, step) => 0.4 * Math.sin(step / 11));
  const state = await engine.prime([audio], pair(1, 0));
  const primed = await drawn(engine, state, 0, Array(8).fill({ temperature: 1, condition: pair(1, 0) }));
  const free = await drawn(engine, model.initialState, 0, Array(8).fill({ temperature: 1, condition: pair(1, 0) }));
  expect(primed.codes).not.toEqual(free.codes);
  await expect(engine.prime([audio.subarray(0, 10)], 0)).rejects.toThrow('less audio');
  await engine.close();
});
