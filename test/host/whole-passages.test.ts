// @module-tag offline
import { expect, test } from 'vitest';
import { type PlayedSegment, wholePassages } from '../support/test-host.js';

const frames = 2000;

/** A segment whose left channel is its own offsets, in blocks of 500 frames; `missed` is told after each block. */
function segment(passages: PlayedSegment['passages'], missed: readonly number[]): PlayedSegment {
  const ramp = Float32Array.from({ length: frames }, (_, frame) => frame);
  return {
    name: 'played',
    sampleRate: 48_000,
    frameCount: frames,
    passages,
    setupMode: 'realtime',
    callMode: 'realtime',
    tookMillis: 0,
    longestCallMicros: 0,
    lateBlocks: 0,
    failedCalls: 0,
    missedFrames: missed.at(-1) ?? 0,
    blocks: missed.map((missedFrames) => ({
      frameCount: 500,
      calledMicros: 0,
      tookMicros: 0,
      lateMicros: 0,
      failed: false,
      withoutOutput: false,
      missedFrames,
    })),
    left: ramp,
    right: ramp,
  };
}

const told = (played: PlayedSegment, missedBefore = 0) =>
  wholePassages(played, missedBefore).map(({ songFrame, audio }) => [songFrame, audio[0], audio.length]);

const straight = [{ offset: 0, songFrame: 100, frameCount: frames }];

test('where nothing is missed all of it is whole', () => {
  expect(told(segment(straight, [0, 0, 0, 0]))).toEqual([[100, 0, 2000]]);
});

test('a call that misses frames is left out, and the fade behind it', () => {
  expect(told(segment(straight, [0, 3, 3, 3]))).toEqual([
    [100, 0, 500],
    [1164, 1064, 936],
  ]);
  expect(told(segment(straight, [1, 2, 3, 4]))).toEqual([]);
  expect(told(segment(straight, [5, 5, 5, 5]), 5)).toEqual([[164, 64, 1936]]);
});

test('what fades behind a wrap is left out', () => {
  const passages = [
    { offset: 0, songFrame: 700, frameCount: 700 },
    { offset: 700, songFrame: 400, frameCount: 1300 },
  ];
  expect(told(segment(passages, [0, 0, 0, 9]))).toEqual([
    [700, 0, 700],
    [464, 764, 736],
  ]);
});
