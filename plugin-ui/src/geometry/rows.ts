/** A horizontal part of the song view, in pixels from its top. */
export interface Row {
  readonly top: number;
  readonly height: number;
}

export interface Rows {
  readonly ruler: Row;
  readonly lane: Row;
  readonly guide: Row | undefined;
  readonly take: Row;
  readonly spectrum: Row | undefined;
  readonly strips: readonly Row[];
  readonly height: number;
}

export interface RowOptions {
  readonly guide: boolean;
  readonly spectrum: boolean;
  readonly strips: number;
  /** A narrow page gives each row less. */
  readonly compact: boolean;
}

export const stripsMax = 6;

export function rowsFor({ guide, spectrum, strips, compact }: RowOptions): Rows {
  let top = 0;
  const row = (height: number, gap: number): Row => {
    const made = { top, height };
    top += height + gap;
    return made;
  };
  const ruler = row(34, 6);
  const lane = row(compact ? 136 : 204, 12);
  const guideRow = guide ? row(compact ? 34 : 42, 10) : undefined;
  const take = row(compact ? 72 : 112, spectrum ? 2 : 10);
  const spectrumRow = spectrum ? row(compact ? 56 : 92, 10) : undefined;
  const stripRows = Array.from({ length: Math.min(stripsMax, strips) }, () => row(compact ? 20 : 24, 4));
  return { ruler, lane, guide: guideRow, take, spectrum: spectrumRow, strips: stripRows, height: top };
}

export function within(row: Row, y: number): boolean {
  return y >= row.top && y < row.top + row.height;
}
