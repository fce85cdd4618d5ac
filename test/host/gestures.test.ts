import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parameters } from '../../service/src/core/parameters.js';
import { ServicePage } from '../support/service-page.js';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { type PlayedInstance, runOne, type Scenario, type Segment } from '../support/test-host.js';
import { sampleRate } from './rig.js';

let service: ServiceProcess;
let runtimeDir: string;
const pages: ServicePage[] = [];
beforeAll(async () => {
  runtimeDir = temporaryFolder();
  service = await ServiceProcess.start([], runtimeDir);
});
afterEach(() => {
  for (const page of pages.splice(0)) page.close();
});
afterAll(() => service.stop());

const { temperature, mix, take } = parameters;
const ready: Segment = { kind: 'stop', frameCount: 4800, untilStatus: 'Ready' };

async function openPage(): Promise<ServicePage> {
  const page = await ServicePage.open(service);
  pages.push(page);
  return page;
}

/** Plays a scenario while a page does something, and waits for both. */
async function during<T>(
  scenario: Scenario,
  hand: (page: ServicePage, session: string) => Promise<T>,
): Promise<{ played: PlayedInstance; done: T }> {
  const page = await openPage();
  await page.until('the end of what played before', () => page.isTold && page.snapshot === undefined);
  const playing = runOne(scenario, { runtimeDir });
  const acting = (async () => {
    const session = await page.until('an instance whose host has told its values', () => {
      const { snapshot } = page;
      return snapshot !== undefined && snapshot.parameters.length > 0 && snapshot.id;
    });
    return hand(page, session);
  })();
  const [played, done] = await Promise.all([playing, acting]);
  return { played, done };
}

/** Turns a parameter through values, one after the other as the host is told of them. */
async function turn(page: ServicePage, session: string, id: number, values: readonly number[]): Promise<void> {
  page.edit(session, id, 'begin');
  for (const value of values) {
    const edit = page.edit(session, id, 'perform', value);
    await page.until(`edit ${edit}`, () => page.edited >= edit);
  }
  const edit = page.edit(session, id, 'end');
  await page.until(`edit ${edit}`, () => page.edited >= edit);
}

const steps = ({ gestures }: PlayedInstance, parameter: string) =>
  gestures
    .filter((one) => one.parameter === parameter)
    .map(({ phase, value }) => (value === undefined ? phase : value));
const values = [0.5, 0.75, 1.25, 1.5];
const near = (value: number) => expect.closeTo(value, 6) as number;

describe.each([
  ['on the run loop that the host gives', true],
  ['on a thread of its own where the host gives no run loop', false],
])('a hand on the page, told %s', (_, runLoop) => {
  test('is the host’s gesture, is recorded, and is what the model evaluates', async () => {
    const { played } = await during(
      {
        runLoop,
        touch: ['Temperature'],
        parameters: { Temperature: 0.9 },
        segments: [
          ready,
          { kind: 'play', frameCount: 8 * sampleRate, blocks: 256 },
          { kind: 'play', frameCount: 8 * sampleRate, blocks: 480, pace: 'realtime' },
        ],
      },
      async (page, session) => {
        await page.until('playback', () => page.snapshot?.playing === true);
        await turn(page, session, temperature.id, values);
        // While the gesture stands in the lane behind the playhead, and before playback begins again.
        await page.until('the model draws at it', () => page.snapshot?.temperatureEvaluated === 1.5);
        // What the plugin tells of its inputs is told apart from its blocks, every 50 ms at most.
        await page.until('the page shows it', () => page.value(temperature.id) === 1.5);
      },
    );
    expect(steps(played, 'Temperature')).toEqual(['begin', ...values.map(near), 'end']);
    expect(new Set(played.gestures.map(({ onSetupThread }) => onSetupThread))).toEqual(new Set([runLoop]));
    const written = (played.touched.Temperature ?? []).map(({ value }) => value);
    // A host whose process call is late hears of two steps at once, and writes the newer.
    const heard = values.filter((value) => written.some((one) => Math.abs(one - value) < 1e-6));
    expect([...new Set(written)]).toEqual(heard.map(near));
    expect(heard.length).toBeGreaterThan(1);
    expect(heard.at(-1)).toBe(1.5);
  });
});

test('what the host automates is shown, and is never sent back', async () => {
  const automation = [0.25, 0.5, 0.75].map((value, index) => {
    return { frame: index * sampleRate, parameter: 'Mix', value };
  });
  const { played, done } = await during(
    {
      segments: [
        ready,
        { kind: 'play', frameCount: 3 * sampleRate, automation, lane: { points: [{ frame: 0, value: 0.6 }] } },
        { kind: 'stop', frameCount: sampleRate, parameters: { Temperature: 1.75, Take: 7 } },
      ],
    },
    async (page) => {
      for (const { value } of automation) await page.until(`a mix of ${value}`, () => page.value(mix.id) === value);
      expect(page.value(temperature.id)).toBeCloseTo(0.6, 6);
      await page.until('a temperature with a transport that stands', () => page.value(temperature.id) === 1.75);
      return page.value(take.id);
    },
  );
  expect(done).toBe(7);
  expect(played.gestures).toEqual([]);
});

test('both at once: the host hears exactly what the page sent, and the page what the host automates', async () => {
  const automated = Array.from({ length: 60 }, (_, index) => {
    return { frame: index * 4800, parameter: 'Mix', value: (index % 10) / 10 };
  });
  const sent = Array.from({ length: 40 }, (_, index) => 0.5 + (index % 20) / 40);
  const { played, done } = await during(
    { runLoop: true, segments: [ready, { kind: 'play', frameCount: 6 * sampleRate, automation: automated }] },
    async (page, session) => {
      await page.until('playback', () => page.snapshot?.playing === true);
      await turn(page, session, temperature.id, sent);
      return page.messages.flatMap((message) =>
        message.type === 'sessions' ? (message.sessions[0]?.parameters ?? []).filter(({ id }) => id === mix.id) : [],
      );
    },
  );
  expect(steps(played, 'Temperature')).toEqual(['begin', ...sent.map(near), 'end']);
  expect(played.gestures.every(({ parameter }) => parameter === 'Temperature')).toBe(true);
  expect(new Set(done.map(({ value }) => value)).size).toBeGreaterThan(2);
});

test('a page that leaves, and a service that ends, let go of what they hold', async () => {
  const lost = await ServiceProcess.start([], temporaryFolder());
  const page = await ServicePage.open(lost);
  const runtime = lost.discoveryFile.slice(0, lost.discoveryFile.lastIndexOf('/'));
  const playing = runOne({ segments: [ready, { kind: 'play', frameCount: 6 * sampleRate }] }, { runtimeDir: runtime });
  const session = await page.until('an instance', () => page.snapshot?.playing === true && page.snapshot.id);
  page.edit(session, temperature.id, 'begin');
  const first = page.edit(session, temperature.id, 'perform', 1.25);
  await page.until('the first', () => page.edited >= first);
  page.close();
  const other = await ServicePage.open(lost);
  await other.until('the value', () => other.value(temperature.id) === 1.25);
  // Only when the first hand has let go may another take hold.
  await turn(other, session, temperature.id, [0.75]);
  const held = other.edit(session, mix.id, 'begin');
  await other.until('the mix is held', () => other.edited >= held);
  await lost.stop('SIGKILL');
  const played = await playing;
  expect(steps(played, 'Temperature')).toEqual(['begin', near(1.25), 'end', 'begin', near(0.75), 'end']);
  expect(steps(played, 'Mix')).toEqual(['begin', 'end']);
});

test('the track and the bars are the host’s', async () => {
  const { done } = await during(
    {
      tempoBpm: 90,
      signature: [3, 4],
      track: { name: 'Strings <b>', colour: 0x3366cc },
      segments: [ready, { kind: 'play', fromFrame: 10 * sampleRate, frameCount: 3 * sampleRate }],
    },
    async (page) => {
      await page.until('playback', () => page.snapshot?.playing === true);
      return page.until('musical time', () => (page.snapshot?.musicalTime ? page.snapshot : undefined));
    },
  );
  expect(done).toMatchObject({ trackName: 'Strings <b>', trackColour: '#3366cc' });
  const { frame, beat, barStartBeat, tempoBpm, signature } = done.musicalTime ?? { frame: 0, beat: 0, barStartBeat: 1 };
  expect([tempoBpm, signature]).toEqual([90, [3, 4]]);
  expect(beat).toBeCloseTo(((frame / sampleRate) * 90) / 60, 6);
  expect(barStartBeat).toBe(Math.floor(beat / 3) * 3);
});
