import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Builds the page, in some seconds: what is tested is what the sources say. */
export default async function buildPage(): Promise<void> {
  // scripts/test.mjs has built it before.
  if (process.env.SIMMER_TESTS_BUILT !== undefined) return;
  const configFile = fileURLToPath(new URL('../../plugin-ui/vite.config.ts', import.meta.url));
  await build({ configFile, logLevel: 'warn' });
}
