import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { repository } from '../../scripts/lib/folders.js';

test('npm has nothing to warn of in this project', () => {
  const listing = spawnSync('npm', ['run'], { cwd: repository, encoding: 'utf8' });
  expect(listing.stderr).toBe('');
  expect(listing.stdout).toContain('node scripts/demo.mjs');
});
