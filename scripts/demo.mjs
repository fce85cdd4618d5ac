// npm run demo [-- S3]: plays an experiment (S1 to S6, S2 where none is said; of S6 one item) in Ardour, through the plugin and the
// service, and leaves out/S3.wav, a picture of it, and the session to open. Installs and builds what is missing first. Ctrl-C leaves nothing running.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endProcessesWithUs, startProcess, stopAllProcesses } from './lib/process.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [id = 'S2', ...surplus] = process.argv.slice(2);
if (surplus.length > 0 || id.startsWith('-')) {
  console.error('demo: name one experiment, S1 to S6, or none for S2');
  process.exit(2);
}

endProcessesWithUs();
// On our terminal, for it may have to ask for a password.
const setUp = startProcess(process.execPath, [join(root, 'scripts', 'setup.mjs'), '--for', 'demo'], { attached: true });
const { code } = await setUp.exited;
if (code !== 0) process.exit(code ?? 1);

// Built by the setup.
const { checkModel, runDemo } = await import('../dist/scripts/lib/demo.js');
const { findShown } = await import('../dist/service/src/cli/experiments.js');
const experiment = await findShown(id).catch((thrown) => {
  console.error(`demo: ${thrown instanceof Error ? thrown.message : thrown}`);
  return process.exit(2);
});
const watched = process.stdout.isTTY;
let shownTenths = 0;
/** @type {import('./lib/demo.js').Teller} */
const tell = {
  step: (line) => {
    shownTenths = 0;
    console.log(`▸ ${line}`);
  },
  progress: (share) => {
    const percent = `${Math.round(share * 100)} %`;
    if (watched) process.stdout.write(`\r  ${percent}${share === 1 ? '\n' : ' '}`);
    else if (Math.floor(share * 10) > shownTenths) {
      shownTenths = Math.floor(share * 10);
      console.log(`  ${percent}`);
    }
  },
  line: (line) => console.log(line),
};
try {
  const allHeld = await runDemo(experiment, checkModel(experiment), tell);
  if (!allHeld) console.error('demo: a check failed (FAIL above)');
  process.exitCode = allHeld ? 0 : 1;
} catch (thrown) {
  console.error(`demo: ${thrown instanceof Error ? thrown.message : thrown}`);
  process.exitCode = 1;
} finally {
  await stopAllProcesses();
}
