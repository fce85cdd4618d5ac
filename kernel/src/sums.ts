// Rows of tables, added up: what codes say.

/** out[c] += row 0 + row 1 + … in their order, for `count` columns (a multiple of 4) of `rows` addresses at `addresses`. */
export function addRowsFloat(addresses: usize, rows: i32, count: i32, out: usize): void {
  const end = (<usize>count) << 2;
  const last = addresses + ((<usize>rows) << 2);
  for (let at: usize = 0; at < end; at += 16) {
    let sum = v128.load(out + at);
    for (let row = addresses; row < last; row += 4) sum = f32x4.add(sum, v128.load(load<usize>(row) + at));
    v128.store(out + at, sum);
  }
}

/** The same with rows of 16-bit whole numbers of one scale, which are added exactly before they join `out`. */
export function addRowsInt16(addresses: usize, scale: f32, rows: i32, count: i32, out: usize): void {
  const end = (<usize>count) << 1;
  const last = addresses + ((<usize>rows) << 2);
  const factor = f32x4.splat(scale);
  for (let at: usize = 0; at < end; at += 8) {
    let sum = i32x4.splat(0);
    for (let row = addresses; row < last; row += 4) {
      sum = i32x4.add(sum, v128.load_ext<i16>(load<usize>(row) + at));
    }
    const to = out + 2 * at;
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(f32x4.convert_i32x4_s(sum), factor)));
  }
}
