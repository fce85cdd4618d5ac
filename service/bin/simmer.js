#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../../dist/service/src/main.js', import.meta.url);
const packages = new URL('../../node_modules/commander/', import.meta.url);
// Elsewhere, as an installed package, what it needs lies beside it, and is built.
const isClone = existsSync(new URL('../src/main.ts', import.meta.url));
if (isClone && !existsSync(packages)) leave('Its packages are not installed');
else if (!existsSync(main)) leave('It is not built yet');
else await import(main.href);

function leave(why) {
  process.stderr.write(`simmer: ${why}. In the folder of the clone, run: npm run setup -- --needs npm build\n`);
  process.exitCode = 1;
}
