import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BlockEngine } from '../../service/src/model/engine.js';
import { type EngineName, kernelInt8 } from '../../service/src/model/engine-name.js';
import { TinyModel, tinyModel } from '../../service/src/model/tiny-model.js';
import { readModel, type VerifiedModel } from '../../service/src/model/verified-model.js';
import { codedModel } from './coded-fixture.js';
import { codesEngine } from './codes-fixture.js';
import { engineOf } from './engines.js';

/** A model, and what draws from it in this thread. */
export interface PlayedModel {
  readonly verified: VerifiedModel;
  readonly engine: EngineName;
  readonly open: () => Promise<BlockEngine>;
}

/** The model that suites play which can play any: $SIMMER_TEST_MODEL (vitest.config.ts), by itself the tiny one. */
export const playedModelName = process.env.SIMMER_TEST_MODEL ?? 'tiny';

const tiny: PlayedModel = { verified: tinyModel, engine: 'onnx', open: () => Promise.resolve(new TinyModel()) };

async function inKernel(name: string): Promise<PlayedModel> {
  const verified = await readModel(join(import.meta.dirname, '../../models', name));
  return { verified, engine: kernelInt8, open: () => engineOf(verified, 'int8', 0) };
}

/** The models of codes that tests play. */
export const fixtureModels = join(import.meta.dirname, '../fixtures/models');

async function ofCodes(name: string): Promise<PlayedModel> {
  const verified = await readModel(join(fixtureModels, name));
  return { verified, engine: 'onnx', open: () => codesEngine(verified) };
}

/** The SampleRNN under codes that tests play, in the kernel. */
async function underCodes(): Promise<PlayedModel> {
  const verified = await codedModel();
  return { verified, engine: kernelInt8, open: () => engineOf(verified, 'int8') };
}

function played(name: string): Promise<PlayedModel> {
  if (name === 'tiny') return Promise.resolve(tiny);
  if (name === 'coded-tiny') return underCodes();
  return existsSync(join(fixtureModels, name)) ? ofCodes(name) : inKernel(name);
}

/** How a command finds the model that is played. */
export const playedModelOptions: readonly string[] = existsSync(join(fixtureModels, playedModelName))
  ? ['--models', fixtureModels, '--model', playedModelName]
  : ['--model', playedModelName];

export const playedModel = await played(playedModelName);
