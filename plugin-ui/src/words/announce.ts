import type { SessionSnapshot } from '../../../service/src/core/monitor.js';
import type { PageState } from '../state/state.js';
import { healthWords } from './faults.js';
import { plural } from './words.js';

/**
 * What is worth saying aloud between two states: a link that came or went, a session that began or ended, a session
 * whose health got worse. Numbers that move are not.
 */
export function announcements(before: PageState, after: PageState): string[] {
  const said: string[] = [];
  if (before.link.kind !== after.link.kind) {
    if (after.link.kind === 'open') {
      said.push(before.link.kind === 'silent' ? 'Simmer speaks again.' : 'Connected to Simmer.');
    }
    if (after.link.kind === 'silent') said.push('Simmer has said nothing for two seconds.');
    if (after.link.kind === 'lost') said.push('The connection to Simmer is lost. Trying again.');
    if (after.link.kind === 'foreign') said.push('Simmer has another version than this page. Reload the page.');
  }
  if (after.store !== undefined && after.store.trouble !== '' && before.store?.trouble !== after.store.trouble) {
    said.push(`The store: ${after.store.trouble}`);
  }
  const earlier = new Map((before.sessions ?? []).map((view) => [view.snapshot.id, view.snapshot]));
  for (const { snapshot } of after.sessions ?? []) {
    const known = earlier.get(snapshot.id);
    earlier.delete(snapshot.id);
    if (known === undefined) said.push(`${calledOf(snapshot)} is connected.`);
    if (snapshot.missingModel !== '' && known === undefined)
      said.push(`${calledOf(snapshot)}: ${snapshot.missingModel}`);
    const health = healthWords(snapshot);
    const was = known === undefined ? 'calm' : healthWords(known).severity;
    if (health.severity !== was && health.severity !== 'calm') said.push(`${calledOf(snapshot)}: ${health.text}`);
  }
  if (after.sessions !== undefined && earlier.size > 0) said.push(`${plural(earlier.size, 'session')} ended.`);
  return said;
}

/** By the track, as its tab is; a person who listens has several of one host. */
function calledOf({ trackName, hostName }: Pick<SessionSnapshot, 'trackName' | 'hostName'>): string {
  return trackName.trim() || hostName;
}
