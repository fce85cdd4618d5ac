import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';

/** What each side proves over the nonce of a call, so that one side's proof is never good for the other's. */
const clientPrefix = 'simmer client ';
const servicePrefix = 'simmer service ';

/** Hex HMAC-SHA256 under the token's characters (ASCII) as they stand in the discovery file. */
function proof(token: string, text: string): string {
  return createHmac('sha256', token).update(text).digest('hex');
}

/**
 * The token, and the nonces that have been proved under it. A nonce is good for one call, so what was overheard is good for
 * none. They are remembered for as long as the token holds; when there are too many of them, another token takes its place.
 */
export class Proofs {
  #token = randomBytes(32).toString('base64url');
  readonly #nonces = new Set<string>();
  readonly #publish: (token: string) => Promise<void>;
  readonly #noncesMax: number;
  #renewing: Promise<void> | undefined;

  /** `publish` makes another token known to those who may know it; while it cannot, no call is admitted. */
  constructor(publish: (token: string) => Promise<void>, noncesMax: number = limits.noncesMax) {
    this.#publish = publish;
    this.#noncesMax = noncesMax;
  }

  get token(): string {
    return this.#token;
  }

  /** How many nonces are remembered. */
  get nonceCount(): number {
    return this.#nonces.size;
  }

  /**
   * What the service answers a call with. Takes the same time for every wrong proof.
   * @throws Failure `unauthenticated` where the caller does not prove that it knows the token; `unavailable` for the moment in
   * which another token is being made known
   */
  answer(nonce: unknown, given: unknown): string {
    if (typeof nonce !== 'string' || !isProved(this.#token, nonce, given)) {
      throw new Failure('unauthenticated', 'The proof of the token is missing or wrong: read service.json again.');
    }
    if (this.#nonces.has(nonce)) {
      throw new Failure('unauthenticated', 'This proof was used before: a call needs a fresh nonce.');
    }
    if (this.#nonces.size >= this.#noncesMax) {
      void this.renew().catch(() => {});
      throw new Failure('unavailable', 'The token is being replaced: read service.json again in a second.');
    }
    this.#nonces.add(nonce);
    return proof(this.#token, servicePrefix + nonce);
  }

  /** Puts another token in the place of the one that holds, which proves nothing from then on. @throws what `publish` throws */
  renew(): Promise<void> {
    this.#renewing ??= this.#replace().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #replace(): Promise<void> {
    const token = randomBytes(32).toString('base64url');
    await this.#publish(token);
    this.#token = token;
    this.#nonces.clear();
  }
}

function isProved(token: string, nonce: string, given: unknown): boolean {
  if (!/^[0-9a-f]{64}$/i.test(nonce) || typeof given !== 'string') return false;
  const expected = Buffer.from(proof(token, clientPrefix + nonce));
  const received = Buffer.from(given.toLowerCase());
  return expected.length === received.length && timingSafeEqual(expected, received);
}
