import type { Job } from '../../../service/src/core/monitor.js';
import { bytes } from './store.js';

/** A job in words, and how far it is, 0 to 1. */
export function jobWords(job: Job): { readonly text: string; readonly share: number } {
  const share = job.totalFrames > 0 ? Math.min(1, job.doneFrames / job.totalFrames) : 0;
  switch (job.state) {
    case 'waiting':
      return { text: 'waiting', share };
    case 'running':
      return { text: `${Math.floor(share * 100)} %`, share };
    case 'done':
      return { text: job.file === null ? 'done' : `${bytes(job.file.bytes)} in ${job.file.folder}`, share: 1 };
    case 'failed':
      return { text: job.message, share };
    case 'cancelled':
      return { text: 'cancelled', share };
  }
}

export function mimeOf(name: string): string {
  return name.toLowerCase().endsWith('.flac') ? 'audio/flac' : 'audio/wav';
}

/** What a browser makes a file of when this is dragged out of it: type, name and address, apart by colons. */
export function downloadUrl(name: string, url: string): string {
  return `${mimeOf(name)}:${name.replace(/[:/\\]/g, '_')}:${url}`;
}
