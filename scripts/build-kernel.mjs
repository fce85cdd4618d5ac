// npm run build:kernel: compiles kernel/src (AssemblyScript) to dist/kernel/samplernn.wasm.
//
//   --record   also writes kernel/samplernn.wasm.sha256, which the tests compare: after a change that is meant
//
// The compiler is pinned and its output a function of the sources, so the same sources give the same bytes everywhere.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = join(fileURLToPath(import.meta.url), '..', '..');
const folder = join(root, 'dist', 'kernel');

const { error, stderr } = await asc.main([
  'kernel/src/index.ts',
  '--baseDir',
  root,
  '--outFile',
  'dist/kernel/samplernn.wasm',
  '-O3',
  '--converge',
  // v128 stays inside: it is passed between functions, never to the caller.
  ...['--disableWarning', '112'],
  // No garbage collector, no allocator, no static data: memory is the caller's (kernel/README.md, "Memory").
  ...['--runtime', 'stub', '--use', 'abort='],
  // One copy of the weights for all workers: an imported shared memory. `threads` allows that; no atomics are used.
  ...['--enable', 'simd', '--enable', 'threads', '--importMemory', '--sharedMemory'],
  ...['--initialMemory', '1', '--maximumMemory', '65536', '--noExportMemory'],
]);
if (error) {
  process.stderr.write(stderr.toString());
  console.error(`build-kernel: ${error.message}`);
  process.exit(1);
}
mkdirSync(folder, { recursive: true });
const binary = readFileSync(join(folder, 'samplernn.wasm'));
const sha256 = createHash('sha256').update(binary).digest('hex');
if (process.argv.includes('--record')) writeFileSync(join(root, 'kernel', 'samplernn.wasm.sha256'), `${sha256}\n`);
console.log(`dist/kernel/samplernn.wasm: ${binary.length} bytes, sha256 ${sha256}`);
