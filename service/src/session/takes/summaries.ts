import type { TakeSummary } from '../../core/monitor.js';
import { temperatureGrid } from '../../core/shaping.js';
import type { TakeBook } from '../../take/take-book.js';
import type { TakeRecord } from '../../take/take-record.js';

/** An instance's takes for people to look at, oldest first; made anew only when the book has changed. */
export class TakeSummaries {
  readonly #takes: TakeBook;
  #version = -1;
  #summaries: readonly TakeSummary[] = [];
  /** By id, in the order in which they were first seen: the book's own order is that of use. */
  readonly #seen = new Map<string, number>();

  constructor(takes: TakeBook) {
    this.#takes = takes;
  }

  get version(): number {
    return this.#takes.version;
  }

  get all(): readonly TakeSummary[] {
    if (this.#version === this.#takes.version) return this.#summaries;
    this.#version = this.#takes.version;
    const { records } = this.#takes;
    const current = records.findLast((record) => !record.discarded && !record.drawn);
    for (const record of records) if (!this.#seen.has(record.id)) this.#seen.set(record.id, this.#seen.size);
    const place = (record: TakeRecord) => this.#seen.get(record.id) ?? 0;
    this.#summaries = [...records]
      .sort((left, right) => place(left) - place(right))
      .map((record) => summaryOf(record, record === current));
    return this.#summaries;
  }
}

function summaryOf(record: TakeRecord, current: boolean): TakeSummary {
  const { model, seed, parent, rootStep, firstStep } = record.origin;
  return {
    id: record.id,
    name: record.name,
    seed,
    parent: parent?.id ?? null,
    rootStep,
    firstStep,
    endStep: record.endStep,
    kept: record.kept,
    discarded: record.discarded,
    current,
    drawn: record.drawn,
    model: model.name,
    temperature: temperatureOf(record),
  };
}

/** Lowest, mean and highest temperature of the draws that are described here. */
function temperatureOf(record: TakeRecord): [number, number, number] {
  let [low, high, sum, count] = [Number.POSITIVE_INFINITY, 0, 0, 0];
  for (const [steps, value] of record.effectiveTemperature.entries()) {
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += steps * value;
    count += steps;
  }
  if (count === 0) return [0, 0, 0];
  return [low / temperatureGrid, sum / count / temperatureGrid, high / temperatureGrid];
}
