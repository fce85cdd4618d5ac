import type { SessionSnapshot } from '../../../service/src/core/monitor.js';
import type { PageState } from '../state/state.js';
import { healthWords } from './faults.js';
import { plural } from './words.js';

/**
 * What is worth announcing between two states: a link that came or went, a session that began or ended, a session
 * whose health got worse. Numbers that move are not.
 */
export function announcements(before: PageState, after: PageState): string[] {
  const texts: string[] = [];
  if (before.link.kind !== after.link.kind) {
    if (after.link.kind === 'open') {
      texts.push(before.link.kind === 'silent' ? 'Simmer speaks again.' : 'Connected to Simmer.');
    }
    if (after.link.kind === 'silent') texts.push('Simmer has said nothing for two seconds.');
    if (after.link.kind === 'lost') texts.push('The connection to Simmer is lost. Trying again.');
    if (after.link.kind === 'foreign') texts.push('Simmer and this page are different versions. Reload the page.');
  }
  if (after.store !== undefined && after.store.trouble !== '' && before.store?.trouble !== after.store.trouble) {
    texts.push(`The store: ${after.store.trouble}`);
  }
  if (after.refused !== '' && before.refused !== after.refused) texts.push(`A plugin is refused. ${after.refused}`);
  const earlier = new Map((before.sessions ?? []).map((view) => [view.snapshot.id, view.snapshot]));
  for (const { snapshot } of after.sessions ?? []) {
    const known = earlier.get(snapshot.id);
    earlier.delete(snapshot.id);
    if (known === undefined) texts.push(`${nameOf(snapshot)} is connected.`);
    if (snapshot.missingModel !== '' && known === undefined)
      texts.push(`${nameOf(snapshot)}: ${snapshot.missingModel}`);
    const health = healthWords(snapshot);
    const was = known === undefined ? 'calm' : healthWords(known).severity;
    if (health.severity !== was && health.severity !== 'calm') texts.push(`${nameOf(snapshot)}: ${health.text}`);
  }
  if (after.sessions !== undefined && earlier.size > 0) texts.push(`${plural(earlier.size, 'session')} ended.`);
  return texts;
}

/** By the track, as its tab is; a person who listens has several of one host. */
function nameOf({ trackName, hostName }: Pick<SessionSnapshot, 'trackName' | 'hostName'>): string {
  return trackName.trim() || hostName;
}
