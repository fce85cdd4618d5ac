import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Failure } from '../../core/failure.js';

/** Rises whenever the same weights and inputs come to give other bits. */
export const kernelVersion = 2;

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * The kernel that `npm run build:kernel` made, compiled once per thread.
 * @throws Failure `internal` when it was not built, or cannot be compiled here.
 */
export function kernelModule(): Promise<WebAssembly.Module> {
  compiled ??= compileKernel();
  return compiled;
}

async function compileKernel(): Promise<WebAssembly.Module> {
  const path = kernelPath();
  try {
    return await WebAssembly.compile(await readFile(path));
  } catch (cause) {
    throw new Failure('internal', `The kernel ${path} cannot be loaded: \`npm run build:kernel\` makes it.`, cause);
  }
}

/** dist/kernel/samplernn.wasm, seen from this folder in dist or, where sources are run, from this folder. */
function kernelPath(): string {
  const inDist = /\/dist\/service\/src\/model\/kernel\/[^/]*$/.test(import.meta.url);
  return fileURLToPath(new URL(inDist ? '../../../../kernel/' : '../../../../dist/kernel/', import.meta.url)).concat(
    'samplernn.wasm',
  );
}
