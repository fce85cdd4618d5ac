/**
 * The index at which a series changes its level once: the split that leaves the least variance in its two parts. Looked
 * for between `from` and `to`.
 */
export function changePoint(series: Float32Array, from: number, to: number): number {
  const count = to - from;
  let sum = 0;
  for (let index = from; index < to; index += 1) sum += series[index] ?? 0;
  let left = 0;
  let best = { index: from, gain: Number.NEGATIVE_INFINITY };
  for (let size = 1; size < count; size += 1) {
    left += series[from + size - 1] ?? 0;
    const difference = left / size - (sum - left) / (count - size);
    const gain = ((size * (count - size)) / count) * difference * difference;
    if (gain > best.gain) best = { index: from + size, gain };
  }
  return best.index;
}

export function mean(series: Float32Array): number {
  return series.reduce((sum, value) => sum + value, 0) / series.length;
}
