// Matrix times vector, eight rows at a time. Functions of their own and without decorators: an engine replaces a slow
// first compilation of a function at its next call only, never inside a running loop.
//
// Packed weights (service/src/model/kernel/packing.ts): for every 8 rows, for every group of columns (4 floats or 8
// bytes), the group of each of the 8 rows. So a row tile is one stream of bytes. The sum of a row is that of its four
// lanes, (0 + 2) + (1 + 3), each of which adds its columns in rising order.
//
// Written as the engines' compilers like it: eight accumulators in locals, the loop's test at its end, and the loaded
// weights as the second operand, which x86 multiplies with from memory (measured: 5 to 15 % of a float32 product).

/** Four accumulators of a row each, to the sums of the rows: (a, b, c, d). */
function rowSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

/** The same with whole numbers. */
function wholeRowSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

/**
 * y = W x + bias in singles, for every voice: x, y and (unless biasStride is 0) bias of the next voice are `stride`
 * bytes further. A tile of weights is used by all voices while it is in the nearest cache.
 */
export function productFloat(
  weights: usize,
  bias: usize,
  biasStride: usize,
  rows: i32,
  columns: i32,
  x: usize,
  y: usize,
  stride: usize,
  voices: i32,
): void {
  const tileBytes: usize = (<usize>columns) << 5;
  for (let row = 0; row < rows; row += 8) {
    for (let voice = 0; voice < voices; voice++) {
      let w = weights;
      let a = x + <usize>voice * stride;
      const end = a + ((<usize>columns) << 2);
      let s0 = f32x4.splat(0);
      let s1 = f32x4.splat(0);
      let s2 = f32x4.splat(0);
      let s3 = f32x4.splat(0);
      let s4 = f32x4.splat(0);
      let s5 = f32x4.splat(0);
      let s6 = f32x4.splat(0);
      let s7 = f32x4.splat(0);
      do {
        const values = v128.load(a);
        s0 = f32x4.add(s0, f32x4.mul(values, v128.load(w)));
        s1 = f32x4.add(s1, f32x4.mul(values, v128.load(w, 16)));
        s2 = f32x4.add(s2, f32x4.mul(values, v128.load(w, 32)));
        s3 = f32x4.add(s3, f32x4.mul(values, v128.load(w, 48)));
        s4 = f32x4.add(s4, f32x4.mul(values, v128.load(w, 64)));
        s5 = f32x4.add(s5, f32x4.mul(values, v128.load(w, 80)));
        s6 = f32x4.add(s6, f32x4.mul(values, v128.load(w, 96)));
        s7 = f32x4.add(s7, f32x4.mul(values, v128.load(w, 112)));
        w += 128;
        a += 16;
      } while (a < end);
      const at = (<usize>row) << 2;
      const b = bias + <usize>voice * biasStride + at;
      const out = y + <usize>voice * stride + at;
      v128.store(out, f32x4.add(rowSums(s0, s1, s2, s3), v128.load(b)));
      v128.store(out, f32x4.add(rowSums(s4, s5, s6, s7), v128.load(b, 16)), 16);
    }
    weights += tileBytes;
  }
}

/**
 * y = scale ∘ (Q q) · s + bias, for every voice: Q are bytes, q 16-bit activations at x with their scale s at xScale. The
 * products are summed as 32-bit whole numbers, exactly: `activationLimit` keeps every sum below 2^31.
 */
export function productInt8(
  weights: usize,
  scales: usize,
  bias: usize,
  rows: i32,
  columns: i32,
  x: usize,
  xScale: usize,
  y: usize,
  stride: usize,
  voices: i32,
): void {
  const tileBytes: usize = (<usize>columns) << 3;
  for (let row = 0; row < rows; row += 8) {
    for (let voice = 0; voice < voices; voice++) {
      let w = weights;
      let a = x + <usize>voice * stride;
      const end = a + ((<usize>columns) << 1);
      let s0 = i32x4.splat(0);
      let s1 = i32x4.splat(0);
      let s2 = i32x4.splat(0);
      let s3 = i32x4.splat(0);
      let s4 = i32x4.splat(0);
      let s5 = i32x4.splat(0);
      let s6 = i32x4.splat(0);
      let s7 = i32x4.splat(0);
      do {
        const values = v128.load(a);
        s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load_ext<i8>(w), values));
        s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load_ext<i8>(w, 8), values));
        s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v128.load_ext<i8>(w, 16), values));
        s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v128.load_ext<i8>(w, 24), values));
        s4 = i32x4.add(s4, i32x4.dot_i16x8_s(v128.load_ext<i8>(w, 32), values));
        s5 = i32x4.add(s5, i32x4.dot_i16x8_s(v128.load_ext<i8>(w, 40), values));
        s6 = i32x4.add(s6, i32x4.dot_i16x8_s(v128.load_ext<i8>(w, 48), values));
        s7 = i32x4.add(s7, i32x4.dot_i16x8_s(v128.load_ext<i8>(w, 56), values));
        w += 64;
        a += 16;
      } while (a < end);
      const at = (<usize>row) << 2;
      const ofVoice = <usize>voice * stride;
      const s = v128.load32_splat(xScale + ofVoice);
      const low = f32x4.mul(v128.load(scales + at), s);
      const high = f32x4.mul(v128.load(scales + at, 16), s);
      const out = y + ofVoice + at;
      const first = f32x4.mul(f32x4.convert_i32x4_s(wholeRowSums(s0, s1, s2, s3)), low);
      const second = f32x4.mul(f32x4.convert_i32x4_s(wholeRowSums(s4, s5, s6, s7)), high);
      v128.store(out, f32x4.add(first, v128.load(bias + at)));
      v128.store(out, f32x4.add(second, v128.load(bias + at, 16)), 16);
    }
    weights += tileBytes;
  }
}
