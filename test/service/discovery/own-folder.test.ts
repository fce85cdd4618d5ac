import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DiscoveryFile } from '../../../service/src/discovery/discovery-file.js';
import { ownFolder } from '../../../service/src/discovery/own-folder.js';
import { runSimmer, temporaryFolder } from '../../support/service-process.js';

const modeOf = (folder: string) => statSync(folder).mode & 0o777;

describe('the runtime folder', () => {
  test('is made for its user alone, with those it lies in', async () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    await ownFolder(folder);
    expect([modeOf(folder), modeOf(join(folder, '..'))]).toEqual([0o700, 0o700]);
    await ownFolder(folder);
  });

  test.each([0o755, 0o750, 0o770, 0o777, 0o701, 0o1777])('one of mode %o is refused and keeps it', async (mode) => {
    const folder = join(temporaryFolder(), 'own');
    mkdirSync(folder);
    chmodSync(folder, mode);
    const before = statSync(folder).mode;
    await expect(ownFolder(folder)).rejects.toThrow(`chmod 700 ${folder}`);
    const start = async () => Promise.reject(new Error('nothing is started'));
    await expect(new DiscoveryFile(folder).claim(start)).rejects.toThrow(join(folder, 'simmer'));
    expect(statSync(folder).mode).toBe(before);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('one of mode 500, which is closed to others, keeps that as well', async () => {
    const folder = join(temporaryFolder(), 'own');
    mkdirSync(folder, { mode: 0o500 });
    await ownFolder(folder);
    expect(modeOf(folder)).toBe(0o500);
  });

  test.skipIf(process.getuid?.() !== 0)("another user's is refused", async () => {
    const folder = join(temporaryFolder(), 'theirs');
    mkdirSync(folder, { mode: 0o700 });
    chownSync(folder, 12_345, 12_345);
    await expect(ownFolder(folder)).rejects.toThrow("another user's");
    expect(statSync(folder).uid).toBe(12_345);
  });

  test('a file in its place is said', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    await expect(ownFolder(file)).rejects.toThrow('cannot be made');
    await expect(ownFolder(join(file, 'below'))).rejects.toThrow('cannot be made');
  });

  test('simmer serve says so in one line, and leaves nothing there', async () => {
    const folder = join(temporaryFolder(), 'own');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    const { code, stderr } = await runSimmer(['serve', '--model', 'tiny', '--runtime-dir', folder]);
    expect([code, stderr.trim().split('\n').length]).toEqual([2, 1]);
    expect(stderr).toContain('can be entered by others (mode 755)');
    expect([modeOf(folder), readdirSync(folder)]).toEqual([0o755, []]);
    expect(existsSync(join(folder, 'store'))).toBe(false);
  });
});
