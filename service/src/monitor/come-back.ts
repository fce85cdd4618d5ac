import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export const comeBackPath = '/come-back';

/**
 * How a page that is open outlives the service: the next one listens on the same port where it can, but knows no cookie of
 * the last. Both know a key, which the page got over its feed and keeps in memory. Neither sends it: the service
 * proves it first, over a nonce of the page, since a stranger may have the port by now; then the page does, over one of
 * the service, and is given the new cookie. Every proof names the address it was asked at, so that it is good nowhere else.
 */
export interface ComeBack {
  readonly key: string;
  /** Answers a page's nonce; undefined: it is none. */
  challenge(host: string, pageNonce: string): { readonly nonce: string; readonly proof: string } | undefined;
  /** Whether the page proves that it knows the key. A nonce is good for one answer. */
  admits(host: string, nonce: string, proof: string): boolean;
}

/** A page answers at once. Nonces are few: whoever asks for many pushes out the oldest, and pages try again. */
const nonceMillisMax = 10_000;
const noncesMax = 64;

export function createComeBack(key: string, now: () => number = Date.now): ComeBack {
  const asked = new Map<string, number>();
  const prove = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  return {
    key,
    challenge(host, pageNonce) {
      if (!/^[A-Za-z0-9_-]{43}$/.test(pageNonce)) return undefined;
      const nonce = randomBytes(32).toString('base64url');
      asked.set(nonce, now());
      for (const old of asked.keys()) {
        if (asked.size <= noncesMax) break;
        asked.delete(old);
      }
      return { nonce, proof: prove(`simmer service ${host} ${pageNonce} ${nonce}`) };
    },
    admits(host, nonce, proof) {
      const askedAt = asked.get(nonce);
      asked.delete(nonce);
      if (askedAt === undefined || now() - askedAt > nonceMillisMax) return false;
      const expected = Buffer.from(prove(`simmer page ${host} ${nonce}`));
      const given = Buffer.from(proof);
      return expected.length === given.length && timingSafeEqual(expected, given);
    },
  };
}
