// Writes the cases that every engine draws: 30 s of a network of random weights under a lane that says everything, and 4 s
// of one under codes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string} root @param {string} folder where a folder of each case is made @returns their folders, int8 first */
export async function makeCases(root, folder) {
  const built = (path) => import(join(root, 'dist', path));
  const { packCodedKernel, packKernel } = await built('service/src/model/kernel/packing.js');
  const { tableAt, voiceField } = await built('service/src/model/kernel/layout.js');
  const { GuideEar } = await built('service/src/model/rows/guide-ear.js');
  const { RowVoice } = await built('service/src/model/rows/row-voice.js');
  const golden = await built('test/support/kernel-golden.js');
  const { kernelShape, writeKernelWeights } = await built('test/support/kernel-weights.js');
  const { codedShape, rowModel, writeCodedWeights } = await built('test/support/coded-weights.js');

  const writeCase = (name, { memory, sizes }, inputs, more) => {
    const place = join(folder, name);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'image.bin'), new Uint8Array(memory.buffer));
    writeFileSync(join(place, 'inputs.bin'), Buffer.concat(inputs.map((values) => Buffer.from(values.slice().buffer))));
    writeFileSync(join(place, 'about.json'), JSON.stringify({ sizes, table: tableAt, fields: voiceField, ...more }));
    return place;
  };

  const network = golden.goldenNetwork();
  const shape = kernelShape(network);
  const plain = (precision) => {
    const { temperature, uniform, guideStrength, guideBin, state } = golden.goldenInputs(network);
    const packed = packKernel(writeKernelWeights(network, precision).file, shape, golden.goldenTailFloor);
    const more = { blocks: temperature.length / 64, stateFloats: state.length };
    return writeCase(`${precision}-bit`, packed, [state, temperature, uniform, guideStrength, guideBin], more);
  };

  const coded = (precision) => {
    const sizes = golden.goldenCodedSizes;
    const model = rowModel(sizes);
    const { file } = writeCodedWeights(sizes, precision);
    const packed = packCodedKernel(file, codedShape(sizes), model.rows, golden.goldenTailFloor);
    const voice = new RowVoice(model, new GuideEar(model.guide, sizes.bands), golden.goldenCodedInputs());
    const { state, inputs } = voice;
    const { temperature, uniform, guideStrength, guideBin } = inputs;
    const begin = [...state.before, ...state.present];
    const chances = [];
    for (let first = 0; first < temperature.length; first += 512) {
      const { temperature: codeTemperature, strength, uniform: numbers, latent } = voice.chance(first);
      chances.push(Float32Array.of(codeTemperature, strength), numbers, latent ?? new Float32Array(sizes.bands));
      voice.moveOn(first, state.present, state.present);
    }
    const stateFloats = state.recurrent.length;
    const floats = [state.recurrent, temperature, uniform, guideStrength, guideBin, ...chances];
    const more = { blocks: temperature.length / 64, stateFloats, codes: begin };
    return writeCase(`${precision}-bit-under-codes`, packed, floats, more);
  };
  return [plain(8), plain(32), coded(8), coded(32)];
}
