import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repository } from '../../scripts/lib/folders.js';
import { findBuiltHost } from '../support/test-host.js';

/** Builds the test hosts and the plugins where they are missing; `npm test` has built them from the source before. */
export default function buildHosts(): void {
  try {
    for (const format of ['vst3', 'clap'] as const) findBuiltHost(format);
  } catch {
    execFileSync('cargo', ['build', '--locked', '-p', 'simmer-host', '-p', 'simmer-clap-host'], {
      cwd: join(repository, 'native-shim'),
      stdio: 'inherit',
    });
    for (const format of ['vst3', 'clap'] as const) findBuiltHost(format);
  }
}
