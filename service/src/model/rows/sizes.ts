/** Sizes of a SampleRNN under codes (docs/models.md, "A SampleRNN under codes"). */

/** Steps of a row: one block of the engine port. */
export const rowSteps = 512;
/** Steps of a block of the network, and how many of them make a row. */
export const networkSteps = 64;
export const blocksPerRow = rowSteps / networkSteps;
/** Rows that the network hears of: the one before, this one, the next. */
export const heardRows = 3;
/** Steps of a guide that its codes are made of. */
export const guidePastSteps = 2048;
/** Codes of a level: what the kernel's draw has room for. */
export const codeCount = 256;

export interface RowSizes {
  /** Codes of a row, L. */
  readonly levels: number;
  /** Width of the prior's recurrent state, W. */
  readonly priorWidth: number;
}

/** Values of the state behind those of the network: the prior's, two rows of codes, the guide's past. */
export function rowStateFloats({ levels, priorWidth }: RowSizes): number {
  return priorWidth + 2 * levels + guidePastSteps;
}

/** Values of the state that are the network's: both recurrent states, and bins, guide and strength of its last block. */
export function networkStateFloats(stateFloats: number, sizes: RowSizes): number {
  return stateFloats - rowStateFloats(sizes);
}

/** Width of the network's recurrent tiers, D; not a positive whole number where the state is of no such model. */
export function networkWidth(stateFloats: number, sizes: RowSizes): number {
  return (networkStateFloats(stateFloats, sizes) - 3 * networkSteps) / 2;
}
