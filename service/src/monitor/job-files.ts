import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { PageJobs } from './page-jobs.js';

/** A finished file that a page may have. */
export interface JobFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}

const place = /^\/jobs\/([0-9a-f]{16})\/([^/]{1,400})$/;

/** What lies at /jobs/JOB/NAME: looked up by both, and nothing of an address becomes a path. */
export function findJobFile(jobs: PageJobs, path: string): JobFile | undefined {
  const [, job = '', encoded = ''] = place.exec(path) ?? [];
  let name: string;
  try {
    name = decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
  const file = job === '' ? undefined : jobs.fileNamed(job, name);
  return file && { ...file, name };
}

/** Sends a file as one to be kept. A file that has gone since ends the connection: the length that was said is not there. */
export function sendJobFile(response: ServerResponse, file: JobFile, headers: Readonly<Record<string, string>>): void {
  const type = file.name.endsWith('.flac') ? 'audio/flac' : 'audio/wav';
  response.writeHead(200, {
    ...headers,
    'Content-Type': type,
    'Content-Length': file.bytes,
    // RFC 6266: the name in UTF-8.
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name).replace(/['()*]/g, percent)}`,
  });
  if (response.req.method === 'HEAD') response.end();
  else pipeline(createReadStream(file.path, { end: Math.max(0, file.bytes - 1) }), response, () => response.destroy());
}

const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
