import { expect, vi } from 'vitest';
import WebSocket from 'ws';
import { type Job, type MonitorMessage, monitorMessageSchema } from '../../../service/src/core/monitor.js';

/** A page as a browser has it: its cookie, its WebSocket, its commands. */
export class TestPage {
  readonly messages: MonitorMessage[] = [];
  readonly #socket: WebSocket;
  readonly #origin: string;
  readonly #cookie: string;
  #id = 0;

  private constructor(socket: WebSocket, origin: string, cookie: string) {
    this.#socket = socket;
    this.#origin = origin;
    this.#cookie = cookie;
    socket.on('message', (data) => this.messages.push(monitorMessageSchema.parse(JSON.parse(String(data)))));
  }

  static async open(pageUrl: string): Promise<TestPage> {
    const { origin, host } = new URL(pageUrl);
    const entered = await fetch(pageUrl, { redirect: 'manual' });
    const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const socket = new WebSocket(`ws://${host}/feed`, { headers: { Cookie: cookie }, origin });
    const page = new TestPage(socket, origin, cookie);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    await vi.waitFor(() => expect(page.session).not.toBe(''));
    return page;
  }

  #newest<Type extends MonitorMessage['type']>(type: Type) {
    return this.messages.findLast(
      (message): message is Extract<MonitorMessage, { type: Type }> => message.type === type,
    );
  }

  get session(): string {
    return this.#newest('sessions')?.sessions[0]?.id ?? '';
  }

  get takes() {
    return this.#newest('takes')?.takes ?? [];
  }

  get jobs(): readonly Job[] {
    return this.#newest('jobs')?.jobs ?? [];
  }

  /** The reply to a command. */
  async ask(command: object): Promise<{ fault: string; job: string | null }> {
    this.#id += 1;
    const id = this.#id;
    this.#socket.send(JSON.stringify({ ...command, id, session: this.session }));
    return vi.waitFor(() => {
      const reply = this.messages.find((message) => message.type === 'reply' && message.id === id);
      if (reply?.type !== 'reply') throw new Error('no reply yet');
      return reply;
    });
  }

  /** A job that has ended. */
  async done(id: string | null): Promise<Job> {
    return vi.waitFor(
      () => {
        const job = this.jobs.find((one) => one.id === id);
        if (job === undefined || job.state === 'running' || job.state === 'waiting') throw new Error('not over yet');
        return job;
      },
      { timeout: 60_000 },
    );
  }

  get(path: string, withCookie = true): Promise<Response> {
    return fetch(`${this.#origin}${path}`, withCookie ? { headers: { Cookie: this.#cookie } } : {});
  }

  close(): void {
    this.#socket.close();
  }
}
