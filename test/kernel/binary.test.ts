import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

test('the build gives the recorded bytes (`npm run build:kernel -- --record` after a change that is meant)', () => {
  const binary = readFileSync(join(root, 'dist/kernel/samplernn.wasm'));
  const recorded = readFileSync(join(root, 'kernel/samplernn.wasm.sha256'), 'utf8').trim();
  expect(createHash('sha256').update(binary).digest('hex')).toBe(recorded);
});

test('it is valid, and imports its memory and nothing else', () => {
  const binary = readFileSync(join(root, 'dist/kernel/samplernn.wasm'));
  // The import section (2) follows the types (1): one import, env.memory, of kind memory (2).
  const names = binary.toString('latin1');
  const at = names.indexOf('\x03env\x06memory\x02');
  expect(at).toBeGreaterThan(0);
  expect(binary[at - 1]).toBe(1);
});
