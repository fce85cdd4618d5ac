import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PageSounds } from '../../../service/src/monitor/page-sounds.js';
import { ask, type RunningMonitor, runMonitor } from './support.js';

const take = '0123456789abcdef';
/** A take of 1000 steps, each of them its place twice over: two letters. */
const sounds: PageSounds = {
  steps: async (session, id, from, end) =>
    session === 's1' && id === take
      ? {
          values: Int16Array.from({ length: end - from }, (_, index) => 0x101 * ((from + index) & 0x7f)),
          present: [[from, 1000]],
        }
      : undefined,
  peaks: async (session, id, level, from, end) =>
    session === 's1' && id === take
      ? { pairs: Int8Array.from({ length: (2 * (end - from)) / (64 * 4 ** level) }, (_, index) => -index), present: [] }
      : undefined,
  lane: (session, id, from, to) =>
    session === 's1' && id === take
      ? { delivered: { frames: [from, to], values: [0.5, 1] }, evaluated: { frames: [from], values: [0.75] } }
      : undefined,
};

let monitor: RunningMonitor;
let cookie: string;
beforeAll(async () => {
  monitor = await runMonitor({ sounds });
  cookie = await monitor.cookie();
});
afterAll(() => monitor.close());

const get = (path: string, withCookie = true) =>
  ask(monitor.port, { path, headers: withCookie ? [['Cookie', cookie]] : [] });

describe('the sound of takes', () => {
  it('is served as it is, with what of it is there', async () => {
    const answer = await get(`/takes/s1/${take}/steps?from=65&to=70`);
    expect(answer.status).toBe(200);
    expect(answer.headers['simmer-present']).toBe('65-1000');
    expect(answer.headers['content-type']).toBe('application/octet-stream');
    expect(answer.body).toBe('AABBCCDDEE');
    const peaks = await get(`/takes/s1/${take}/peaks?level=1&from=256&to=1024`);
    expect([peaks.status, peaks.headers['content-length']]).toEqual([200, '6']);
  });

  it('comes with its lane', async () => {
    const answer = await get(`/takes/s1/${take}/lane?from=0&to=960`);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json']);
    expect(JSON.parse(answer.body)).toEqual({
      delivered: { frames: [0, 960], values: [0.5, 1] },
      evaluated: { frames: [0], values: [0.75] },
    });
    expect((await get(`/takes/s2/${take}/lane?from=0&to=960`)).status).toBe(404);
    expect((await get(`/takes/s1/${take}/lane?from=0`)).status).toBe(404);
  });

  it('is for the page alone', async () => {
    expect((await get(`/takes/s1/${take}/steps?from=0&to=5`, false)).status).toBe(401);
    const rebound = await ask(monitor.port, {
      path: `/takes/s1/${take}/steps?from=0&to=5`,
      headers: [
        ['Cookie', cookie],
        ['Host', 'evil.example'],
      ],
    });
    expect(rebound.status).toBe(403);
  });

  it.each([
    ['another session', `/takes/s2/${take}/steps?from=0&to=5`],
    ['another take', '/takes/s1/0000000000000000/steps?from=0&to=5'],
    ['a way out', `/takes/../../etc/passwd/${take}/steps?from=0&to=5`],
    ['no range', `/takes/s1/${take}/steps`],
    ['a range that runs back', `/takes/s1/${take}/steps?from=5&to=5`],
    ['a range said twice', `/takes/s1/${take}/steps?from=0&from=1&to=5`],
    ['a range below nothing', `/takes/s1/${take}/steps?from=-1&to=5`],
    ['more than a minute', `/takes/s1/${take}/steps?from=0&to=3000000`],
    ['peaks that do not lie on their grid', `/takes/s1/${take}/peaks?level=1&from=64&to=1024`],
    ['a level that there is not', `/takes/s1/${take}/peaks?level=7&from=0&to=1048576`],
    ['too many peaks', `/takes/s1/${take}/peaks?level=0&from=0&to=6400000`],
    ['another kind', `/takes/s1/${take}/secrets?from=0&to=5`],
  ])('%s is refused', async (_what, path) => {
    expect((await get(path)).status).toBe(404);
  });
});
