import { describe, expect, test } from 'vitest';
import { plotLoss } from '../../../../service/src/cli/train/loss-plot.js';
import { parseTrainingEvent } from '../../../../service/src/cli/train/training-events.js';
import { duration, TrainingView } from '../../../../service/src/cli/train/training-view.js';

const update = (share: number, trainingBits: number | null, heldOutBits: number | null = null) =>
  parseTrainingEvent(
    JSON.stringify({
      event: 'update',
      updates: 1,
      steps: share * 1e8,
      hours: share,
      share,
      trainingBits,
      heldOutBits,
      stepsPerSecond: 42_000,
      secondsLeft: 3600 * (1 - share),
    }),
  );

function watched(columns: number | undefined) {
  let text = '';
  let now = 0;
  const write = (more: string) => {
    text += more;
  };
  const view = new TrainingView({ write, columns: () => columns }, () => now);
  return { view, text: () => text, wait: (seconds: number) => (now += 1000 * seconds) };
}

describe('the plot of the loss', () => {
  const falling = Array.from({ length: 200 }, (_, index) => ({ x: index, y: 3 + 5 * Math.exp(-index / 30) }));

  test('falls from the left to the right, within its columns and rows', () => {
    const lines = plotLoss(falling, [], 60, 8);
    expect(lines).toHaveLength(8);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
    const leftmost = (line: string | undefined) => (line ?? '').slice(7).search(/\S/);
    expect(leftmost(lines[0])).toBeLessThan(leftmost(lines[3]));
    expect(leftmost(lines[3])).toBeLessThan(leftmost(lines[7]));
    expect(Number(lines[7]?.slice(0, 5))).toBeCloseTo(2.98, 1);
  });

  test('joins points that are far apart', () => {
    const ends = [
      { x: 0, y: 5 },
      { x: 1, y: 3 },
    ];
    const dots = plotLoss(ends, [], 60, 8)
      .join('')
      .replace(/[^\u2801-\u28ff]/g, '');
    expect(dots.length).toBeGreaterThan(50);
  });

  test('shows what was measured on held-out audio as circles', () => {
    const lines = plotLoss(falling, [{ x: 100, y: 3.5 }], 60, 8);
    expect(lines.join('').match(/o/g)).toHaveLength(1);
    expect(plotLoss(falling, [], 60, 8).join('')).not.toContain('o');
  });

  test('is empty where there is nothing to draw, and survives what is no number', () => {
    expect(plotLoss([], [], 60, 8)).toEqual([]);
    expect(plotLoss([{ x: 0, y: Number.NaN }], [], 60, 8)).toEqual([]);
    expect(plotLoss([...falling, { x: 3, y: Number.NaN }], [], 60, 8)).toHaveLength(8);
    expect(
      plotLoss(
        [0, 1].map((x) => ({ x, y: 3 })),
        [],
        1,
        1,
      ),
    ).toHaveLength(1);
  });
});

describe('the view of a training', () => {
  test('in a terminal takes back what it drew, as many lines as it drew', () => {
    const { view, text } = watched(60);
    view.show(update(0.1, 5));
    view.show(update(0.2, 4));
    const drawnFirst = 1; // one point makes no plot
    expect(text()).toContain(`\u001b[${drawnFirst}A\u001b[J`);
    view.show(update(0.3, 3.5, 3.6));
    const before = text();
    view.say('Hello');
    expect(text().slice(before.length)).toBe('\u001b[9A\u001b[JHello\n');
    for (const line of text().split('\n')) expect((line.split('J').at(-1) ?? '').length).toBeLessThan(60);
  });

  test('elsewhere says a line now and then, and whenever held-out audio was measured, without control characters', () => {
    const { view, text, wait } = watched(undefined);
    view.show(update(0.1, 5));
    wait(5);
    view.show(update(0.11, 5));
    expect(text().split('\n')).toHaveLength(2);
    view.show(update(0.12, 5, 5.1));
    wait(31);
    view.show(update(0.2, 4.5));
    expect(text().split('\n')).toHaveLength(4);
    expect(text()).not.toContain('\u001b');
    expect(text()).toContain('20 %, 48 min left · 4.500 bits per step · held out 5.100');
  });

  test('shows a loss that is no number yet', () => {
    const { view, text } = watched(undefined);
    view.show(update(0, null));
    expect(text()).toContain('0.0 %');
  });

  test('lets no control character of a file name through', () => {
    const { view, text } = watched(undefined);
    view.show(parseTrainingEvent(JSON.stringify({ event: 'stage', text: 'Listening to \u001b[2Ja.wav' })));
    expect(text()).not.toContain('\u001b');
  });
});

test('durations are said as people say them', () => {
  expect([0.2, 89, 600, 5399, 36_000].map(duration)).toEqual(['1 s', '89 s', '10 min', '90 min', '10.0 h']);
});

test.each(['', 'Traceback', '{}', '{"event":"update"}', '{"event":"failed","code":"whim","message":""}'])(
  'an event that is none is a defect: %s',
  (line) => {
    expect(() => parseTrainingEvent(line)).toThrow(/not understood/);
  },
);
