import { describe, expect, it, vi } from 'vitest';
import { Commands, lostFault } from '../../plugin-ui/src/monitor/commands.js';
import { pageCommandSchema } from '../../service/src/core/page-commands.js';

function start() {
  const sent: string[] = [];
  let linked = true;
  const commands = new Commands((text) => {
    if (linked) sent.push(text);
    return linked;
  });
  return {
    commands,
    sent,
    cut: () => {
      linked = false;
    },
  };
}

describe('commands', () => {
  it('are numbered, and each has its own answer', async () => {
    const { commands, sent } = start();
    const first = commands.ask({ type: 'cancel', job: 'j1' });
    const second = commands.ask({ type: 'reveal', job: 'j2' });
    commands.receive({ type: 'reply', id: 2, fault: 'The file is gone.', job: null });
    commands.receive({ type: 'reply', id: 2, fault: 'twice', job: null });
    commands.receive({ type: 'reply', id: 1, fault: '', job: 'j1' });
    expect(await first).toEqual({ fault: '', job: 'j1' });
    expect(await second).toEqual({ fault: 'The file is gone.', job: null });
    for (const text of sent) expect(pageCommandSchema.safeParse(JSON.parse(text)).success).toBe(true);
    expect(sent.map((text) => JSON.parse(text).id)).toEqual([1, 2]);
  });

  it('end with the link, and are refused without one', async () => {
    const { commands, cut, sent } = start();
    const onFault = vi.fn();
    const waiting = commands.ask({ type: 'cancel', job: 'j1' });
    commands.send({ type: 'edit', session: 's', parameter: 0, phase: 'begin', value: 1 }, onFault);
    commands.linkLost();
    expect((await waiting).fault).toBe(lostFault);
    expect(onFault).not.toHaveBeenCalled();
    cut();
    expect((await commands.ask({ type: 'cancel', job: 'j1' })).fault).toBe(lostFault);
    expect(
      commands.send({ type: 'edit', session: 's', parameter: 0, phase: 'end', value: 1 }, onFault),
    ).toBeUndefined();
    expect(sent).toHaveLength(2);
  });

  it('that wait for no reply say what was wrong with them', () => {
    const { commands } = start();
    const onFault = vi.fn();
    const id = commands.send({ type: 'edit', session: 's', parameter: 99, phase: 'begin', value: 1 }, onFault);
    commands.receive({ type: 'reply', id: id ?? 0, fault: 'No such input.', job: null });
    expect(onFault).toHaveBeenCalledExactlyOnceWith('No such input.');
  });
});
