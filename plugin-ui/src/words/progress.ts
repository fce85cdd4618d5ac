import type { SessionSnapshot } from '../../../service/src/core/monitor.js';
import { songTime } from './words.js';

/**
 * How far an export is, where that can be known: the host asks for audio block by block and does not say where it will
 * end. Within a loop range its end is taken for the export's.
 */
export function exportWords(snapshot: SessionSnapshot): { readonly text: string; readonly share: number | undefined } {
  const rate = snapshot.sampleRateHz;
  const [loopStart, loopEnd] = snapshot.loop ?? [0, 0];
  const inLoop = loopEnd > loopStart && snapshot.playheadFrame >= loopStart && snapshot.playheadFrame < loopEnd;
  const here = songTime(snapshot.renderedFrame / rate);
  const asked = songTime(Math.max(snapshot.offlineTargetFrame, snapshot.renderedFrame) / rate);
  const text = `${here} rendered of ${asked} asked for so far`;
  if (!inLoop) return { text: `${text}; the host does not say where it ends`, share: undefined };
  const share = Math.min(1, Math.max(0, (snapshot.renderedFrame - loopStart) / (loopEnd - loopStart)));
  return { text: `${Math.floor(share * 100)} % of the loop range · ${text}`, share };
}
