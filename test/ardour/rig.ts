import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArdourHome, prepareHome } from '../../scripts/lib/ardour/home.js';
import {
  type Drawn,
  type PluginPlan,
  parameters,
  type SessionPlan,
  type TrackPlan,
} from '../../scripts/lib/ardour/plan.js';
import { exportSession } from '../../scripts/lib/ardour/run.js';
import { makeSession } from '../../scripts/lib/ardour/session.js';
import { bundleFolder } from '../../scripts/lib/folders.js';
import { endProcessesWithUs } from '../../scripts/lib/process.mjs';
import { type EpochRecord, offlineEpoch } from '../../scripts/lib/record.js';
import { type RunningService, startService } from '../../scripts/lib/service.js';
import { forgetTimeOfExport, readWav, type WavFile } from '../../scripts/lib/wav-file.js';

export const sampleRateHz = 48_000;

/** A service, an Ardour with the plugin in it, and a folder for all they make. */
export class Rig {
  readonly folder: string;
  readonly home: ArdourHome;
  service: RunningService;
  readonly #serviceArgs: readonly string[];
  readonly #model: string;
  #records = 0;

  private constructor(
    folder: string,
    home: ArdourHome,
    service: RunningService,
    model: string,
    args: readonly string[],
  ) {
    this.folder = folder;
    this.home = home;
    this.service = service;
    this.#model = model;
    this.#serviceArgs = args;
  }

  static async start(model = 'tiny', serviceArgs: readonly string[] = []): Promise<Rig> {
    endProcessesWithUs();
    const folder = mkdtempSync(join(tmpdir(), 'simmer-ardour-'));
    const runtimeFolder = join(folder, 'runtime');
    const bundles = ['Simmer', 'SimmerTestLatent'].map((name) => join(bundleFolder, `${name}.vst3`));
    const home = await prepareHome({ folder: join(folder, 'home'), bundles, runtimeFolder });
    const recordFolder = join(folder, 'record-0');
    const service = await startService({ runtimeFolder, recordFolder, model, extra: serviceArgs });
    return new Rig(folder, home, service, model, serviceArgs);
  }

  get recordFolder(): string {
    return join(this.folder, `record-${this.#records}`);
  }

  /** A service in place of the one that ran, which records into a new folder. */
  async restartService(): Promise<void> {
    await this.service.stop();
    this.#records += 1;
    await this.startService();
  }

  async startService(): Promise<void> {
    this.service = await startService({
      runtimeFolder: join(this.folder, 'runtime'),
      recordFolder: this.recordFolder,
      model: this.#model,
      extra: this.#serviceArgs,
    });
  }

  /** What the shim wrote for people. */
  shimLog(): string {
    const path = join(this.folder, 'runtime', 'shim.log');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  async close(): Promise<void> {
    await this.service.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  plan(name: string, endFrame: number, tracks: readonly TrackPlan[]): SessionPlan {
    mkdirSync(join(this.folder, 'sessions'), { recursive: true });
    return { name, folder: join(this.folder, 'sessions', name), sampleRateHz, endFrame, tracks };
  }

  /** A session with Simmer alone on a track. */
  async session(
    name: string,
    endFrame: number,
    lane: readonly Drawn[],
    options: SimmerOptions = {},
  ): Promise<SessionPlan> {
    const { before = [], after = [] } = options;
    const plugins = [...before.map(named), simmer(lane, options), ...after.map(named)];
    const plan = this.plan(name, endFrame, [{ name: 'simmer', plugins }]);
    await makeSession(this.home, plan);
    return plan;
  }

  /** Exports, ends the service so that its record is whole, and starts another. */
  async exportAndRecord(plan: SessionPlan, blockFrames = 1024): Promise<Exported> {
    const output = join(this.folder, `${plan.name}-${blockFrames}.wav`);
    await exportSession(this.home, plan, { output, blockFrames, timeoutMillis: 120_000 });
    forgetTimeOfExport(output);
    const recordFolder = this.recordFolder;
    await this.restartService();
    return {
      output,
      bytes: readFileSync(output),
      wav: readWav(output),
      record: offlineEpoch(recordFolder, plan.endFrame),
    };
  }
}

export interface Exported {
  readonly output: string;
  readonly bytes: Buffer;
  readonly wav: WavFile;
  readonly record: EpochRecord;
}

export interface SimmerOptions {
  readonly seed?: number;
  readonly guideAmount?: number;
  readonly sidechain?: boolean;
  /** Plugins on the same track. */
  readonly before?: readonly string[];
  readonly after?: readonly string[];
}

const named = (name: string): PluginPlan => ({ name });

export function simmer(
  lane: readonly Drawn[],
  { seed = 1, guideAmount = 0, sidechain = false }: SimmerOptions = {},
): PluginPlan {
  return {
    name: 'Simmer',
    parameters: new Map([
      [parameters.take, seed],
      [parameters.guideAmount, guideAmount],
    ]),
    lanes: new Map([[parameters.temperature, lane]]),
    sidechain,
  };
}

/** Left and right of a file; both must be there. */
export function stereo({ channels }: WavFile): readonly [Float32Array, Float32Array] {
  const [left, right] = channels;
  if (left === undefined || right === undefined) throw new Error('The file is not stereo.');
  return [left, right];
}
