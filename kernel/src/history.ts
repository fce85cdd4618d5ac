// The first activation of the sample tier: what the 16 bins before a step add to it, from the folded table, and the
// frame's conditioning.

/** Steps of history, and of a frame; bytes of their addresses. */
const places = 16;
const addressBytes: usize = 64;

/**
 * out[c] = max(0, Σ_j table[j][bins[j]][c] + condition[c]) for `count` columns (a multiple of 16). Rows are float32 and
 * added oldest first. `bins` are 16 i32, oldest first, each 0…255; `rows` is room for 16 addresses.
 */
export function historyFloat(table: usize, bins: usize, condition: usize, count: i32, rows: usize, out: usize): void {
  const rowBytes = (<usize>count) << 2;
  for (let j = 0; j < places; j++) {
    const bin = load<i32>(bins + ((<usize>j) << 2));
    store<usize>(rows + ((<usize>j) << 2), table + <usize>(j * 256 + bin) * rowBytes);
  }
  const zero = f32x4.splat(0);
  for (let at: usize = 0; at < rowBytes; at += 64) {
    const first = load<usize>(rows) + at;
    let a = v128.load(first);
    let b = v128.load(first, 16);
    let c = v128.load(first, 32);
    let d = v128.load(first, 48);
    for (let j: usize = 4; j < addressBytes; j += 4) {
      const row = load<usize>(rows + j) + at;
      a = f32x4.add(a, v128.load(row));
      b = f32x4.add(b, v128.load(row, 16));
      c = f32x4.add(c, v128.load(row, 32));
      d = f32x4.add(d, v128.load(row, 48));
    }
    const from = condition + at;
    const to = out + at;
    v128.store(to, f32x4.pmax(zero, f32x4.add(a, v128.load(from))));
    v128.store(to, f32x4.pmax(zero, f32x4.add(b, v128.load(from, 16))), 16);
    v128.store(to, f32x4.pmax(zero, f32x4.add(c, v128.load(from, 32))), 32);
    v128.store(to, f32x4.pmax(zero, f32x4.add(d, v128.load(from, 48))), 48);
  }
}

/** The same with rows of 16-bit whole numbers of one scale, which are added exactly. */
export function historyInt16(
  table: usize,
  scale: f32,
  bins: usize,
  condition: usize,
  count: i32,
  rows: usize,
  out: usize,
): void {
  const rowBytes = (<usize>count) << 1;
  for (let j = 0; j < places; j++) {
    const bin = load<i32>(bins + ((<usize>j) << 2));
    store<usize>(rows + ((<usize>j) << 2), table + <usize>(j * 256 + bin) * rowBytes);
  }
  const zero = f32x4.splat(0);
  const factor = f32x4.splat(scale);
  for (let at: usize = 0; at < rowBytes; at += 32) {
    let a = i32x4.splat(0);
    let b = i32x4.splat(0);
    let c = i32x4.splat(0);
    let d = i32x4.splat(0);
    for (let j: usize = 0; j < addressBytes; j += 4) {
      const row = load<usize>(rows + j) + at;
      a = i32x4.add(a, v128.load_ext<i16>(row));
      b = i32x4.add(b, v128.load_ext<i16>(row, 8));
      c = i32x4.add(c, v128.load_ext<i16>(row, 16));
      d = i32x4.add(d, v128.load_ext<i16>(row, 24));
    }
    const from = condition + 2 * at;
    const to = out + 2 * at;
    v128.store(to, f32x4.pmax(zero, shifted(a, factor, from)));
    v128.store(to, f32x4.pmax(zero, shifted(b, factor, from + 16)), 16);
    v128.store(to, f32x4.pmax(zero, shifted(c, factor, from + 32)), 32);
    v128.store(to, f32x4.pmax(zero, shifted(d, factor, from + 48)), 48);
  }
}

function shifted(sum: v128, factor: v128, by: usize): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sum), factor), v128.load(by));
}
