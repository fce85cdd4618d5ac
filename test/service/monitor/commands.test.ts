import { afterEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '../../../service/src/core/failure.js';
import type { PageCommand } from '../../../service/src/core/page-commands.js';
import type { Page, PageActions } from '../../../service/src/monitor/page-actions.js';
import { ofType, openPage, type RunningMonitor, runMonitor } from './support.js';

const open: RunningMonitor[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((monitor) => monitor.close()));
});

/** Carries out nothing, and remembers what was asked and by whom. */
class Told implements PageActions {
  readonly commands: PageCommand[] = [];
  readonly pages: Page[] = [];
  readonly released: Page[] = [];

  async act(page: Page, command: PageCommand): Promise<string | undefined> {
    if (command.type === 'keep') throw new Failure('usage', 'This take is no longer there.');
    this.commands.push(command);
    this.pages.push(page);
    return command.type === 'bounce' ? '0123456789abcdef' : undefined;
  }

  release(page: Page): void {
    this.released.push(page);
  }
}

async function run(limits: Parameters<typeof runMonitor>[0] = {}): Promise<{ monitor: RunningMonitor; told: Told }> {
  const told = new Told();
  const monitor = await runMonitor({ ...limits, actions: told });
  open.push(monitor);
  return { monitor, told };
}

const edit = { type: 'edit', id: 1, session: 's1', parameter: 0, phase: 'perform', value: 0.9 };

describe('a command of a page', () => {
  it('is carried out and answered by its number', async () => {
    const { monitor, told } = await run();
    const page = await openPage(monitor);
    page.socket.send(JSON.stringify({ ...edit, id: 7 }));
    await vi.waitFor(() => expect(ofType(page, 'reply')).toEqual([{ type: 'reply', id: 7, fault: '', job: null }]));
    expect(told.commands).toEqual([{ ...edit, id: 7 }]);
  });

  it('that cannot be done is answered by what is wrong, and the page stays', async () => {
    const { monitor } = await run();
    const page = await openPage(monitor);
    page.socket.send(JSON.stringify({ type: 'keep', id: 3, session: 's1', take: '0123456789abcdef', kept: true }));
    await vi.waitFor(() => expect(ofType(page, 'reply')[0]).toMatchObject({ id: 3, fault: /no longer there/ }));
    expect(page.socket.readyState).toBe(page.socket.OPEN);
  });

  it('is answered when the host has been told, to the page that asked alone', async () => {
    const { monitor, told } = await run();
    const [mine, other] = [await openPage(monitor), await openPage(monitor)];
    mine.socket.send(JSON.stringify(edit));
    await vi.waitFor(() => expect(told.pages).toHaveLength(1));
    told.pages[0]?.edited('s1', 1);
    await vi.waitFor(() => expect(ofType(mine, 'edited')).toEqual([{ type: 'edited', session: 's1', id: 1 }]));
    expect(ofType(other, 'edited')).toEqual([]);
  });

  it('is let go of when its page has gone', async () => {
    const { monitor, told } = await run();
    const page = await openPage(monitor);
    page.socket.send(JSON.stringify(edit));
    await vi.waitFor(() => expect(told.pages).toHaveLength(1));
    page.socket.close();
    await vi.waitFor(() => expect(told.released).toEqual(told.pages));
  });

  it.each([
    ['of no kind', { type: 'format-disk', id: 1 }],
    ['with a value that is none', { ...edit, value: 'hot' }],
    ['with a number that is none', { ...edit, id: -1 }],
    ['of a parameter beyond all', { ...edit, parameter: 1e9 }],
    ['that is no object', [1, 2]],
  ])('%s closes the connection, and nothing is done', async (_what, command) => {
    const { monitor, told } = await run();
    const page = await openPage(monitor);
    page.socket.send(JSON.stringify(command));
    expect(await page.closed).toBe(1008);
    expect(told.commands).toEqual([]);
  });

  it('of a page that sends far too many closes the connection; control: a busy hand does not', async () => {
    const { monitor, told } = await run({ limits: { commandsPerSecondMax: 50 } });
    const calm = await openPage(monitor);
    for (let id = 0; id < 40; id += 1) calm.socket.send(JSON.stringify({ ...edit, id }));
    await vi.waitFor(() => expect(told.commands).toHaveLength(40));
    expect(calm.socket.readyState).toBe(calm.socket.OPEN);
    const mad = await openPage(monitor);
    for (let id = 0; id < 200; id += 1) mad.socket.send(JSON.stringify({ ...edit, id }));
    expect(await mad.closed).toBe(1008);
  });
});
