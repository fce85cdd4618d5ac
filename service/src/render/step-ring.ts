import type { Shape } from '../core/shaping.js';
import { isOfCodes, type SoundKind, type SoundValues, soundValues } from '../core/sound.js';
import type { Step } from '../core/units.js';

/** Steps that follow on each other, column by column: what shaped each (core/shaping.ts), and what was drawn. */
export interface StepColumns {
  readonly temperature: Uint16Array;
  readonly strength: Uint8Array;
  readonly guideBin: Uint8Array;
  /** Undefined for models without labels. */
  readonly condition: Uint32Array | undefined;
  readonly sound: SoundValues;
  /** Bits. */
  readonly entropy: Float32Array;
}

type Column = StepColumns[keyof StepColumns];

/** Room for so many steps. Conditions shape models of codes alone. */
function columnsOf(sound: SoundKind, count: number): StepColumns {
  return {
    temperature: new Uint16Array(count),
    strength: new Uint8Array(count),
    guideBin: new Uint8Array(count),
    condition: isOfCodes(sound) ? new Uint32Array(count) : undefined,
    sound: soundValues(sound, count),
    entropy: new Float32Array(count),
  };
}

/** The newest steps of a take, in place of the oldest. It does not know which of them there are: take-head.ts does. */
export class StepRing {
  readonly stepsKept: number;
  readonly #kind: SoundKind;
  readonly #columns: StepColumns;

  constructor(kind: SoundKind, stepsKept: number) {
    this.#kind = kind;
    this.stepsKept = stepsKept;
    this.#columns = columnsOf(kind, stepsKept);
  }

  set(step: Step, shape: Shape, sound: number, entropyBits: number): void {
    const slot = step % this.stepsKept;
    const columns = this.#columns;
    columns.temperature[slot] = shape.temperature;
    columns.strength[slot] = shape.strength;
    columns.guideBin[slot] = shape.guideBin;
    if (columns.condition !== undefined) columns.condition[slot] = shape.condition;
    columns.sound[slot] = sound;
    columns.entropy[slot] = entropyBits;
  }

  /** What shaped a step. */
  shape(step: Step): Shape {
    const slot = step % this.stepsKept;
    const { temperature, strength, guideBin, condition } = this.#columns;
    return {
      temperature: temperature[slot] ?? 0,
      strength: strength[slot] ?? 0,
      guideBin: guideBin[slot] ?? 0,
      condition: condition?.[slot] ?? 0,
    };
  }

  /** What stands for the sound of a step (core/sound.ts). */
  sound(step: Step): number {
    return this.#columns.sound[step % this.stepsKept] ?? 0;
  }

  /** A copy of the steps [from, end). */
  copy(from: Step, end: Step): StepColumns {
    const copied = columnsOf(this.#kind, end - from);
    this.#each(copied, (ring, column) => {
      const slot = from % this.stepsKept;
      const first = Math.min(column.length, this.stepsKept - slot);
      column.set(ring.subarray(slot, slot + first));
      column.set(ring.subarray(0, column.length - first), first);
    });
    return copied;
  }

  /** Puts steps in from `at` on. */
  paste(at: Step, steps: StepColumns): void {
    this.#each(steps, (ring, column) => {
      const slot = at % this.stepsKept;
      const first = Math.min(column.length, this.stepsKept - slot);
      ring.set(column.subarray(0, first), slot);
      ring.set(column.subarray(first), 0);
    });
  }

  #each(steps: StepColumns, visit: (ring: NonNullable<Column>, column: NonNullable<Column>) => void): void {
    for (const name of Object.keys(this.#columns) as (keyof StepColumns)[]) {
      const ring = this.#columns[name];
      const column = steps[name];
      if (ring !== undefined && column !== undefined) visit(ring, column);
    }
  }
}
