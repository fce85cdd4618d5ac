import { createRequire } from 'node:module';
import { z } from 'zod';

/** The version of ONNX Runtime that is installed, without loading it: its library is large, and belongs into a worker. */
export function onnxRuntimeVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('onnxruntime-node/package.json');
  return z.object({ version: z.string() }).parse(manifest).version;
}
