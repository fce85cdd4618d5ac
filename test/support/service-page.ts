import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { type MonitorMessage, monitorMessageSchema, type SessionSnapshot } from '../../service/src/core/monitor.js';
import type { ServiceProcess } from './service-process.js';

type Phase = 'begin' | 'perform' | 'end';

/** A page of a running service, as its browser would hold it: it remembers everything it was told. */
export class ServicePage {
  readonly messages: MonitorMessage[] = [];
  readonly #socket: WebSocket;
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.messages.push(monitorMessageSchema.parse(JSON.parse(data.toString()))));
  }

  static open({ discovery }: ServiceProcess): Promise<ServicePage> {
    const url = new URL(discovery.page);
    if (!url.searchParams.has('token')) url.searchParams.set('token', discovery.token);
    return ServicePage.at(url);
  }

  /** At the address that the service printed. */
  static async at(url: URL): Promise<ServicePage> {
    const answer = await fetch(url, { redirect: 'manual' });
    const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const socket = new WebSocket(`ws://${url.host}/feed`, { headers: { origin: url.origin, cookie } });
    const page = new ServicePage(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return page;
  }

  /** One step of a gesture; returns its number. */
  edit(session: string, parameter: number, phase: Phase, value = 0): number {
    this.#lastId += 1;
    this.#socket.send(JSON.stringify({ type: 'edit', id: this.#lastId, session, parameter, phase, value }));
    return this.#lastId;
  }

  /** Whether it knows which instances there are. */
  get isTold(): boolean {
    return this.messages.some(({ type }) => type === 'sessions');
  }

  /** The newest state of the only instance; undefined: there is none. */
  get snapshot(): SessionSnapshot | undefined {
    return this.messages.findLast((message) => message.type === 'sessions')?.sessions[0];
  }

  /** What the page says of a plugin that is refused; '': none is. */
  get refused(): string {
    return this.messages.findLast((message) => message.type === 'sessions')?.refused ?? '';
  }

  /** The host's value of an input, as the page was told last. */
  value(parameter: number): number | undefined {
    return this.snapshot?.parameters.find(({ id }) => id === parameter)?.value;
  }

  /** The number of the last edit of which the host has been told. */
  get edited(): number {
    return this.messages.findLast((message) => message.type === 'edited')?.id ?? 0;
  }

  /** Waits until something is so. @throws Error naming it when it does not come */
  async until<T>(what: string, find: () => T | undefined | false): Promise<T> {
    for (let waited = 0; waited < 60_000; waited += 5) {
      const found = find();
      if (found !== undefined && found !== false) return found;
      await sleep(5);
    }
    throw new Error(`It never came: ${what}. The last that was told: ${JSON.stringify(this.snapshot)}`);
  }

  close(): void {
    this.#socket.close();
  }
}
