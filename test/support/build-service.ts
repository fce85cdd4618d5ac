import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const main = join(root, 'dist/service/src/main.js');

/** Builds what the two-process tests start. Type errors are lint's to refuse; only a build that is missing stops tests. */
export default function buildService(): void {
  // scripts/test.mjs has built all of it before.
  if (process.env.SIMMER_TESTS_BUILT !== undefined) return;
  if (!existsSync(join(root, 'dist/service/src/wire/generated/simmer.js'))) {
    execFileSync(process.execPath, [join(root, 'scripts/build-proto.mjs')], { cwd: root, stdio: 'inherit' });
  }
  // Always, in some seconds: what is tested is what the sources say.
  execFileSync(process.execPath, [join(root, 'scripts/build-kernel.mjs')], { cwd: root, stdio: 'inherit' });
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b'], {
      cwd: root,
      stdio: 'inherit',
    });
  } catch (thrown) {
    if (!existsSync(main)) throw thrown;
  }
}
