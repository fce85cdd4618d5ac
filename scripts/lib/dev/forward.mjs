import { request as ask } from 'node:http';

/**
 * Hands requests of our own page on to the service, under the service's own name and with its cookie. Only requests that
 * the development server's guard has let in come here: what the guard refuses must never be made acceptable.
 *
 * @typedef {import('./supervisor.mjs').Supervisor['target']} Target
 * @typedef {import('node:http').IncomingMessage} Request
 */

/** @param {Request} request @param {NonNullable<Target>} target */
function optionsFor(request, { port, cookie }) {
  const { cookie: _own, ...headers } = request.headers;
  const host = `127.0.0.1:${port}`;
  return {
    host: '127.0.0.1',
    port,
    method: request.method,
    path: request.url,
    headers: {
      ...headers,
      host,
      ...(headers.origin !== undefined && { origin: `http://${host}` }),
      ...(cookie !== undefined && { cookie }),
    },
  };
}

/** @param {Request} request @param {import('node:http').ServerResponse} response @param {Target} target */
export function forward(request, response, target) {
  const fail = () => {
    if (!response.headersSent) response.writeHead(503, { 'Content-Type': 'text/plain' });
    response.end('The service does not run; the terminal of npm run dev says why.\n');
  };
  if (target === undefined) {
    fail();
    return;
  }
  const asked = ask(optionsFor(request, target), (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  asked.on('error', fail);
  response.on('close', () => asked.destroy());
  request.pipe(asked);
}

/** The same for a WebSocket. @param {Request} request @param {import('node:stream').Duplex} socket @param {Target} target */
export function forwardSocket(request, socket, target) {
  socket.on('error', () => socket.destroy());
  if (target === undefined) {
    socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
    return;
  }
  const asked = ask(optionsFor(request, target));
  asked.on('upgrade', (answer, upstream, head) => {
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
    socket.write(headOf(answer));
    socket.write(head);
    upstream.pipe(socket).pipe(upstream);
  });
  asked.on('response', (answer) => {
    socket.write(headOf(answer));
    answer.pipe(socket);
  });
  asked.on('error', () => socket.destroy());
  asked.end();
}

/** @param {Request} answer */
function headOf({ statusCode, statusMessage, rawHeaders }) {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
