import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../../../scripts/lib/folders.js';
import { printRecipes } from '../../../service/src/cli/recipe.js';
import { temporaryFolder } from '../../support/service-process.js';

const saved = join(repository, 'test', 'fixtures', 'saved-state-of-protocol-1.bin');

async function recipesIn(content: string | Uint8Array, lanes = false) {
  const file = join(temporaryFolder(), 'project');
  writeFileSync(file, content);
  const printed: string[] = [];
  await printRecipes({ file, lanes }, (line) => printed.push(line));
  return printed.map((line) => JSON.parse(line));
}

test('a saved state is told by names, with its takes', async () => {
  const [state, ...others] = await recipesIn(readFileSync(saved));
  expect(others).toEqual([]);
  expect(state.parameters).toMatchObject({ Temperature: '0.850', 'Output gain': '-6.0 dB', Start: 'Fresh' });
  expect(state.takes[0]).toMatchObject({ name: 'The good one', kept: true, seed: 7, engine: 'kernel-int8-2' });
  expect(state.takes[0]).not.toHaveProperty('lane');
});

test('a project that holds states raw and in base64 gives each', async () => {
  const state = readFileSync(saved);
  const project = Buffer.concat([
    Buffer.from('<chunk>'),
    // A host may put bytes of its own before a plugin's.
    Buffer.from(Buffer.concat([Buffer.from('host'), state]).toString('base64')),
    Buffer.from('</chunk>SIMMERST is not all'),
    state,
  ]);
  const found = await recipesIn(project, true);
  expect(found).toHaveLength(2);
  expect(found[0]).toEqual(found[1]);
  const steps = found[0].takes[0].lane.map((run: string) => Number(/^\d+/.exec(run)?.[0]));
  expect(steps.reduce((sum: number, count: number) => sum + count, 0)).toBe(2000);
});

test('a damaged recipe is said to be one, and a file without a state has none', async () => {
  const state = { instanceId: '00', parameters: {}, takes: Buffer.from('no recipe').toString('base64') };
  const body = Buffer.from(JSON.stringify(state));
  const header = Buffer.alloc(16);
  header.write('SIMMERST');
  header.writeUInt32LE(1, 8);
  header.writeUInt32LE(body.length, 12);
  expect(await recipesIn(Buffer.concat([header, body]))).toMatchObject([
    { recipe: expect.stringContaining('damaged'), takes: [] },
  ]);
  await expect(recipesIn('a song')).rejects.toMatchObject({ code: 'usage' });
  await expect(recipesIn(Buffer.concat([header, body.subarray(9)]))).rejects.toMatchObject({ code: 'usage' });
});
