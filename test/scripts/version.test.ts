import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../../scripts/lib/folders.js';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');

test('every file that says the version says the same, and the newest in the changelog is it', () => {
  const { version } = JSON.parse(read('package.json'));
  const lock = JSON.parse(read('package-lock.json'));
  expect([lock.version, lock.packages[''].version]).toEqual([version, version]);
  expect(/^\[workspace\.package\]\nversion = "(.*)"/m.exec(read('native-shim/Cargo.toml'))?.[1]).toBe(version);
  const ours = [...read('native-shim/Cargo.lock').matchAll(/^name = "simmer-.*"\nversion = "(.*)"/gm)];
  expect(new Set(ours.map(([, told]) => told))).toEqual(new Set([version]));
  expect(/^## (?!Unreleased)(\S+)/m.exec(read('CHANGELOG.md'))?.[1]).toBe(version);
});
