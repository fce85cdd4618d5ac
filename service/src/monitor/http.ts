import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ComeBack, comeBackPath } from './come-back.js';
import type { Guard } from './guard.js';
import { type JobFile, sendJobFile } from './job-files.js';
import type { PageFile } from './page-files.js';
import type { SoundAnswer } from './sound-requests.js';

/** On every answer. There is no Access-Control-Allow-Origin anywhere: no other origin may read any of this. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

export const refusals = {
  notOurName: {
    status: 403,
    text: 'Simmer answers only under 127.0.0.1 or localhost and its own port.\n',
  },
  notOurOrigin: { status: 403, text: 'Simmer talks only to its own page.\n' },
  noKey: {
    status: 401,
    text:
      'This is the page of Simmer, and it is private.\n\n' +
      'Open the address that `simmer serve` printed; it carries a key and looks like\n' +
      'http://127.0.0.1:40124/?token=...\n\n' +
      'If you just did, reload this page once. If Simmer was started anew since, it has printed a new address.\n',
  },
  notFound: { status: 404, text: 'There is nothing here. The page of Simmer is at /\n' },
  notBuilt: { status: 503, text: 'The page has not been built. Run `npm run build:ui`, then start Simmer again.\n' },
  noSound: { status: 404, text: 'There is no such take, or not in this form. Reload the page.\n' },
  wrongMethod: { status: 405, text: 'Simmer only shows: GET and HEAD.\n' },
  wrongTarget: { status: 400, text: 'That is not an address of this page.\n' },
  tooMany: { status: 503, text: 'Too many pages are open. Close one.\n' },
} as const;

export type Refusal = (typeof refusals)[keyof typeof refusals];

/** Where answers come from. */
export interface Answers {
  readonly guard: Guard;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly comeBack: ComeBack;
  readonly sound: (path: string, query: URLSearchParams) => Promise<SoundAnswer | undefined>;
  readonly jobFile: (path: string) => JobFile | undefined;
}

/** Checks in this order, and answers at the first that fails: name, method, key, address. */
export function createRequestListener({ guard, files, comeBack, sound, jobFile }: Answers): RequestListener {
  return (request, response) => {
    if (!guard.hostAllowed(request)) return refuse(response, refusals.notOurName);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return refuse(response, refusals.wrongMethod);
    }
    const target = parseTarget(request);
    if (target === undefined) return refuse(response, refusals.wrongTarget);

    const token = target.path === '/' ? target.query.get('token') : null;
    if (token !== null) {
      if (!guard.tokenMatches(token)) return refuse(response, refusals.noKey);
      response.setHeader('Set-Cookie', guard.setCookie);
      response.setHeader('Location', '/');
      return send(response, 303, 'text/plain; charset=utf-8', Buffer.alloc(0));
    }
    if (target.path === comeBackPath) {
      answerComeBack(guard, comeBack, request, response, target.query);
      return;
    }
    if (!guard.cookieMatches(request)) return refuse(response, refusals.noKey);

    const file = files.get(target.path);
    if (file !== undefined) return send(response, 200, file.contentType, file.body);
    const bounced = jobFile(target.path);
    if (bounced !== undefined) return sendJobFile(response, bounced, securityHeaders);
    if (!target.path.startsWith('/takes/')) {
      return refuse(response, files.size === 0 ? refusals.notBuilt : refusals.notFound);
    }
    void sound(target.path, target.query)
      .catch(() => undefined)
      .then((answer) => {
        if (answer === undefined) return refuse(response, refusals.noSound);
        if (answer.present !== undefined) response.setHeader('Simmer-Present', answer.present);
        send(response, 200, answer.contentType, answer.body);
      });
  };
}

/** The two requests of a page that comes back, each answered without a cookie; `host` is one that the guard allows. */
function answerComeBack(
  guard: Guard,
  comeBack: ComeBack,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
): void {
  const host = request.headers.host ?? '';
  const [page, nonce, proof] = ['page', 'nonce', 'proof'].map((name) => query.get(name));
  if (page) {
    const challenge = comeBack.challenge(host, page);
    if (challenge === undefined) refuse(response, refusals.wrongTarget);
    else send(response, 200, 'application/json', Buffer.from(JSON.stringify(challenge)));
    return;
  }
  if (!comeBack.admits(host, nonce ?? '', proof ?? '')) {
    refuse(response, refusals.noKey);
    return;
  }
  response.setHeader('Set-Cookie', guard.setCookie);
  send(response, 200, 'text/plain; charset=utf-8', Buffer.alloc(0));
}

/** The path as it was sent: not decoded, not normalised, only ever compared. */
export function parseTarget(request: IncomingMessage): { path: string; query: URLSearchParams } | undefined {
  const target = request.url ?? '';
  if (!target.startsWith('/')) return undefined;
  const queryStart = target.indexOf('?');
  if (queryStart < 0) return { path: target, query: new URLSearchParams() };
  return { path: target.slice(0, queryStart), query: new URLSearchParams(target.slice(queryStart + 1)) };
}

/** A refusal where there is no response object yet: an upgrade, or bytes that are no request. */
export function refuseSocket(socket: Duplex, refusal: { status: number; text: string }): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const head = {
    ...securityHeaders,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(refusal.text)),
    Connection: 'close',
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`);
  socket.on('error', () => socket.destroy());
  // The peer may never close its side; once the answer is handed over, nothing more is owed.
  socket.end(`HTTP/1.1 ${refusal.status} Refused\r\n${lines.join('\r\n')}\r\n\r\n${refusal.text}`, () =>
    socket.destroy(),
  );
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  response.setHeader('Connection', 'close');
  send(response, refusal.status, 'text/plain; charset=utf-8', Buffer.from(refusal.text));
}

function send(response: ServerResponse, status: number, contentType: string, body: Buffer): void {
  response.writeHead(status, { ...securityHeaders, 'Content-Type': contentType, 'Content-Length': body.length });
  // To a HEAD request Node sends the head alone.
  response.end(body);
}
