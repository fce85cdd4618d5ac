import type { Job } from '../core/monitor.js';

/** What pages asked for and is not done at once: a port, which the composition fills. */
export interface PageJobs {
  /** Rises with every change. */
  readonly version: number;
  readonly all: readonly Job[];
  /** The finished file of a job, by the name it has; undefined: there is none. */
  fileNamed(job: string, name: string): { readonly path: string; readonly bytes: number } | undefined;
}

export const noJobs: PageJobs = { version: 0, all: [], fileNamed: () => undefined };
