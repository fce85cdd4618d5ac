/** Where PyTorch comes from, and what that costs. */
export interface TorchSource {
  /** An index of PyTorch's own, tried first; undefined: the usual one has the right build. */
  readonly index: string | undefined;
  readonly what: string;
  readonly gigabytes: number;
}

/** The build of PyTorch for a machine. The usual index has CUDA builds for Linux, MPS for macOS, plain ones for Windows. */
export function torchSource(platform: NodeJS.Platform, hasNvidia: boolean): TorchSource {
  if (platform === 'darwin') return { index: undefined, what: 'PyTorch for Apple GPUs', gigabytes: 1 };
  if (platform === 'win32' && hasNvidia)
    return { index: 'https://download.pytorch.org/whl/cu130', what: 'PyTorch with CUDA', gigabytes: 5 };
  if (platform === 'win32') return { index: undefined, what: 'PyTorch for the processor', gigabytes: 1 };
  if (hasNvidia) return { index: undefined, what: 'PyTorch with CUDA', gigabytes: 5 };
  return { index: 'https://download.pytorch.org/whl/cpu', what: 'PyTorch for the processor', gigabytes: 1 };
}
