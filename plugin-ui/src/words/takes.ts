import type { SessionSnapshot } from '../../../service/src/core/monitor.js';
import { plural } from './words.js';

export interface Badge {
  readonly key: 'following' | 'kept' | 'restoring';
  readonly label: string;
  /** What the label means, for someone who does not know the word. */
  readonly meaning: string;
  readonly lit: boolean;
}

/** What becomes of the take that is played; always all of it and in the same order. */
export function takeBadges(snapshot: SessionSnapshot): Badge[] {
  return [
    {
      key: 'following',
      label: 'Heard before',
      meaning: 'An earlier take plays again. While the lane agrees with it, you hear what you heard then.',
      lit: snapshot.following,
    },
    {
      key: 'kept',
      label: 'Kept',
      meaning: 'The take stays as it is, whatever the lane does.',
      lit: snapshot.kept,
    },
    {
      key: 'restoring',
      label: 'Fetching',
      meaning: 'Audio that you heard before is being loaded or drawn again. Until it is there, its place is silent.',
      lit: snapshot.restoring,
    },
  ];
}

export function takesWords(snapshot: SessionSnapshot): string {
  return snapshot.takeCount > 0 ? `${plural(snapshot.takeCount, 'take')} remembered` : 'no take remembered yet';
}

export interface ReactionWords {
  readonly text: string;
  /** The sum by its parts; '': nothing was measured. */
  readonly sum: string;
  /** How many changes it is taken from, and how many were refused. */
  readonly basis: string;
}

/** From a knob's move to its sound, as a sum of its parts. */
export function reactionWords(snapshot: SessionSnapshot): ReactionWords {
  const { knobToSoundMillis, hostBlockMillis, filterMillis, revisionCount, refusedRevisionCount } = snapshot;
  const { median, p99, count } = knobToSoundMillis;
  const late = refusedRevisionCount > 0 ? `; ${plural(refusedRevisionCount, 'change')} came too late and waited` : '';
  if (count === 0) return { text: 'not measured yet', sum: '', basis: late.slice(2) };
  const turnAround = Math.max(0, median - hostBlockMillis - filterMillis);
  const parts = [
    `block ${millis(hostBlockMillis)}`,
    `turn-around ${millis(turnAround)}`,
    `filter ${millis(filterMillis)}`,
  ];
  return {
    text: `${millis(median)} ms`,
    sum: parts.join(' + '),
    basis: `99 of 100 within ${millis(p99)} ms; ${plural(revisionCount, 'change')} drawn anew${late}`,
  };
}

function millis(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}
