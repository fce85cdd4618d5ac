import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root, simmerProgram, temporaryFolder } from '../../support/service-process.js';

/** A clone, as much of it as the program looks at. */
function clone({ packages, built }: { readonly packages: boolean; readonly built: boolean }) {
  const folder = temporaryFolder();
  const put = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  put('package.json', '{"type":"module"}');
  put('service/src/main.ts', '');
  if (packages) put('node_modules/commander/package.json', '{}');
  if (built) put('dist/service/src/main.js', "console.log('it runs');");
  mkdirSync(join(folder, 'service/bin'), { recursive: true });
  cpSync(simmerProgram, join(folder, 'service/bin/simmer.js'));
  return spawnSync(process.execPath, [join(folder, 'service/bin/simmer.js'), 'models'], { encoding: 'utf8' });
}

describe('in a clone', () => {
  test.each([
    ['without packages', { packages: false, built: false }, 'Its packages are not installed'],
    ['that is not built', { packages: true, built: false }, 'It is not built yet'],
  ])('%s, one line says what to run', (_, state, why) => {
    const { status, stderr, stdout } = clone(state);
    expect(stderr).toBe(`simmer: ${why}. In the folder of the clone, run: npm run setup -- --needs npm build\n`);
    expect([status, stdout]).toEqual([1, '']);
  });

  test('that is built it runs', () => {
    expect(clone({ packages: true, built: true }).stdout).toBe('it runs\n');
  });

  test('what it says to run is there', () => {
    expect(readFileSync(join(root, 'package.json'), 'utf8')).toContain('"setup": "node scripts/setup.mjs"');
    expect(readFileSync(join(root, 'scripts/setup.mjs'), 'utf8')).toContain("flag === '--needs'");
  });
});
