// Runs a case in the kernel: what every JavaScript engine does alike, Node or a browser. Nothing here is of either.
//
// A case is what scripts/engines/make-case.mjs writes: `image`, the memory with the packed weights; `inputs`, float32: a
// state, then temperature, uniform, guide strength and guide bin of every step; and the sizes and offsets in `about`.

const pageBytes = 65_536;

/** @returns {Promise<Uint8Array>} bins, entropies (float32) and the last state (float32), in this order */
export async function drawCase(kernel, image, inputs, about) {
  const { blocks, stateFloats, table, fields, width, hidden } = about;
  const pages = Math.ceil(image.length / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages + 16, shared: true });
  new Uint8Array(memory.buffer).set(image);
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(kernel), { env: { memory } });
  const region = memory.grow(Math.ceil(exports.voiceBytes(width, hidden) / pageBytes)) * pageBytes;
  const steps = blocks * 64;
  const bytes = new Uint8Array(memory.buffer);
  const out = new Uint8Array(steps * 5 + stateFloats * 4);
  const from = new Uint8Array(inputs.buffer, inputs.byteOffset, inputs.byteLength);
  bytes.set(from.subarray(0, stateFloats * 4), region + fields.state);
  for (let block = 0; block < blocks; block += 1) {
    for (const [place, field] of [fields.temperature, fields.uniform, fields.strength, fields.guide].entries()) {
      const begin = stateFloats * 4 + (place * steps + block * 64) * 4;
      bytes.set(from.subarray(begin, begin + 256), region + field);
    }
    exports.drawBlock(table, region, 1, 0);
    const drawn = region + fields.drawnBytes;
    out.set(bytes.subarray(drawn, drawn + 64), block * 64);
    const entropy = region + fields.entropy;
    out.set(bytes.subarray(entropy, entropy + 256), steps + block * 256);
  }
  out.set(bytes.subarray(region + fields.state, region + fields.state + stateFloats * 4), steps * 5);
  return out;
}
