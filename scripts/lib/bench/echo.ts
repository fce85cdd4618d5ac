import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { median } from './row.js';

const pings = 300;
const pingBytes = 1024;

/** Runs in a thread of its own: sends everything back. */
const echoProgram = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer((socket) => { socket.setNoDelay(true); socket.pipe(socket); socket.on('error', () => {}); });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** Milliseconds that 1 KiB takes over a plain TCP socket on loopback to another thread and back: the floor of any link. */
export async function tcpEchoMillis(): Promise<number> {
  const worker = new Worker(echoProgram, { eval: true });
  try {
    const port = await new Promise<number>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    return median(await roundTrips(port));
  } finally {
    await worker.terminate();
  }
}

function roundTrips(port: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const message = new Uint8Array(pingBytes);
    const millis: number[] = [];
    let sent = 0;
    let received = 0;
    const send = () => {
      received = 0;
      sent = performance.now();
      socket.write(message);
    };
    socket.setNoDelay(true);
    socket.on('error', reject);
    socket.on('connect', send);
    socket.on('data', (data) => {
      received += data.length;
      if (received < pingBytes) return;
      millis.push(performance.now() - sent);
      if (millis.length < pings) return send();
      socket.destroy();
      resolve(millis);
    });
  });
}
