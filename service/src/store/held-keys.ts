import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import type { SegmentKey } from '../take/segment.js';
import { isSegmentKey } from '../take/segment-key.js';

/** Who holds which segments. A segment may be held by several owners, and is held until the last lets go. */
export class HeldKeys {
  readonly #byOwner = new Map<string, ReadonlySet<SegmentKey>>();
  /** Owners of each held key, counted. */
  readonly #owners = new Map<SegmentKey, number>();

  /** Held keys; by key, the number of owners. */
  get keys(): ReadonlyMap<SegmentKey, number> {
    return this.#owners;
  }

  get ownerCount(): number {
    return this.#byOwner.size;
  }

  of(owner: string): ReadonlySet<SegmentKey> {
    return this.#byOwner.get(owner) ?? new Set();
  }

  /** From now on `keys`, and no others, are held for `owner`. */
  set(owner: string, keys: ReadonlySet<SegmentKey>): void {
    const before = this.of(owner);
    for (const key of keys) {
      if (!before.has(key)) this.#owners.set(key, (this.#owners.get(key) ?? 0) + 1);
    }
    for (const key of before) {
      if (keys.has(key)) continue;
      const owners = this.#owners.get(key) ?? 0;
      if (owners > 1) this.#owners.set(key, owners - 1);
      else this.#owners.delete(key);
    }
    if (keys.size === 0) this.#byOwner.delete(owner);
    else this.#byOwner.set(owner, keys);
  }
}

/** The keys as a set. Throws a Failure that says what is wrong, where they cannot be held for `owner`. */
export function checkedHold(owner: string, keys: readonly SegmentKey[], held: HeldKeys): ReadonlySet<SegmentKey> {
  if (owner === '' || owner.length > limits.storeOwnerCharactersMax) {
    throw new Failure('internal', `Segments cannot be held for an owner of ${owner.length} characters.`);
  }
  const flawed = keys.find((key) => !isSegmentKey(key));
  if (flawed !== undefined) throw new Failure('internal', 'What is to be held is not the key of a segment.');
  const wanted = new Set(keys);
  let count = held.keys.size;
  for (const key of wanted) if (!held.keys.has(key)) count += 1;
  if (count > limits.storeHeldKeysMax) {
    throw new Failure(
      'exhausted',
      `Remembered takes name ${count} segments; at most ${limits.storeHeldKeysMax} are held. Forget takes that are no longer needed.`,
    );
  }
  if (wanted.size > 0 && held.of(owner).size === 0 && held.ownerCount >= limits.storeOwnersMax) {
    throw new Failure(
      'exhausted',
      `Segments are held for ${held.ownerCount} instances already. Delete the store's folder to begin anew; what is played again is then drawn again.`,
    );
  }
  return wanted;
}
