import { existsSync, readdirSync } from 'node:fs';

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
