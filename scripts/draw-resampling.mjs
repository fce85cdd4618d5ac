// node scripts/draw-resampling.mjs
//
// Measures what resampling does to the sound, draws docs/images/resampling.png and prints the table of
// docs/resampling.md. A test holds that page to what is measured.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const built = join(root, 'dist', 'scripts', 'lib', 'bench');
if (!existsSync(join(built, 'resampling-picture.js'))) {
  console.error('draw-resampling: build first (npm run build).');
  process.exit(1);
}
const { drawResampling } = await import(join(built, 'resampling-picture.js'));
const { resamplingTable, tableHead } = await import(join(built, 'resampling-table.js'));
drawResampling(join(root, 'docs', 'images', 'resampling.png'));
console.log([...tableHead, ...resamplingTable()].join('\n'));
