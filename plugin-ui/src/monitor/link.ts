import type { MonitorMessage } from '../../../service/src/core/monitor.js';
import { Scope } from '../ui/scope.js';
import { parseMessage } from './messages.js';

/** The part of a browser's WebSocket that is used. */
export interface FeedSocket extends EventTarget {
  close(): void;
  send(text: string): void;
}

export interface LinkEvents {
  onOpen(): void;
  onMessage(message: MonitorMessage): void;
  /** The next attempt comes after so many milliseconds; `attempt` counts from 1 since the last greeting. */
  onLost(attempt: number, retryMillis: number): void;
  /** The feed is open but nothing has come for silentMillis. What follows is a message, or `onLost`. */
  onSilent(): void;
  /** What came is not of this page's version. There is no further attempt. */
  onForeign(): void;
}

export interface LinkOptions {
  readonly open: () => FeedSocket;
  /** Asked before every attempt but the first; false: do not open now. Undefined: always open. */
  readonly admit: (() => Promise<boolean>) | undefined;
  readonly random: () => number;
  readonly events: LinkEvents;
  /** A feed that sends no greeting for so long after opening is taken for dead. */
  readonly helloMillisMax: number;
}

/** The service sends something once a second at least (service/src/monitor/limits.ts): after this long it stands still. */
export const silentMillis = 2_000;

const retryMillisMin = 500;
const retryMillisMax = 10_000;

/** Doubles from half a second to ten, less up to a quarter, so that several pages do not come back in step. */
export function retryMillis(attempt: number, random: number): number {
  const full = Math.min(retryMillisMax, retryMillisMin * 2 ** Math.max(0, attempt - 1));
  return Math.round(full * (1 - random / 4));
}

/** The page's connection to the feed: opens, parses, comes back by itself. It carries commands while it is greeted. */
export class Link {
  private readonly scope = new Scope();
  private connection = this.scope.child();
  private attempt = 0;
  private disposed = false;
  /** The socket once the service has greeted over it. */
  private greeted: FeedSocket | undefined;

  constructor(private readonly options: LinkOptions) {
    this.connect();
  }

  /** Tries at once instead of waiting. */
  retryNow(): void {
    this.connect();
  }

  /** False: there is no link, and nothing was sent. */
  send(text: string): boolean {
    if (this.greeted === undefined) return false;
    try {
      this.greeted.send(text);
      return true;
    } catch {
      // A socket that is about to close.
      return false;
    }
  }

  dispose(): void {
    this.disposed = true;
    this.greeted = undefined;
    this.scope.dispose();
  }

  private connect(): void {
    this.connection.dispose();
    this.connection = this.scope.child();
    const { admit } = this.options;
    const { connection } = this;
    if (this.attempt === 0 || admit === undefined) {
      this.open();
      return;
    }
    void admit().then((admitted) => {
      // Meanwhile it may have been tried anew, or be over.
      if (connection !== this.connection || this.disposed) return;
      if (admitted) this.open();
      else this.retryLater();
    });
  }

  private open(): void {
    const { open, events, helloMillisMax } = this.options;
    const { connection } = this;
    const socket = open();
    connection.add(() => socket.close());
    connection.add(() => {
      if (this.greeted === socket) this.greeted = undefined;
    });
    connection.on(socket, 'close', () => this.retryLater());
    const cancelHelloTimeout = connection.after(helloMillisMax, () => this.retryLater());
    let cancelSilenceTimeout = () => {};
    connection.on(socket, 'message', (event) => {
      const parsed = parseMessage('data' in event ? event.data : undefined);
      if (!parsed.ok) {
        connection.dispose();
        events.onForeign();
        return;
      }
      cancelHelloTimeout();
      cancelSilenceTimeout();
      cancelSilenceTimeout = connection.after(silentMillis, events.onSilent);
      if (parsed.message.type === 'hello') {
        this.attempt = 0;
        this.greeted = socket;
        events.onOpen();
      }
      events.onMessage(parsed.message);
    });
  }

  private retryLater(): void {
    this.connection.dispose();
    this.connection = this.scope.child();
    this.attempt += 1;
    const millis = retryMillis(this.attempt, this.options.random());
    this.connection.after(millis, () => this.connect());
    this.options.events.onLost(this.attempt, millis);
  }
}
