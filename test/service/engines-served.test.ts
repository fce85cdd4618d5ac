import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runSimmer, ServiceProcess, temporaryFolder } from '../support/service-process.js';

/** What `simmer models` says of what plays a model. */
async function toldOf(model: string, runtimeDir: string): Promise<string | undefined> {
  const { stdout } = await runSimmer(['models'], { SIMMER_RUNTIME_DIR: runtimeDir });
  return stdout
    .split('\n')
    .find((line) => line.startsWith(`${model}\t`))
    ?.split('\t')[4];
}

test('a service measures its model in the background, once, and `simmer models` shows it', async () => {
  const runtimeDir = temporaryFolder();
  const cache = join(runtimeDir, 'cache', 'engine-speeds.json');
  expect(await toldOf('tiny', runtimeDir)).toBe('built in, not measured yet');
  // What is broken is written anew.
  mkdirSync(join(runtimeDir, 'cache'));
  writeFileSync(cache, '{"version":');
  expect(await toldOf('tiny', runtimeDir)).toBe('built in, not measured yet');
  const service = await ServiceProcess.start([], runtimeDir);
  try {
    await vi.waitFor(async () => expect(await toldOf('tiny', runtimeDir)).toMatch(/^built in, [\d.]+ × real time$/), {
      timeout: 60_000,
    });
  } finally {
    await service.stop();
  }
  expect(existsSync(cache)).toBe(true);
  expect(service.stderr).not.toContain('cannot be measured');
});
