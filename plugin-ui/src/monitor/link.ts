import type { MonitorMessage } from '../../../service/src/core/monitor.js';
import type { PageCommand } from '../../../service/src/core/page-commands.js';
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
  /** The feed is open but has said nothing for silentMillis. What comes after this is a message, or its loss. */
  onSilent(): void;
  /** What came is not of this page's version. There is no further attempt. */
  onForeign(): void;
}

export interface LinkOptions {
  readonly open: () => FeedSocket;
  readonly random: () => number;
  readonly events: LinkEvents;
  /** A feed that has not spoken for so long after opening is taken for dead. */
  readonly helloMillisMax?: number;
}

/** The service speaks once a second at least (service/src/monitor/limits.ts): after this long it stands still. */
export const silentMillis = 2_000;

const retryMillisMin = 500;
const retryMillisMax = 10_000;

/** Doubles from half a second to ten, less up to a quarter, so that several pages do not come back in step. */
export function retryMillis(attempt: number, random: number): number {
  const full = Math.min(retryMillisMax, retryMillisMin * 2 ** Math.max(0, attempt - 1));
  return Math.round(full * (1 - random / 4));
}

/** The page's connection to the feed: opens, parses, carries commands, comes back by itself. */
export class Link {
  private readonly scope = new Scope();
  private connection = this.scope.child();
  private attempt = 0;
  /** The socket that has greeted; undefined: nothing can be sent now. */
  private open: FeedSocket | undefined;

  constructor(private readonly options: LinkOptions) {
    this.connect();
  }

  /** Tries at once instead of waiting. */
  retryNow(): void {
    this.connect();
  }

  /** False: there is no link, and nothing was sent. What is sent again later would be about another moment. */
  send(command: PageCommand): boolean {
    this.open?.send(JSON.stringify(command));
    return this.open !== undefined;
  }

  dispose(): void {
    this.open = undefined;
    this.scope.dispose();
  }

  private connect(): void {
    this.open = undefined;
    this.connection.dispose();
    this.connection = this.scope.child();
    const { open, events, helloMillisMax = 5_000 } = this.options;
    const connection = this.connection;
    const socket = open();
    connection.add(() => socket.close());
    connection.on(socket, 'close', () => this.lose());
    const heard = connection.after(helloMillisMax, () => this.lose());
    let spoken = () => {};
    connection.on(socket, 'message', (event) => {
      const parsed = parseMessage('data' in event ? event.data : undefined);
      if (!parsed.ok) {
        this.open = undefined;
        connection.dispose();
        events.onForeign();
        return;
      }
      heard();
      spoken();
      spoken = connection.after(silentMillis, events.onSilent);
      if (parsed.message.type === 'hello') {
        this.attempt = 0;
        this.open = socket;
        events.onOpen();
      }
      events.onMessage(parsed.message);
    });
  }

  private lose(): void {
    this.open = undefined;
    this.connection.dispose();
    this.connection = this.scope.child();
    this.attempt += 1;
    const millis = retryMillis(this.attempt, this.options.random());
    this.connection.after(millis, () => this.connect());
    this.options.events.onLost(this.attempt, millis);
  }
}
