import type { MonitorMessage } from '../../../service/src/core/monitor.js';
import type { PageCommand } from '../../../service/src/core/page-commands.js';

type WithoutId<Command> = Command extends { readonly id: number } ? Omit<Command, 'id'> : never;
export type Wish = WithoutId<PageCommand>;

/** `fault` says what is wrong and what to do; '': it is done or under way. */
export interface Reply {
  readonly fault: string;
  readonly job: string | null;
}

export const lostFault = 'The connection to Simmer ended before it answered. Try again once it is back.';

/** What the page asks for: numbers every command and brings each answer to who asked. */
export class Commands {
  private lastId = 0;
  private readonly waiting = new Map<number, (reply: Reply) => void>();

  /** `send` is false while there is no link. */
  constructor(private readonly send: (text: string) => boolean) {}

  /** Says something whose answer matters only where it is a fault; its id, or undefined while there is no link. */
  tell(wish: Wish, onFault: (fault: string) => void): number | undefined {
    this.lastId += 1;
    const id = this.lastId;
    if (!this.send(JSON.stringify({ ...wish, id }))) return undefined;
    this.waiting.set(id, (reply) => {
      if (reply.fault !== '' && reply.fault !== lostFault) onFault(reply.fault);
    });
    return id;
  }

  ask(wish: Wish): Promise<Reply> {
    this.lastId += 1;
    const id = this.lastId;
    if (!this.send(JSON.stringify({ ...wish, id }))) return Promise.resolve({ fault: lostFault, job: null });
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  hear(message: Extract<MonitorMessage, { type: 'reply' }>): void {
    const answer = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    answer?.({ fault: message.fault, job: message.job });
  }

  /** Nothing that was asked will be answered any more. */
  lose(): void {
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const answer of waiting) answer({ fault: lostFault, job: null });
  }
}
