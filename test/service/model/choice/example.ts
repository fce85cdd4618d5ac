import { circumstancesHere } from '../../../../service/src/model/choice/speeds.js';
import { type EngineName, kernelInt8 } from '../../../../service/src/model/engine-name.js';
import { tinyModel } from '../../../../service/src/model/tiny-model.js';
import type { VerifiedModel } from '../../../../service/src/model/verified-model.js';

export const here = circumstancesHere('auto');

export const digest = 'ab'.repeat(32);

export const speeds = (onnx: number, kernel: number) =>
  new Map<EngineName, number>([
    ['onnx', onnx],
    [kernelInt8, kernel],
  ]);

export const model: VerifiedModel = {
  ...tinyModel,
  digest,
  manifest: {
    ...tinyModel.manifest,
    files: Object.fromEntries(['tiny', 'i8', 'f32'].map((name) => [name, { bytes: 0, sha256: '' }])),
    kernel: { int8: 'i8', float32: 'f32' },
  },
};
