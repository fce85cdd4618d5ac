import { expect, it } from 'vitest';
import { Workspaces } from '../../plugin-ui/src/workspace/workspaces.js';

it('a workspace is its instance’s: it outlives streams, and a copy of the instance has another', () => {
  const there = new Set(['aa-1-1', 'bb-1-2']);
  const workspaces = new Workspaces(undefined, (session) => there.has(session));
  const [one, other] = [workspaces.of('aa-1-1', ''), workspaces.of('bb-1-2', '')];
  one.show('0123456789abcdef');
  expect(other).not.toBe(one);
  expect(workspaces.of('aa-1-1', '')).toBe(one);
  // A host that copies a track copies the instance's name with it.
  there.add('aa-1-3');
  const copy = workspaces.of('aa-1-3', '');
  expect(copy).not.toBe(one);
  // Another service: other streams, the same instances.
  there.clear();
  for (const session of ['aa-2-1', 'bb-2-2', 'aa-2-3']) there.add(session);
  expect(workspaces.of('aa-2-1', '')).toBe(one);
  expect(workspaces.of('bb-2-2', '')).toBe(other);
  expect(workspaces.of('aa-2-3', '')).toBe(copy);
  expect(one.shownTake).toBe('0123456789abcdef');
});
