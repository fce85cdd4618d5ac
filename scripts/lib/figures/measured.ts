import { readFileSync } from 'node:fs';
import { z } from 'zod';

const rows = z.array(z.array(z.number()));

const verdict = z.object({ what: z.string(), seen: z.number(), bar: z.string(), holds: z.boolean() });

const figure = z.object({
  title: z.string(),
  how: z.string(),
  columns: z.array(z.string()),
  /** Means, a row for each temperature, say. */
  table: rows,
  verdicts: z.array(verdict),
  controls: z.array(verdict),
  /** A row for each take: the first of the columns. */
  takes: rows,
  /** Rows of second, temperature and value. */
  traces: z.array(z.object({ group: z.string(), seed: z.number(), rows })),
});

const figures = z.record(z.string(), figure);

/** What training/simmer_training/figures/verdict.py calls a Figure: nothing is measured on this side. */
export type Figure = z.infer<typeof figure>;
export type Verdict = z.infer<typeof verdict>;
export type Figures = z.infer<typeof figures>;

/** Reads figures.json. @throws Error where it is not one */
export function readFigures(path: string): Figures {
  return figures.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** A figure that must be there. */
export function figureOf(found: Figures, name: string): Figure {
  const wanted = found[name];
  if (wanted === undefined) throw new Error(`The figures have none of ${name}.`);
  return wanted;
}

/** The place of a column in the rows of a figure. */
export function columnOf({ columns, title }: Figure, name: string): number {
  const place = columns.indexOf(name);
  if (place < 0) throw new Error(`“${title}” has no column ${name}.`);
  return place;
}
