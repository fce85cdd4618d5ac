import { cpSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runProcess } from '../process.mjs';
import { formatXml, presetId, presetXml } from './export-preset.js';
import { type ArdourTools, findArdour } from './tools.js';

/** A home of Ardour's own: its configuration, its plugins and their cache, apart from those of the person at the machine. */
export interface ArdourHome {
  readonly tools: ArdourTools;
  readonly env: Record<string, string | undefined>;
  readonly exportPreset: string;
}

export interface HomeOptions {
  readonly folder: string;
  /** VST3 bundles that Ardour shall find. */
  readonly bundles: readonly string[];
  /** Where the shim looks for the service. */
  readonly runtimeFolder: string;
  readonly env?: Record<string, string>;
}

/**
 * Scripts may only use the engine without hardware if it is not hidden. And ports that are resampled (for varispeed)
 * report a latency of 16 frames, which Ardour 7.3 counts or forgets depending on the order in which it loads: a Send into
 * a sidechain then arrives 16 frames late. Not resampled they have none.
 */
const configuration = `<?xml version="1.0" encoding="UTF-8"?>
<Ardour>
  <Config>
    <Option name="hide-dummy-backend" value="0"/>
    <Option name="port-resampler-quality" value="0"/>
  </Config>
</Ardour>
`;

/** Makes the home anew. @throws Error when a bundle cannot be loaded */
export async function prepareHome({ folder, bundles, runtimeFolder, env }: HomeOptions): Promise<ArdourHome> {
  const tools = findArdour();
  rmSync(folder, { recursive: true, force: true });
  const config = join(folder, '.config', `ardour${tools.major}`);
  const plugins = join(folder, '.vst3');
  mkdirSync(join(config, 'export'), { recursive: true });
  mkdirSync(plugins);
  writeFileSync(join(config, 'config'), configuration);
  writeFileSync(join(config, 'export', 'Simmer.format'), formatXml());
  writeFileSync(join(config, 'export', 'Simmer.preset'), presetXml());
  const home: ArdourHome = {
    tools,
    exportPreset: presetId,
    env: {
      ...process.env,
      HOME: folder,
      XDG_CONFIG_HOME: undefined,
      XDG_CACHE_HOME: undefined,
      XDG_DATA_HOME: undefined,
      SIMMER_RUNTIME_DIR: runtimeFolder,
      // Without a language pack Ardour warns on every line of output.
      LC_ALL: 'C.UTF-8',
      ...env,
    },
  };
  for (const bundle of bundles) await install(home, bundle, join(plugins, basename(bundle)));
  return home;
}

async function install(home: ArdourHome, from: string, to: string): Promise<void> {
  cpSync(from, to, { recursive: true });
  // A cache entry that is as young as its plugin counts as stale, and the plugin would stay invisible.
  const past = new Date(Date.now() - 60_000);
  for (const entry of readdirSync(to, { recursive: true, withFileTypes: true })) {
    utimesSync(join(entry.parentPath, entry.name), past, past);
  }
  utimesSync(to, past, past);
  const { tools, env } = home;
  const { code, signal, lines } = await runProcess(tools.vst3Scanner, ['-f', to], {
    env: { ...env, LD_LIBRARY_PATH: tools.libraryFolder },
    timeoutMillis: 60_000,
  });
  if (code === 0) return;
  throw new Error(`Ardour cannot load ${from} (${signal ?? `exit ${code}`}): ${lines.slice(-3).join(' | ')}`);
}
