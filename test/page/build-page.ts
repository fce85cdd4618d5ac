import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Builds the page, in some seconds: what is tested is what the sources say. */
export default async function buildPage(): Promise<void> {
  const configFile = fileURLToPath(new URL('../../plugin-ui/vite.config.ts', import.meta.url));
  await build({ configFile, logLevel: 'warn' });
}
