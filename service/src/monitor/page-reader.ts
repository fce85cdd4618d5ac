import { Failure } from '../core/failure.js';
import type { MonitorMessage } from '../core/monitor.js';
import { type PageCommand, pageCommandSchema } from '../core/page-commands.js';
import type { MonitorLimits } from './limits.js';
import type { Page, PageActions } from './page-actions.js';

/** Reads one page's commands: parses, counts, has them carried out, and answers each. */
export class PageReader implements Page {
  readonly #actions: PageActions;
  readonly #limits: Pick<MonitorLimits, 'commandsPerSecondMax'>;
  readonly #answer: (message: MonitorMessage) => void;
  /** Commands that may still come now; fills up again with time. */
  #allowance: number;
  #filledAtMillis = performance.now();

  constructor(
    actions: PageActions,
    limits: Pick<MonitorLimits, 'commandsPerSecondMax'>,
    answer: (message: MonitorMessage) => void,
  ) {
    this.#actions = actions;
    this.#limits = limits;
    this.#answer = answer;
    this.#allowance = limits.commandsPerSecondMax;
  }

  /** False: this is no page of ours, and its connection is to be closed. */
  read(data: string): boolean {
    if (!this.#mayGoOn()) return false;
    const command = pageCommandSchema.safeParse(parsed(data));
    if (!command.success) return false;
    void this.#carryOut(command.data);
    return true;
  }

  async #carryOut(command: PageCommand): Promise<void> {
    const { id } = command;
    try {
      const job = await this.#actions.act(this, command);
      this.#answer({ type: 'reply', id, fault: '', job: job ?? null });
    } catch (thrown) {
      this.#answer({ type: 'reply', id, fault: Failure.from(thrown).message, job: null });
    }
  }

  edited(session: string, id: number): void {
    this.#answer({ type: 'edited', session, id });
  }

  /** The page has gone. */
  close(): void {
    this.#actions.release(this);
  }

  #mayGoOn(): boolean {
    const now = performance.now();
    const { commandsPerSecondMax } = this.#limits;
    const gained = ((now - this.#filledAtMillis) * commandsPerSecondMax) / 1000;
    this.#allowance = Math.min(commandsPerSecondMax, this.#allowance + gained) - 1;
    this.#filledAtMillis = now;
    return this.#allowance >= 0;
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
