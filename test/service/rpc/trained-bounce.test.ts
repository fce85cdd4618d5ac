import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseWav } from '../../../service/src/core/wav.js';
import { bounce } from '../../support/bounce.js';
import { realModelFolder } from '../../support/models.js';
import { bitsOf } from '../../support/random.js';
import { runSimmer, ServiceProcess, temporaryFolder } from '../../support/service-process.js';
import { lane, plan, withClient } from './slopes.js';

let service: ServiceProcess;

beforeAll(async () => {
  service = await ServiceProcess.start();
});

afterAll(() => service.stop());

const realModel = realModelFolder();

describe('with a trained model', () => {
  test('a bounce equals simmer render bit by bit, and one in blocks of another size', async () => {
    const models = join(realModel, '..');
    const trained = await ServiceProcess.start(['--models', models]);
    const name = String(JSON.parse(readFileSync(join(realModel, 'manifest.json'), 'utf8')).name);
    const short = { ...plan, frameCount: 24_000 };
    const one = await withClient(trained, (client) => bounce(client, short), { model: name });
    const other = await withClient(trained, (client) => bounce(client, { ...short, nextBlockFrames: () => 777 }), {
      model: name,
    });
    await trained.stop();
    expect(bitsOf(other)).toEqual(bitsOf(one));
    const folder = temporaryFolder();
    const laneFile = join(folder, 'lane.csv');
    writeFileSync(
      laneFile,
      lane.map(({ frame, value, interpolation }) => `${frame / 48_000},${value},${interpolation}\n`).join(''),
    );
    const output = join(folder, 'out.wav');
    await runSimmer([
      'render',
      '--models',
      models,
      '--model',
      name,
      '--lane',
      laneFile,
      '--seconds',
      '0.5',
      '-o',
      output,
    ]);
    expect(bitsOf(parseWav(readFileSync(output)).values)).toEqual(bitsOf(one));
  });
});
