// The guide's pull on a level's codes (docs/models.md, "The guide of a model of codes").

const codeCount = 256;
/** Bytes of a float for each of them. */
const codeBytes: usize = 1024;

/** rest −= vector, `count` floats (a multiple of 4). */
export function takeOff(rest: usize, vector: usize, count: i32): void {
  const end = (<usize>count) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    v128.store(rest + at, f32x4.sub(v128.load(rest + at), v128.load(vector + at)));
  }
}

/**
 * Takes factor · min((d − the least d) · curve, deepest) off each of 256 scores, d being the squared distance of the code's vector
 * from what is left of the guide. A distance is the sum of four lanes, (0 + 2) + (1 + 3), each of every fourth band, rising.
 * `distances` is room for 256 floats.
 */
export function pullToCodes(
  scores: usize,
  vectors: usize,
  rest: usize,
  bands: i32,
  factor: f32,
  curve: f32,
  deepest: f32,
  distances: usize,
): void {
  const bytes = (<usize>bands) << 2;
  let least: f32 = f32.MAX_VALUE;
  for (let code = 0; code < codeCount; code++) {
    const vector = vectors + <usize>code * bytes;
    let sum = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) {
      const away = f32x4.sub(v128.load(rest + at), v128.load(vector + at));
      sum = f32x4.add(sum, f32x4.mul(away, away));
    }
    const distance: f32 =
      f32x4.extract_lane(sum, 0) +
      f32x4.extract_lane(sum, 2) +
      (f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 3));
    store<f32>(distances + ((<usize>code) << 2), distance);
    if (distance < least) least = distance;
  }
  const nearest = f32x4.splat(least);
  const curves = f32x4.splat(curve);
  const floor = f32x4.splat(deepest);
  const factors = f32x4.splat(factor);
  for (let at: usize = 0; at < codeBytes; at += 16) {
    const beyond = f32x4.mul(f32x4.sub(v128.load(distances + at), nearest), curves);
    v128.store(scores + at, f32x4.sub(v128.load(scores + at), f32x4.mul(factors, f32x4.pmin(beyond, floor))));
  }
}
