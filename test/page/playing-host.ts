import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/service-process.js';
import { type PlayedInstance, type PluginFormat, runHost, type Scenario, type Segment } from '../support/test-host.js';

export const sampleRate = 48_000;

export const ready: Segment = { kind: 'stop', frameCount: 4800, untilStatus: 'Ready', untilMillis: 60_000 };

/** Longer than anything that a test waits for; a segment ends sooner on request. */
const mostFrames = 150 * sampleRate;

/** A transport that plays, or stands, until the test says `go` with this name. */
export function until(name: string, changes: Partial<Segment> = {}): Segment {
  return { kind: 'play', name, frameCount: mostFrames, blocks: 512, untilFile: name, ...changes };
}

/** A host that plays while a test looks at the page, and goes on when asked to. */
export class PlayingHost {
  readonly #folder = temporaryFolder();
  /** What was played, and the gestures it received, once it has ended. */
  readonly ended: Promise<PlayedInstance[]>;

  constructor(scenario: Scenario | readonly Scenario[], options: { runtimeDir: string; format?: PluginFormat }) {
    this.ended = runHost(scenario, { ...options, folder: this.#folder });
    // A test that fails before it waits for this is not to end the whole run, nor to play into the next test.
    this.ended.catch((thrown: unknown) => console.log(String(thrown)));
    const scenarios = 'segments' in scenario ? [scenario] : scenario;
    onTestFinished(async () => {
      this.go(...scenarios.flatMap(({ segments }) => segments.flatMap(({ untilFile = [] }) => untilFile)));
      await this.ended.catch(() => {});
    });
  }

  /** Ends the segments `until` this name. */
  go(...names: readonly string[]): void {
    for (const name of names) writeFileSync(join(this.#folder, name), '');
  }

  /** What the only instance played. */
  async instance(): Promise<PlayedInstance> {
    const [played] = await this.ended;
    if (played === undefined) throw new Error('the host reported no instance');
    return played;
  }
}
