// Runs a case in the kernel: what every JavaScript engine does alike, Node or a browser. Nothing here is of either.
//
// A case is what scripts/engines/make-case.mjs writes: `image`, the memory with the packed weights; `inputs`, float32: a
// state, then temperature, uniform, guide strength and guide bin of every step, and under codes for every row of 512 steps
// their temperature and strength, their uniforms (two for each level) and the guide in bands; and the sizes and offsets in
// `about`, which has `codes`, those before and of the first row, where there are any.

const pageBytes = 65_536;
const rowBlocks = 8;

/** @returns {Promise<Uint8Array>} bins, entropies (float32), the last state (float32) and the last codes, in this order */
export async function drawCase(kernel, image, inputs, about) {
  const { blocks, stateFloats, table, fields, sizes, codes = [] } = about;
  const { width, hidden, levels, priorWidth, entered, bands } = sizes;
  const pages = Math.ceil(image.length / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages + 16, shared: true });
  new Uint8Array(memory.buffer).set(image);
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(kernel), { env: { memory } });
  const voiceBytes = exports.voiceBytes(width, hidden, levels, priorWidth, entered, bands);
  const region = memory.grow(Math.ceil(voiceBytes / pageBytes)) * pageBytes;
  const steps = blocks * 64;
  const bytes = new Uint8Array(memory.buffer);
  const stateBytes = stateFloats * 4;
  const codeBytes = levels * 4;
  const out = new Uint8Array(steps * 5 + stateBytes + 2 * codeBytes);
  const from = new Uint8Array(inputs.buffer, inputs.byteOffset, inputs.byteLength);
  const latentAt = region + fields.state + stateBytes;
  const codesAt = latentAt + bands * 4;
  let next = stateBytes + 4 * steps * 4;
  const give = (length, at) => {
    bytes.set(from.subarray(next, next + length), at);
    next += length;
  };
  bytes.set(from.subarray(0, stateBytes), region + fields.state);
  bytes.set(new Uint8Array(Float32Array.from(codes).buffer), codesAt);
  for (let block = 0; block < blocks; block += 1) {
    if (levels > 0 && block % rowBlocks === 0) {
      if (block > 0) bytes.copyWithin(codesAt, codesAt + codeBytes, codesAt + 3 * codeBytes);
      give(4, region + fields.codeTemperature);
      give(4, region + fields.codeStrength);
      give(2 * codeBytes, region + fields.codeUniform);
      give(bands * 4, latentAt);
      exports.drawRow(table, region, 1, 0);
    }
    for (const [place, field] of [fields.temperature, fields.uniform, fields.strength, fields.guide].entries()) {
      const begin = stateBytes + (place * steps + block * 64) * 4;
      bytes.set(from.subarray(begin, begin + 256), region + field);
    }
    if (levels > 0) exports.drawBlockUnderCodes(table, region, 1, 0, block % rowBlocks);
    else exports.drawBlock(table, region, 1, 0);
    const drawn = region + fields.drawnBytes;
    out.set(bytes.subarray(drawn, drawn + 64), block * 64);
    const entropy = region + fields.entropy;
    out.set(bytes.subarray(entropy, entropy + 256), steps + block * 256);
  }
  out.set(bytes.subarray(region + fields.state, region + fields.state + stateBytes), steps * 5);
  out.set(bytes.subarray(codesAt + codeBytes, codesAt + 3 * codeBytes), steps * 5 + stateBytes);
  return out;
}
