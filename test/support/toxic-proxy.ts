import { mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { type ServiceProcess, temporaryFolder } from './service-process.js';

/** What the network between plugin and service does. */
export interface Toxic {
  /** Passes on so many bytes at a time. */
  readonly sliceBytes?: number;
  /** Everything comes so much later, in both directions. */
  readonly delayMillis?: number;
  /** The connection is reset after so many bytes from the service. */
  readonly resetAfterBytes?: number;
  /** After so many bytes from the service nothing passes any more, and nothing is closed. */
  readonly deafAfterBytes?: number;
}

/** Stands between a plugin and a service, under a discovery file of its own. */
export class ToxicProxy {
  /** The runtime folder for the plugin. */
  readonly runtimeDir: string;
  connectionCount = 0;
  /** Toxics of the first connections, in order; later ones are clean. */
  readonly #toxics: readonly Toxic[];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(service: ServiceProcess, toxics: readonly Toxic[]) {
    this.#toxics = toxics;
    this.runtimeDir = mkdtempSync(join(temporaryFolder(), 'proxy-'));
    const [host, port] = service.discovery.grpc.split(':');
    this.#server = createServer((plugin) => this.#join(plugin, connect(Number(port), host)));
  }

  static async start(service: ServiceProcess, toxics: readonly Toxic[]): Promise<ToxicProxy> {
    const proxy = new ToxicProxy(service, toxics);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.#server.address() as AddressInfo;
    const discovery = { ...service.discovery, grpc: `127.0.0.1:${port}` };
    writeFileSync(join(proxy.runtimeDir, 'service.json'), JSON.stringify(discovery), { mode: 0o600 });
    return proxy;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(plugin: Socket, service: Socket): void {
    const toxic = this.#toxics[this.connectionCount] ?? {};
    this.connectionCount += 1;
    let passed = 0;
    let deaf = false;
    const both = [plugin, service];
    for (const socket of both) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        if (!deaf) for (const other of both) other.destroy();
      });
    }
    const pipe = (from: Socket, to: Socket, counts: boolean) => {
      let last = Promise.resolve();
      from.on('data', (bytes) => {
        if (counts) passed += bytes.length;
        if (passed > (toxic.deafAfterBytes ?? Number.POSITIVE_INFINITY)) deaf = true;
        if (deaf) return;
        if (passed > (toxic.resetAfterBytes ?? Number.POSITIVE_INFINITY)) {
          plugin.resetAndDestroy();
          service.destroy();
          return;
        }
        last = last.then(() => passOn(bytes, to, toxic));
      });
    };
    pipe(plugin, service, false);
    pipe(service, plugin, true);
  }
}

async function passOn(bytes: Buffer, to: Socket, { sliceBytes = bytes.length, delayMillis = 0 }: Toxic): Promise<void> {
  if (delayMillis > 0) await new Promise((resolve) => setTimeout(resolve, delayMillis));
  for (let from = 0; from < bytes.length && !to.destroyed; from += sliceBytes) {
    to.write(bytes.subarray(from, from + sliceBytes));
    // The kernel would put slices together that are written at once.
    if (sliceBytes < bytes.length) await new Promise((resolve) => setImmediate(resolve));
  }
}
