import { existsSync, readdirSync } from 'node:fs';
import { runProcess } from '../process.mjs';

/** The parts of an installed Ardour that we run. */
export interface ArdourTools {
  /** 7 for Ardour 7.3; part of every path. */
  readonly major: number;
  readonly lua: string;
  readonly vst3Scanner: string;
  readonly libraryFolder: string;
  readonly exportFormats: string;
}

/** Finds the newest Ardour among the places where Debian puts it. @throws Error saying what to install */
export function findArdour(binFolder = '/usr/bin', libFolder = '/usr/lib'): ArdourTools {
  const majors = (existsSync(binFolder) ? readdirSync(binFolder) : [])
    .map((name) => /^ardour(\d+)-lua$/.exec(name)?.[1])
    .filter((major) => major !== undefined)
    .map(Number)
    .sort((left, right) => right - left);
  for (const major of majors) {
    const libraryFolder = `${libFolder}/ardour${major}`;
    const vst3Scanner = `${libraryFolder}/ardour-vst3-scanner`;
    if (!existsSync(vst3Scanner)) continue;
    const exportFormats = `/usr/share/ardour${major}/export`;
    return { major, lua: `${binFolder}/ardour${major}-lua`, vst3Scanner, libraryFolder, exportFormats };
  }
  throw new Error('Ardour is not installed: run `npm run setup`, or install the package `ardour`.');
}

/** The version as its package says it, e.g. 7.3.0; the major number where no package says it. */
export async function ardourVersion({ major }: ArdourTools): Promise<string> {
  try {
    const { code, lines } = await runProcess('dpkg-query', ['-W', '-f', `$\{Version}`, 'ardour'], {
      timeoutMillis: 10_000,
    });
    const version = /^(?:\d+:)?(\d+(?:\.\d+)+)/.exec(lines[0] ?? '')?.[1];
    if (code === 0 && version !== undefined) return version;
  } catch {
    // Not a Debian; the major number will do.
  }
  return `${major}`;
}
