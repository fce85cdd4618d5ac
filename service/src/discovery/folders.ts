import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where service.json lies: docs/protocol.md, "Finding each other". The shim computes the same. */
export function runtimeFolder(environment: Environment, platform: NodeJS.Platform): string {
  const own = environment.SIMMER_RUNTIME_DIR;
  if (own) return resolve(own);
  if (platform === 'darwin') return join(homedir(), 'Library/Application Support/Simmer');
  if (platform === 'win32') return join(environment.LOCALAPPDATA || join(homedir(), 'AppData/Local'), 'Simmer');
  return join(environment.XDG_STATE_HOME || join(homedir(), '.local/state'), 'simmer');
}

/** Where rendered audio is kept. A runtime folder of one's own has a store of its own. */
export function storeFolder(environment: Environment, platform: NodeJS.Platform, ownRuntimeFolder?: string): string {
  const own = ownRuntimeFolder ?? environment.SIMMER_RUNTIME_DIR;
  if (own) return join(resolve(own), 'store');
  if (platform === 'darwin') return join(homedir(), 'Library/Application Support/Simmer/store');
  if (platform === 'win32')
    return join(environment.LOCALAPPDATA || join(homedir(), 'AppData/Local'), 'Simmer', 'store');
  return join(environment.XDG_DATA_HOME || join(homedir(), '.local/share'), 'simmer/store');
}

/** Where what can be found out again is kept. A runtime folder of one's own has a cache of its own. */
export function cacheFolder(environment: Environment, platform: NodeJS.Platform, ownRuntimeFolder?: string): string {
  const own = ownRuntimeFolder ?? environment.SIMMER_RUNTIME_DIR;
  if (own) return join(resolve(own), 'cache');
  if (platform === 'darwin') return join(homedir(), 'Library/Caches/Simmer');
  if (platform === 'win32') {
    return join(environment.LOCALAPPDATA || join(homedir(), 'AppData/Local'), 'Simmer', 'cache');
  }
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'simmer');
}

/** Folders that hold model folders, in the order they are searched. */
export function modelFolders(environment: Environment, platform: NodeJS.Platform, packageFolder: string): string[] {
  const folders = [resolve('models'), join(packageFolder, 'models')];
  if (environment.SIMMER_MODELS) folders.unshift(resolve(environment.SIMMER_MODELS));
  folders.push(join(dataFolder(environment, platform), 'models'));
  return [...new Set(folders)];
}

/** What the user made here and would miss: his models, in `models`, and those in training, in `training`. */
export function dataFolder(environment: Environment, platform: NodeJS.Platform): string {
  if (platform === 'darwin') return join(homedir(), 'Library/Application Support/Simmer');
  if (platform === 'win32') return join(environment.LOCALAPPDATA || join(homedir(), 'AppData/Local'), 'Simmer');
  return join(environment.XDG_DATA_HOME || join(homedir(), '.local/share'), 'simmer');
}
