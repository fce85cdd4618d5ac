import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Who may talk to the page's server. Any web page a person has open can make the browser send requests here, under
 * any name that resolves to 127.0.0.1, and any program on the machine can connect; so the name, the origin and a
 * secret are all checked, and none of them stands for another.
 */
export interface Guard {
  /** Printed once, in the address to open. It is exchanged for the cookie and appears in no other address. */
  readonly pageToken: string;
  readonly setCookie: string;
  hostAllowed(request: IncomingMessage): boolean;
  originAllowed(request: IncomingMessage): boolean;
  tokenMatches(candidate: string): boolean;
  cookieMatches(request: IncomingMessage): boolean;
}

export function createGuard(port: number): Guard {
  const pageToken = newSecret();
  const cookieValue = newSecret();
  // Cookies are shared by all ports of a host: the port in the name keeps two services apart.
  const cookieName = `simmer-page-${port}`;
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);

  const onlyHost = (request: IncomingMessage): string | undefined => {
    const values = request.headersDistinct.host ?? [];
    return values.length === 1 ? values[0] : undefined;
  };

  return {
    pageToken,
    setCookie: `${cookieName}=${cookieValue}; HttpOnly; SameSite=Strict; Path=/`,
    hostAllowed: (request) => hosts.has(onlyHost(request) ?? ''),
    originAllowed: (request) => {
      const origins = request.headersDistinct.origin ?? [];
      return origins.length === 1 && origins[0] === `http://${onlyHost(request)}`;
    },
    tokenMatches: (candidate) => secretsEqual(candidate, pageToken),
    // Another port of this host may have set a cookie of the same name, so any one of them may be ours.
    cookieMatches: (request) =>
      cookieValues(request.headers.cookie ?? '', cookieName).some((value) => secretsEqual(value, cookieValue)),
  };
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares digests, so that neither length nor content changes the time it takes. */
function secretsEqual(left: string, right: string): boolean {
  return timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest());
}

function cookieValues(header: string, name: string): string[] {
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}
