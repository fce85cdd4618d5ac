/** One measurement. Where there is a peer, it was measured on the same machine in the same run. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is held against, with its own figure; undefined: nothing comparable. */
  readonly peer: { readonly name: string; readonly value: number } | undefined;
  /** How many times better than the peer: above 1 is better, whatever the unit. */
  readonly ratio: number | undefined;
}

/** A row whose greater value is better. */
export function moreIsBetter(name: string, value: number, unit: string, peer?: Row['peer']): Row {
  return { name, value, unit, peer, ratio: peer === undefined ? undefined : value / peer.value };
}

/** A row whose smaller value is better. */
export function lessIsBetter(name: string, value: number, unit: string, peer?: Row['peer']): Row {
  return { name, value, unit, peer, ratio: peer === undefined ? undefined : peer.value / value };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** The smallest value that `share` of all do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The rows as `--json` writes them: {name, value, unit, peer, ratio}, null where there is no peer. */
export function toJson(rows: readonly Row[]): string {
  const plain = rows.map(({ name, value, unit, peer, ratio }) => ({
    name,
    value,
    unit,
    peer: peer === undefined ? null : `${peer.name}: ${figure(peer.value)} ${unit}`,
    ratio: ratio ?? null,
  }));
  return `${JSON.stringify(plain, null, 2)}\n`;
}

export function toTable(rows: readonly Row[]): string {
  const cells = rows.map(({ name, value, unit, peer, ratio }) => [
    name,
    `${figure(value)} ${unit}`,
    peer === undefined ? '–' : `${peer.name}: ${figure(peer.value)} ${unit}`,
    ratio === undefined ? '–' : `${figure(ratio)} ×`,
  ]);
  const all = [['what', 'measured', 'peer', 'better by'], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')).join('\n');
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
