type Subtle = Pick<typeof crypto.subtle, 'importKey' | 'sign'>;

/** What a request says of cookies. */
export interface Asking {
  readonly credentials: 'omit' | 'same-origin';
  readonly cache: 'no-store';
  readonly signal: AbortSignal;
}

/** What of the browser is used. `crypto.subtle` is there where the page's address is trusted, as this machine's is. */
export interface ComeBackMeans {
  readonly fetch: (path: string, options: Asking) => Promise<Pick<Response, 'ok' | 'json'>>;
  readonly crypto: { readonly subtle?: Subtle; getRandomValues(array: Uint8Array<ArrayBuffer>): unknown };
  /** As the address has it, with the port. */
  readonly host: string;
}

const patienceMillis = 4_000;

/**
 * Has the service that follows the one of this page let it in (service/src/monitor/come-back.ts). True: go on and open the
 * feed; also where there is no key to prove with, since the cookie may still be good. False: nobody is there, or one who
 * does not know the key, and it is sent nothing.
 */
export async function comeBack(key: string | undefined, { fetch, crypto, host }: ComeBackMeans): Promise<boolean> {
  const { subtle } = crypto;
  if (key === undefined || subtle === undefined) return true;
  try {
    const page = text64(crypto.getRandomValues(new Uint8Array(32)));
    const ask = (query: string, credentials: Asking['credentials']) =>
      fetch(`come-back?${query}`, { credentials, cache: 'no-store', signal: AbortSignal.timeout(patienceMillis) });
    const challenge: unknown = await (await ask(`page=${page}`, 'omit')).json();
    const [nonce, proof] = ['nonce', 'proof'].map((name) => textOf(challenge, name));
    if (nonce === undefined || proof === undefined) return false;
    const prove = await prover(subtle, key);
    if (proof !== (await prove(`simmer service ${host} ${page} ${nonce}`))) return false;
    const own = await prove(`simmer page ${host} ${nonce}`);
    return (await ask(`nonce=${nonce}&proof=${own}`, 'same-origin')).ok;
  } catch {
    return false;
  }
}

async function prover(subtle: Subtle, key: string): Promise<(text: string) => Promise<string>> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await subtle.importKey('raw', encoder.encode(key), algorithm, false, ['sign']);
  return async (text) => text64(new Uint8Array(await subtle.sign('HMAC', imported, encoder.encode(text))));
}

function textOf(value: unknown, name: string): string | undefined {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof found === 'string' && /^[A-Za-z0-9_-]{1,100}$/.test(found) ? found : undefined;
}

/** base64url without padding. */
function text64(bytes: unknown): string {
  const binary = bytes instanceof Uint8Array ? String.fromCharCode(...bytes) : '';
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
