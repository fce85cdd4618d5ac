import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where bounced files go by default: `Simmer` in the user's music folder. On Linux that is what
 * `user-dirs.dirs` of xdg-user-dirs says; a runtime folder of one's own has a place of its own.
 */
export function bounceFolder(environment: Environment, platform: NodeJS.Platform, ownRuntimeFolder?: string): string {
  const own = ownRuntimeFolder ?? environment.SIMMER_RUNTIME_DIR;
  if (own) return join(resolve(own), 'bounces');
  const music = platform === 'linux' ? xdgMusicFolder(environment) : undefined;
  return join(music ?? join(homedir(), 'Music'), 'Simmer');
}

function xdgMusicFolder(environment: Environment): string | undefined {
  const home = environment.HOME || homedir();
  const file = join(environment.XDG_CONFIG_HOME || join(home, '.config'), 'user-dirs.dirs');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const said = /^\s*XDG_MUSIC_DIR="([^"]*)"/m.exec(text)?.[1]?.replace(/^\$HOME(?=\/|$)/, () => home);
  return said !== undefined && isAbsolute(said) ? said : undefined;
}
