import { afterAll, beforeAll } from 'vitest';
import { type ClientOptions, RenderClient } from '../../support/render-client.js';
import { ServiceProcess } from '../../support/service-process.js';

/** A service for the tests of one file, and clients of it, which are closed when they are over. */
export function serveTests() {
  const clients: RenderClient[] = [];
  let running: ServiceProcess;
  beforeAll(async () => {
    running = await ServiceProcess.start();
  });
  afterAll(() => {
    for (const client of clients) client.close();
    return running.stop();
  });
  return {
    get service(): ServiceProcess {
      return running;
    },
    client(change: Partial<ClientOptions> = {}): RenderClient {
      const opened = new RenderClient({ ...running.discovery, ...change });
      clients.push(opened);
      return opened;
    },
  };
}
