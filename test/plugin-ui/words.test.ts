import { describe, expect, it } from 'vitest';
import { faultsOf, healthWords } from '../../plugin-ui/src/words/faults.js';
import { instanceNames } from '../../plugin-ui/src/words/instances.js';
import { downloadUrl, jobWords } from '../../plugin-ui/src/words/jobs.js';
import { exportWords } from '../../plugin-ui/src/words/progress.js';
import { bytes, storeWords } from '../../plugin-ui/src/words/store.js';
import { listedTakes, takeRowWords } from '../../plugin-ui/src/words/take-rows.js';
import { reactionWords, takeBadges, takesWords } from '../../plugin-ui/src/words/takes.js';
import {
  aheadWords,
  answersFact,
  axisTime,
  decibels,
  engineWords,
  linkWords,
  rate,
  seconds,
  songTime,
  speedWords,
  stateWords,
  temperatureDigits,
  titleOf,
  usedWords,
  usefulRange,
} from '../../plugin-ui/src/words/words.js';
import { snapshot, storeSnapshot } from '../service/monitor/examples.js';
import { job, take } from './examples.js';

describe('numbers in words', () => {
  it('times', () => {
    expect([0, 0.0123, 0.9996, 1, 12.34].map(seconds)).toEqual(['0 ms', '12 ms', '1.00 s', '1.00 s', '12.3 s']);
    expect([-2, 119.94, 120, 3_725.25].map(songTime)).toEqual(['-2.0 s', '119.9 s', '2:00.0', '62:05.3']);
    expect(songTime(179.99)).toBe('3:00.0');
    expect([axisTime(0, 5, 60), axisTime(0.5, 0.5, 8), axisTime(150, 30, 200), axisTime(-30, 30, 200)]).toEqual([
      '0',
      '0.5',
      '2:30',
      '−0:30',
    ]);
  });

  it('levels and rates', () => {
    expect([0, -0.01, -12.34, 1.5, Number.NEGATIVE_INFINITY].map(decibels)).toEqual([
      '0.0 dB',
      '0.0 dB',
      '−12.3 dB',
      '+1.5 dB',
      'silent',
    ]);
    expect([48_000, 44_100].map(rate)).toEqual(['48 kHz', '44.1 kHz']);
  });

  it('speed: slow is bad only where the clock waits for nobody', () => {
    const words = (realTimeFactor: number, offline: boolean) => speedWords(snapshot({ realTimeFactor, offline }));
    expect(words(0, false)).toEqual({ text: 'nothing drawn yet', slow: false });
    expect(words(0.8, false)).toEqual({ text: '0.80×', slow: true });
    expect(words(0.8, true)).toEqual({ text: '0.80×', slow: false });
    expect(words(Number.MAX_VALUE, false).text).toBe('over 1000×');
  });

  it('link and lookahead', () => {
    expect([0, 0.377, 12.4].map(linkWords)).toEqual(['not measured yet', '0.38 ms', '12 ms']);
    expect(aheadWords(snapshot({ playheadFrame: 0, renderedFrame: 9_600 }))).toBe('200 ms');
    expect(aheadWords(snapshot({ playheadFrame: 10, renderedFrame: 0 }))).toBe('nothing');
  });
});

describe('what a session does', () => {
  it.each([
    [{ playing: true, offline: false }, 'Playing'],
    [{ playing: true, offline: true }, 'Rendering exactly'],
    [{ playing: false, offline: false }, 'Stopped'],
    [{ playing: false, offline: true }, 'Stopped'],
  ])('%o is %s', (changes, title) => {
    expect(stateWords(snapshot(changes)).title).toBe(title);
  });
});

describe('what went wrong', () => {
  it('is nothing, calmly', () => {
    expect(healthWords(snapshot())).toEqual({ text: 'All sound came in time.', severity: 'calm' });
    expect(faultsOf(snapshot()).map(({ value, severity }) => [value, severity])).toEqual(Array(5).fill(['0', 'calm']));
  });

  it('is all of it, each where it belongs', () => {
    const bad = snapshot({
      underrunCount: 2,
      underrunFrameCount: 4_800,
      gapFrameCount: 48_000,
      overflowCount: 1,
      replacedValueCount: 3,
    });
    expect(healthWords(bad)).toEqual({
      text: '2 underruns, together 100 ms of silence; 1.00 s skipped to catch up; 1 message lost in the plugin; 3 values replaced.',
      severity: 'warning',
    });
    expect(faultsOf(bad).map(({ value }) => value)).toEqual(['2 · 100 ms', '1.00 s', '0', '1', '3']);
  });

  it('is an incomplete export before anything else', () => {
    const health = healthWords(snapshot({ offlineMissFrameCount: 480, underrunCount: 9 }));
    expect(health.severity).toBe('failure');
    expect(health.text).toContain('not complete: 10 ms');
  });
});

describe('takes', () => {
  const lit = (changes: Parameters<typeof snapshot>[0]) =>
    takeBadges(snapshot(changes))
      .filter((badge) => badge.lit)
      .map((badge) => badge.label);

  it('have a badge for what becomes of them', () => {
    expect(lit({})).toEqual([]);
    expect(lit({ following: true, kept: true, restoring: true })).toEqual(['Heard before', 'Kept', 'Fetching']);
    expect([0, 1, 1200].map((takeCount) => takesWords(snapshot({ takeCount })))).toEqual([
      'no take remembered yet',
      '1 take remembered',
      '1,200 takes remembered',
    ]);
  });

  it('say knob to sound as the sum it is', () => {
    const measured = snapshot({
      knobToSoundMillis: { median: 21.02, p99: 33.4, count: 40 },
      hostBlockMillis: 5.33,
      filterMillis: 1.5,
      revisionCount: 41,
      refusedRevisionCount: 1,
    });
    expect(reactionWords(measured)).toEqual({
      text: '21 ms',
      sum: 'block 5.3 + turn-around 14 + filter 1.5',
      basis: '99 of 100 within 33 ms; 41 changes drawn anew; 1 change came too late and waited',
    });
    expect(reactionWords(snapshot())).toEqual({ text: 'not measured yet', sum: '', basis: '' });
    expect(reactionWords(snapshot({ refusedRevisionCount: 2 })).basis).toBe('2 changes came too late and waited');
  });
});

describe('the store', () => {
  it('is how full it is, and what went wrong', () => {
    expect(storeWords(storeSnapshot({ bytesMax: 4e9, bytes: 1e9 }))).toEqual({
      fill: '1.00 GB of 4.00 GB',
      detail: '12 segments of about a second each',
      share: 0.25,
      troubled: false,
    });
    const bad = storeWords(storeSnapshot({ damagedCount: 1, failedWriteCount: 2, bytes: 9e9, bytesMax: 4e9 }));
    expect(bad?.detail).toBe(
      '12 segments of about a second each; 1 damaged one forgotten and drawn again when needed; 2 writes failed',
    );
    expect([bad?.troubled, bad?.share]).toEqual([true, 1]);
    expect(storeWords(storeSnapshot({ trouble: 'The disk is full.' }))?.troubled).toBe(true);
    expect(storeWords(storeSnapshot({ bytesMax: 0 }))).toBeUndefined();
  });

  it('counts bytes as a file manager does', () => {
    expect([0, 999, 1000, 52_300, 1e6, 4 * 2 ** 30, 3e12].map(bytes)).toEqual([
      '0 bytes',
      '999 bytes',
      '1.00 KB',
      '52.3 KB',
      '1.00 MB',
      '4.29 GB',
      '3.00 TB',
    ]);
  });
});

describe('instances', () => {
  const names = (...list: [trackName: string, hostName: string][]) => [
    ...instanceNames(list.map(([trackName, hostName], at) => ({ id: String(at), trackName, hostName }))).values(),
  ];

  it('are called by their track, else by their host, with a number where two are called alike', () => {
    expect(names(['Lead', 'Ardour'], ['', 'Ardour'], ['', 'Ardour'], ['Lead', 'Ardour'], [' ', ''])).toEqual([
      'Lead 1',
      'Ardour 1',
      'Ardour 2',
      'Lead 2',
      'A host without a name',
    ]);
  });
});

describe('rows of takes', () => {
  it('say what tells one from the others', () => {
    expect(takeRowWords(take, 16_000, (at) => `at ${at} s`)).toEqual({
      name: 'Take 7',
      seed: '7',
      length: '2.00 s',
      place: 'at 1 s',
      temperature: '0.60 – 1.10',
      signs: ['playing'],
    });
    expect(takeRowWords({ ...take, endStep: 16_000 * 3_601 }, 16_000, String).length).toBe('60:00.0');
    const other = { ...take, temperature: [0.8, 0.8, 0.801] satisfies [number, number, number], parent: take.id };
    const words = takeRowWords({ ...other, name: 'Bells', kept: true, drawn: true, current: false }, 16_000, String);
    expect([words.name, words.temperature, words.signs]).toEqual(['Bells', '0.80', ['kept', 'drawn here', 'branch']]);
  });

  it('have what plays first, then the newest, and nothing that was thrown away', () => {
    const takes = [
      { ...take, id: 'a', current: false },
      { ...take, id: 'b' },
      { ...take, id: 'c', current: false, discarded: true },
      { ...take, id: 'd', current: false },
    ];
    expect(listedTakes(takes).map(({ id }) => id)).toEqual(['b', 'd', 'a']);
  });
});

describe('jobs', () => {
  const file = { name: 'Lead: bar 1.wav', folder: '/music', url: '/jobs/j1/x.wav', bytes: 96_000 };

  it('say how far they are, where their file is, and what went wrong', () => {
    expect(jobWords(job)).toEqual({ text: '25 %', share: 0.25 });
    expect(jobWords({ ...job, state: 'done', file }).text).toBe('96.0 KB in /music');
    expect(jobWords({ ...job, state: 'failed', message: 'The disk is full.' }).text).toBe('The disk is full.');
    expect(jobWords({ ...job, totalFrames: 0 }).share).toBe(0);
  });

  it('can be dragged out as a file: type, name and address, with colons nowhere else', () => {
    expect(downloadUrl(file.name, 'http://127.0.0.1:9/jobs/j1/x.wav')).toBe(
      'audio/wav:Lead_ bar 1.wav:http://127.0.0.1:9/jobs/j1/x.wav',
    );
    expect(downloadUrl('a.FLAC', 'u')).toBe('audio/flac:a.FLAC:u');
  });
});

describe('an export', () => {
  it('is as far as the loop says, and no percentage is made up where it does not', () => {
    const at = { offline: true, renderedFrame: 96_000, offlineTargetFrame: 144_000, playheadFrame: 48_000 };
    expect(exportWords(snapshot({ ...at, loop: [0, 192_000] }))).toEqual({
      text: '50 % of the loop range · 2.0 s rendered of 3.0 s asked for so far',
      share: 0.5,
    });
    expect(exportWords(snapshot(at))).toEqual({
      text: '2.0 s rendered of 3.0 s asked for so far; the host does not say where it ends',
      share: undefined,
    });
  });
});

describe('models', () => {
  const card = {
    name: 'tokens',
    title: 'Tokens',
    digest: 'd',
    sampleRateHz: 44_100,
    engine: 'onnx',
    realTimeFactor: 3,
  };
  const models = [{ ...card, temperatureUseful: [0.95, 0.975] satisfies [number, number] }];

  it('are named by their title and give the scale', () => {
    expect([titleOf('tokens', models), titleOf('other', models), titleOf('', models)]).toEqual([
      'Tokens',
      'other',
      'no model chosen',
    ]);
    expect(usefulRange('tokens', models)).toEqual({ start: 0.95, end: 0.975 });
    expect(temperatureDigits(usefulRange('tokens', models))).toBe(3);
  });

  it('say what their draws make of the lane', () => {
    const answers = [
      { draws: 'codes', exponents: { below: 2.8, above: 7 } },
      { draws: 'sound', exponents: { below: 1, above: 1 } },
    ] satisfies { draws: 'codes' | 'sound'; exponents: { below: number; above: number } }[];
    const plain = [{ draws: 'sound', exponents: { below: 1, above: 1 } }] satisfies typeof answers;
    expect(usedWords(0.75, { answers })).toBe('the last draw used 0.750: codes at 0.447');
    expect(usedWords(0.75, { answers: plain })).toBe('the last draw used 0.750');
    expect(usedWords(0.75, undefined)).toBe('the last draw used 0.750');
    expect(answersFact({ answers, temperatureUseful: [0.75, 1.1] })).toBe('codes: 0.75 → 0.447, 1.1 → 1.949');
    expect(answersFact({ answers: plain, temperatureUseful: [0.75, 1.1] })).toBe('as it is drawn');
  });

  it('that are unknown or make no sense have the common scale', () => {
    expect([0, 3.14, 10.7, 240].map((realTimeFactor) => engineWords({ engine: 'onnx', realTimeFactor }))).toEqual([
      'onnx, not measured yet',
      'onnx, 3.1 × real time',
      'onnx, 11 × real time',
      'onnx, 240 × real time',
    ]);
    const broken = [{ ...card, temperatureUseful: [1, 1] satisfies [number, number] }];
    expect(usefulRange('other', models)).toEqual({ start: 0.5, end: 1.4 });
    expect(usefulRange('tokens', broken)).toEqual({ start: 0.5, end: 1.4 });
  });
});
