import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repository } from '../../scripts/lib/folders.js';
import { findBuiltHost } from '../support/test-host.js';

/** Builds the test host and the plugin where they are missing; `npm test` has built them from the source before. */
export default function buildHost(): void {
  try {
    findBuiltHost();
  } catch {
    execFileSync('cargo', ['build', '--locked', '-p', 'simmer-host'], {
      cwd: join(repository, 'native-shim'),
      stdio: 'inherit',
    });
    findBuiltHost();
  }
}
