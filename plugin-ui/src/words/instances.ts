import type { SessionSnapshot } from '../../../service/src/core/monitor.js';

/** What an instance is called: by its track where the host names it, else by the host, with a number where several are. */
export function instanceNames(
  snapshots: readonly Pick<SessionSnapshot, 'id' | 'trackName' | 'hostName'>[],
): ReadonlyMap<string, string> {
  const plain = snapshots.map(
    ({ trackName, hostName }) => trackName.trim() || hostName.trim() || 'A host without a name',
  );
  const seen = new Map<string, number>();
  const names = new Map<string, string>();
  snapshots.forEach(({ id }, index) => {
    const name = plain[index] ?? '';
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    names.set(id, plain.filter((other) => other === name).length > 1 ? `${name} ${number}` : name);
  });
  return names;
}
