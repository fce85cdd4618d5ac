import type { SessionSnapshot } from '../../../service/src/core/monitor.js';
import { plural, seconds } from './words.js';

export type Severity = 'calm' | 'warning' | 'failure';

export interface Fault {
  readonly key: string;
  readonly label: string;
  /** What the label counts, for someone who does not know the word. */
  readonly meaning: string;
  readonly value: string;
  readonly severity: Severity;
}

/** Everything that can have gone wrong in a session, always in the same order and always all of it. */
export function faultsOf(snapshot: SessionSnapshot): Fault[] {
  const duration = (frames: number) => seconds(frames / snapshot.sampleRateHz);
  const severity = (count: number, when: Severity): Severity => (count > 0 ? when : 'calm');
  return [
    {
      key: 'underruns',
      label: 'Underruns',
      meaning: 'Audio that came too late in playback. Silence was played in its place.',
      value:
        snapshot.underrunCount > 0
          ? `${snapshot.underrunCount.toLocaleString('en')} · ${duration(snapshot.underrunFrameCount)}`
          : '0',
      severity: severity(snapshot.underrunCount + snapshot.underrunFrameCount, 'warning'),
    },
    {
      key: 'gaps',
      label: 'Gaps',
      meaning: 'Audio that Simmer skipped because it fell behind.',
      value: snapshot.gapFrameCount > 0 ? duration(snapshot.gapFrameCount) : '0',
      severity: severity(snapshot.gapFrameCount, 'warning'),
    },
    {
      key: 'misses',
      label: 'Missed in export',
      meaning: 'Audio that an export did not get. The file is not complete.',
      value: snapshot.offlineMissFrameCount > 0 ? duration(snapshot.offlineMissFrameCount) : '0',
      severity: severity(snapshot.offlineMissFrameCount, 'failure'),
    },
    {
      key: 'overflows',
      label: 'Overflows',
      meaning: 'Messages from the host that the plugin could not pass on because a queue was full.',
      value: snapshot.overflowCount.toLocaleString('en'),
      severity: severity(snapshot.overflowCount, 'warning'),
    },
    {
      key: 'replaced',
      label: 'Replaced values',
      meaning: 'Temperature or guide values that were not numbers and were replaced.',
      value: snapshot.replacedValueCount.toLocaleString('en'),
      severity: severity(snapshot.replacedValueCount, 'warning'),
    },
  ];
}

/** One sentence on the whole: the worst first. */
export function healthWords(snapshot: SessionSnapshot): { text: string; severity: Severity } {
  const duration = (frames: number) => seconds(frames / snapshot.sampleRateHz);
  if (snapshot.offlineMissFrameCount > 0) {
    return {
      text: `The export is not complete: ${duration(snapshot.offlineMissFrameCount)} of it is silence. Export again.`,
      severity: 'failure',
    };
  }
  const lost: string[] = [];
  if (snapshot.underrunCount > 0) {
    lost.push(
      `${plural(snapshot.underrunCount, 'underrun')}, together ${duration(snapshot.underrunFrameCount)} of silence`,
    );
  }
  if (snapshot.gapFrameCount > 0) lost.push(`${duration(snapshot.gapFrameCount)} skipped to catch up`);
  if (snapshot.overflowCount > 0) lost.push(`${plural(snapshot.overflowCount, 'message')} lost in the plugin`);
  if (snapshot.replacedValueCount > 0) lost.push(`${plural(snapshot.replacedValueCount, 'value')} replaced`);
  if (lost.length === 0) return { text: 'All sound came in time.', severity: 'calm' };
  const text = lost.join('; ');
  return { text: `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`, severity: 'warning' };
}
