// Writes the cases that every engine draws: 30 s of a network of random weights, under a lane that says everything.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string} root @param {string} folder where a folder of each case is made @returns their folders, int8 first */
export async function makeCases(root, folder) {
  const built = (path) => import(join(root, 'dist', path));
  const { packKernel } = await built('service/src/model/kernel/packing.js');
  const { tableAt, voiceField } = await built('service/src/model/kernel/layout.js');
  const { goldenInputs, goldenNetwork, goldenTailFloor } = await built('test/support/kernel-golden.js');
  const { kernelShape, writeKernelWeights } = await built('test/support/kernel-weights.js');
  const network = goldenNetwork();
  const inputs = goldenInputs(network);
  const { temperature, uniform, guideStrength, guideBin, state } = inputs;
  return [8, 32].map((precision) => {
    const shape = kernelShape(network);
    const { memory, width, hidden } = packKernel(writeKernelWeights(network, precision).file, shape, goldenTailFloor);
    const place = join(folder, `${precision}-bit`);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'image.bin'), new Uint8Array(memory.buffer));
    const floats = [state, temperature, uniform, guideStrength, guideBin];
    writeFileSync(join(place, 'inputs.bin'), Buffer.concat(floats.map((values) => Buffer.from(values.buffer))));
    const blocks = temperature.length / shape.blockSteps;
    const { stateFloats } = shape;
    const about = { width, hidden, blocks, stateFloats, table: tableAt, fields: voiceField };
    writeFileSync(join(place, 'about.json'), JSON.stringify(about));
    return place;
  });
}
