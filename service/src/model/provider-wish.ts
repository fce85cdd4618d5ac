/** Backends that onnxruntime-node may have, by its own names. */
export type Provider = 'cpu' | 'cuda' | 'dml' | 'coreml' | 'webgpu';
/** What was asked for: a backend, or the fastest of those that are there. */
export type ProviderWish = Provider | 'auto';
export const providerWishes = ['auto', 'cpu', 'cuda', 'dml', 'coreml', 'webgpu'] as const satisfies ProviderWish[];
