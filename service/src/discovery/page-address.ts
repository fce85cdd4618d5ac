import { open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { limits } from '../core/limits.js';

export const pageAddressFileName = 'page.json';

const addressSchema = z.object({
  version: z.literal(1),
  port: z.number().int().min(1024).max(65_535),
  comeBackKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

/** Where the page was, and what its open pages know by which they come back (monitor/come-back.ts). */
export interface PageAddress {
  readonly port: number;
  readonly comeBackKey: string;
}

/** Remembers the page's address from one service to the next, in the folder that only its user can enter. */
export class PageAddressFile {
  readonly path: string;

  constructor(private readonly folder: string) {
    this.path = join(folder, pageAddressFileName);
  }

  /** Undefined where there is none, or none that means anything. */
  async read(): Promise<PageAddress | undefined> {
    try {
      if ((await stat(this.path)).size > limits.discoveryBytesMax) return undefined;
      const parsed = addressSchema.safeParse(JSON.parse(await readFile(this.path, 'utf8')));
      return parsed.success ? parsed.data : undefined;
    } catch {
      return undefined;
    }
  }

  /** Replaced by rename. @throws Error of the file system */
  async write({ port, comeBackKey }: PageAddress): Promise<void> {
    const unfinished = join(this.folder, `.${pageAddressFileName}.${process.pid}.tmp`);
    const file = await open(unfinished, 'w', 0o600);
    try {
      await file.chmod(0o600);
      await file.writeFile(`${JSON.stringify({ version: 1, port, comeBackKey })}\n`);
    } finally {
      await file.close();
    }
    await rename(unfinished, this.path);
  }
}
