import { createHmac, timingSafeEqual } from 'node:crypto';

/** What each side proves over the nonce of a call, so that one side's proof is never good for the other's. */
const clientPrefix = 'simmer client ';
const servicePrefix = 'simmer service ';

/** Hex HMAC-SHA256 under the token's characters (ASCII) as they stand in the discovery file. */
function proof(token: string, text: string): string {
  return createHmac('sha256', token).update(text).digest('hex');
}

/** True when the metadata of a call proves that its sender knows the token. Takes the same time for every wrong proof. */
export function clientProofHolds(token: string, nonce: unknown, given: unknown): boolean {
  if (typeof nonce !== 'string' || !/^[0-9a-f]{64}$/i.test(nonce) || typeof given !== 'string') return false;
  const expected = Buffer.from(proof(token, clientPrefix + nonce));
  const received = Buffer.from(given.toLowerCase());
  return expected.length === received.length && timingSafeEqual(expected, received);
}

/** What the service answers a nonce with. */
export function serviceProof(token: string, nonce: string): string {
  return proof(token, servicePrefix + nonce);
}
