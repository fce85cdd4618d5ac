import type { MonitorMessage } from '../../../service/src/core/monitor.js';
import type { PageCommand } from '../../../service/src/core/page-commands.js';

type WithoutId<Command> = Command extends { readonly id: number } ? Omit<Command, 'id'> : never;
/** A command before it has its number. */
export type CommandBody = WithoutId<PageCommand>;

/** `fault` says what is wrong and what to do; '': it is done or under way. */
export interface Reply {
  readonly fault: string;
  readonly job: string | null;
}

export const lostFault = 'The connection to Simmer ended before it answered. Try again once it is back.';

/** What the page asks of the service: numbers every command and brings each reply to who asked. */
export class Commands {
  private lastId = 0;
  private readonly waiting = new Map<number, (reply: Reply) => void>();

  /** `transmit` is false while there is no link. */
  constructor(private readonly transmit: (text: string) => boolean) {}

  /** For a command whose reply matters only where it is a fault. Returns its id; undefined while there is no link. */
  send(command: CommandBody, onFault: (fault: string) => void): number | undefined {
    this.lastId += 1;
    const id = this.lastId;
    if (!this.transmit(JSON.stringify({ ...command, id }))) return undefined;
    this.waiting.set(id, (reply) => {
      if (reply.fault !== '' && reply.fault !== lostFault) onFault(reply.fault);
    });
    return id;
  }

  ask(command: CommandBody): Promise<Reply> {
    this.lastId += 1;
    const id = this.lastId;
    if (!this.transmit(JSON.stringify({ ...command, id }))) return Promise.resolve({ fault: lostFault, job: null });
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  receive(message: Extract<MonitorMessage, { type: 'reply' }>): void {
    const answer = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    answer?.({ fault: message.fault, job: message.job });
  }

  /** Nothing that was asked will be answered any more. */
  linkLost(): void {
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const answer of waiting) answer({ fault: lostFault, job: null });
  }
}
