// npm run gallery [-- --anew]: renders the experiments that are not there yet (all of them with --anew), without a DAW,
// and makes out/gallery.html of them: to hear, to see, and to compare. Its files lie in out/gallery beside it.
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endProcessesWithUs, startProcess } from './lib/process.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const args = process.argv.slice(2);
if (args.some((arg) => arg !== '--anew')) {
  console.error('gallery: the only option is --anew, which renders everything again');
  process.exit(2);
}
endProcessesWithUs();
// On our terminal, for it may have to ask for a password.
const setUp = startProcess(process.execPath, [join(root, 'scripts', 'setup.mjs'), '--for', 'gallery'], {
  attached: true,
});
const { code } = await setUp.exited;
if (code !== 0) process.exit(code ?? 1);

// Built by the setup.
const { makeGallery } = await import('../dist/scripts/lib/gallery/gallery.js');
const watched = process.stdout.isTTY;
try {
  const { page, missing } = await makeGallery({
    anew: args.includes('--anew'),
    step: (line) => console.log(`▸ ${line}`),
    progress: (line) => {
      if (watched) process.stdout.write(`\r  ${line}  `);
    },
    done: () => {
      if (watched) process.stdout.write('\r');
    },
  });
  for (const line of missing) console.log(`  left out: ${line}`);
  console.log(`  ${relative(process.cwd(), page)}`);
} catch (thrown) {
  console.error(`gallery: ${thrown instanceof Error ? thrown.message : thrown}`);
  process.exitCode = 1;
}
