/** The files of a model of codes, checked: bytes of each graph, and the vectors of all codes. */
export interface CodesFiles {
  readonly row: Uint8Array;
  readonly level: Uint8Array | undefined;
  readonly decoder: Uint8Array;
  readonly encoder: { readonly graph: Uint8Array; readonly codebooks: Float32Array } | undefined;
}
