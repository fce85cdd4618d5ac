import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Turns } from '../../scripts/lib/testing/output.mjs';
import { Report } from '../../scripts/lib/testing/report.mjs';
import { cargoResults, pytestResults } from '../../scripts/lib/testing/results.mjs';
import { schedule } from '../../scripts/lib/testing/schedule.mjs';
import { allCommands } from '../../scripts/lib/testing/stages.mjs';
import { commandsWanted } from '../../scripts/lib/testing/wish.mjs';

interface Task {
  readonly name: string;
  readonly alone: boolean;
  readonly after: readonly string[];
  readonly holds?: string;
}
const task = (name: string, alone = false, after: readonly string[] = []): Task => ({ name, alone, after });

/** What ran, in the order of its beginning, each with what ran beside it at any time. */
async function ranOf(tasks: readonly Task[], room: number, failing: readonly string[] = []) {
  const ran = new Map<string, Set<string>>();
  const running = new Set<string>();
  const givenUp: [string, string][] = [];
  await schedule(tasks, {
    room,
    run: async ({ name }) => {
      ran.set(name, new Set(running));
      for (const other of running) ran.get(other)?.add(name);
      running.add(name);
      await sleep(1 + (name.length % 3) * 3);
      running.delete(name);
      return !failing.includes(name);
    },
    giveUp: ({ name }, because) => givenUp.push([name, because]),
  });
  return { order: [...ran.keys()], beside: (name: string) => [...(ran.get(name) ?? [])], givenUp };
}

describe('what runs side by side', () => {
  test('is as much as there is room for, in its order, and nothing beside what plays against the clock', async () => {
    const tasks = [task('live', true), task('a'), task('bb'), task('ccc'), task('play', true, ['a']), task('d')];
    for (const room of [1, 2, 3, 9]) {
      const { order, beside } = await ranOf(tasks, room);
      expect(order).toEqual(['a', 'bb', 'ccc', 'd', 'live', 'play']);
      expect([beside('live'), beside('play')]).toEqual([[], []]);
      expect(beside('a').slice(0, 1)).toEqual(room === 1 ? [] : ['bb']);
    }
  });

  test('control: what does not play against the clock does run beside others', async () => {
    expect((await ranOf([task('live'), task('a')], 2)).beside('live')).toEqual(['a']);
  });

  test('begins after what it needs, and not at all where that failed', async () => {
    const tasks = [task('c', false, ['b']), task('b', true, ['a']), task('a'), task('d', false, ['gone'])];
    expect((await ranOf(tasks, 2)).order).toEqual(['a', 'd', 'b', 'c']);
    const failed = await ranOf(tasks, 2, ['a']);
    expect(failed.order.sort()).toEqual(['a', 'd']);
    expect(failed.givenUp.sort()).toEqual([
      ['b', 'a'],
      ['c', 'b'],
    ]);
  });

  test('is never two that hold the same', async () => {
    const held = (name: string): Task => ({ ...task(name), holds: 'the same' });
    const { order, beside } = await ranOf([held('a'), held('b'), task('c'), held('d')], 9);
    expect([beside('a'), order]).toEqual([['c'], ['a', 'c', 'b', 'd']]);
  });

  test('that waits for each other is told', async () => {
    await expect(ranOf([task('a', false, ['b']), task('b', false, ['a'])], 2)).rejects.toThrow('a, b wait');
  });
});

test('output of what runs side by side is told one after another, whole', () => {
  const said: string[] = [];
  const turns = new Turns((line) => said.push(line));
  const [first, second, third] = [turns.join(), turns.join(), turns.join()];
  second.say('second 1');
  first.say('first 1');
  third.say('third 1');
  third.end();
  expect(said).toEqual(['first 1']);
  first.end();
  expect(said).toEqual(['first 1', 'third 1', 'second 1']);
  second.say('second 2');
  const fourth = turns.join();
  fourth.say('fourth');
  second.end();
  expect(said.slice(3)).toEqual(['second 2', 'fourth']);
});

describe('results', () => {
  test('of cargo are those of each target', () => {
    const lines = [
      '     Running unittests src/lib.rs (target/debug/deps/simmer_core-0f1e2d3c)',
      'test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.25s',
      '     Running tests/waiting.rs (target/debug/deps/waiting-99)',
      'test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.00s',
      '     Running tests/window.rs (target/debug/deps/window-98)',
      'test result: ok. 9 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 2.00s',
      '   Doc-tests simmer_core',
      'test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s',
    ];
    const sourceOf = (program: string) => (program.includes('simmer_core') ? 'crates/core/src/lib.rs' : undefined);
    expect(cargoResults(lines, sourceOf)).toEqual([
      { file: 'crates/core/src/lib.rs', seconds: 0.25, passed: 12, failed: 0 },
      { file: 'tests/window.rs', seconds: 2, passed: 9, failed: 0 },
      { file: 'Doc-tests simmer_core', seconds: 1, passed: 1, failed: 2 },
    ]);
  });

  test('of pytest are those of each file', () => {
    const xml = `<testsuites><testsuite name="pytest" tests="4" time="9">
      <testcase classname="tests.test_a" name="one" time="1.5" /><testcase classname="tests.test_a" name="t" time="0.5">
      <failure message="1 &gt; 2">no</failure></testcase><testcase classname="tests.test_b" name="x" time="2">
      <skipped message="no"/></testcase><testcase classname="tests.test_b" name="y" time="3"></testcase></testsuite></testsuites>`;
    expect(pytestResults(xml, `${import.meta.dirname}/../../training`)).toEqual([
      { file: 'training/tests/test_a.py', seconds: 2, passed: 1, failed: 1 },
      { file: 'training/tests/test_b.py', seconds: 5, passed: 1, failed: 0 },
    ]);
  });
});

describe('the report', () => {
  const [lint] = allCommands.filter(({ stage }) => stage === 'lint');
  const [unit] = allCommands.filter(({ stage }) => stage === 'unit');
  if (lint === undefined || unit === undefined) throw new Error('there is no such stage');
  const outcome = (failed: number, lines: string[] = []) => ({
    seconds: 1,
    files: [{ file: 'a.test.ts', seconds: 1, passed: 3, failed }],
    title: 'what was run',
    lines,
    ...(failed > 0 && { failure: 'ended with 1' }),
  });

  test('ends with the counts alone, tells last words of what failed, and what was skipped', () => {
    const report = new Report();
    report.add(lint, { ...outcome(0), files: [] });
    report.add(unit, outcome(2, ['one skipped: no such engine', 'its last words']));
    const lines = [...report.lines()];
    expect(lines.at(-1)).toBe('3 passed, 2 failed');
    expect(lines).toContain('its last words');
    expect(lines).toContain('unit: one skipped: no such engine');
    expect(report.failed).toBe(true);
  });

  test('of a linter that fails, or of what was not run, has a failure though no test failed', () => {
    for (const fail of [
      (report: Report) => report.add(lint, { ...outcome(0), files: [], failure: 'biome ended with 1' }),
      (report: Report) => report.addNotRun(lint, 'the build'),
    ]) {
      const report = new Report();
      report.add(unit, outcome(0));
      expect([[...report.lines()].at(-1), report.failed]).toEqual(['3 passed, 0 failed', false]);
      fail(report);
      expect([[...report.lines()].at(-1), report.failed]).toEqual(['3 passed, 1 failed', true]);
    }
  });
});

test('what is asked for by name runs, in its tier or in the other; what is left out does not', () => {
  const stagesOf = (...args: string[]) => new Set(commandsWanted(args).commands.map(({ stage }) => stage));
  expect(stagesOf('lint', 'unit')).toEqual(new Set(['lint', 'unit']));
  expect(stagesOf('ardour')).toEqual(new Set(['build', 'ardour']));
  expect(stagesOf('--full', 'lint')).toEqual(new Set(['lint']));
  expect(stagesOf('--full', '--without', 'training', 'page')).not.toContain('training');
  expect(stagesOf('--without', 'unit').has('unit')).toBe(false);
  expect(() => commandsWanted(['unti'])).toThrow("there is no stage 'unti'; the stages are lint, ");
});
