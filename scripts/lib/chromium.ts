import { spawnSync } from 'node:child_process';

/** The system's Chromium: Playwright brings none. $SIMMER_CHROMIUM is another. @throws Error that says how to have one */
export function chromiumProgram(): string {
  const own = process.env.SIMMER_CHROMIUM;
  const names = own === undefined ? ['chromium', 'chromium-browser', 'google-chrome'] : [own];
  for (const name of names) {
    const { status, stdout } = spawnSync('sh', ['-c', 'command -v -- "$0"', name], { encoding: 'utf8' });
    if (status === 0 && stdout.trim() !== '') return stdout.trim();
  }
  throw new Error('There is no Chromium here: run `npm run setup -- --for test page`, or set SIMMER_CHROMIUM.');
}

/** It says nothing to anybody outside, and plays sound without being clicked first. */
export const chromiumFlags: readonly string[] = [
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];
