import { describe, expect, test } from 'vitest';
import { Failure } from '../../../service/src/core/failure.js';
import { limits } from '../../../service/src/core/limits.js';
import { parameterId } from '../../../service/src/core/parameters.js';
import { RequestDecoder } from '../../../service/src/wire/decode.js';
import { encodeResponse } from '../../../service/src/wire/encode.js';
import { simmer } from '../../../service/src/wire/generated/simmer.js';
import { protocolVersion } from '../../../service/src/wire/messages.js';
import { statusOfFailure } from '../../../service/src/wire/status.js';
import { randomWholes } from '../../support/random.js';
import { guideAmountLane, type Request, temperatureLane } from '../../support/render-client.js';

const encode = (request: Request) => simmer.v1.RenderRequest.encode(request).finish();
const blockOf = (change: Partial<NonNullable<Request['block']>>) =>
  encode({
    block: { epoch: 1, startFrame: 5, frameCount: 4, playing: true, lanes: [temperatureLane(0.5)], ...change },
  });

function decodeBlock(decoder: RequestDecoder, bytes: Uint8Array) {
  const request = decoder.decode(bytes);
  if (request.type !== 'block') throw new Error('no block');
  return request;
}

describe('RequestDecoder', () => {
  test('positions are int64: large and negative ones arrive exactly', () => {
    const start = (rootFrame: number) =>
      new RequestDecoder().decode(
        encode({ startEpoch: { epoch: 1, rootFrame, resumeFrame: rootFrame, seed: 2 ** 32 - 1 } }),
      );
    expect(start(-123_456_789)).toMatchObject({ rootFrame: -123_456_789, seed: 2 ** 32 - 1 });
    expect(start(2 ** 34)).toMatchObject({ rootFrame: 2 ** 34 });
    expect(() => start(2 ** 34 + 1)).toThrow('not a place');
  });

  test('temperatures that are not finite become the last good one; others are brought within 0 to 2; all are counted', () => {
    const decoder = new RequestDecoder();
    const points = [Number.NaN, Number.POSITIVE_INFINITY, 1.5, Number.NaN, 1e38, -1].map((value, index) => ({
      offsetFrames: Math.min(index, 4),
      value,
      interpolation: simmer.v1.Interpolation.INTERPOLATION_HOLD,
    }));
    const block = decodeBlock(decoder, blockOf({ lanes: [temperatureLane(0.5, points)] }));
    expect(block.lanes[parameterId.temperature].points.map(({ value }) => value)).toEqual([0.5, 0.5, 1.5, 1.5, 2, 0]);
    expect(block.replacedValueCount).toBe(5);
    const withoutNumber = blockOf({ lanes: [temperatureLane(Number.NaN)] });
    const atStart = (by: RequestDecoder) => decodeBlock(by, withoutNumber).lanes[parameterId.temperature].valueAtStart;
    expect([atStart(decoder), atStart(new RequestDecoder())]).toEqual([0, 1]);
  });

  test('an input that a block does not tell is at its default; none may be told twice, and unknown ones are left alone', () => {
    const { artist, blend, guideAmount, temperature } = parameterId;
    const silent = decodeBlock(new RequestDecoder(), blockOf({ lanes: [] }));
    const at = (valueAtStart: number) => ({ startFrame: 5, valueAtStart, points: [] });
    expect(silent.lanes).toMatchObject({ [temperature]: at(1), [guideAmount]: at(0), [artist]: at(0), [blend]: at(0) });
    const lanes = [
      guideAmountLane(0.5),
      { parameterId: temperature, points: [] },
      { parameterId: blend, valueAtStart: 25, points: [{ offsetFrames: 4, value: 50, interpolation: 1 }] },
      { parameterId: 63, valueAtStart: 7, points: [] },
    ];
    const said = decodeBlock(new RequestDecoder(), blockOf({ lanes }));
    expect(said.lanes).toMatchObject({ [temperature]: at(0), [guideAmount]: at(0.5), [artist]: at(0) });
    const points = [{ frame: 9, value: 0.5, interpolation: 'linear' }];
    expect(said.lanes[blend]).toEqual({ startFrame: 5, valueAtStart: 0.25, points });
    expect(said.lanes).not.toHaveProperty('63');
    const twice = () => decodeBlock(new RequestDecoder(), blockOf({ lanes: [temperatureLane(1), temperatureLane(1)] }));
    expect(twice).toThrow('input 0 twice');
    const many = Array.from({ length: limits.parametersMax + 1 }, (_, id) => ({ parameterId: id, points: [] }));
    expect(() => decodeBlock(new RequestDecoder(), blockOf({ lanes: many }))).toThrow('lanes');
  });

  test('the guide is mixed to mono wherever its bytes lie, and cleaned; a silent one is none', () => {
    const values = Float32Array.of(
      0.5,
      0.25,
      Number.NaN,
      0.5,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      -1,
      1e38,
    );
    const shifted = new Uint8Array(33);
    shifted.set(new Uint8Array(values.buffer), 1);
    const block = decodeBlock(new RequestDecoder(), blockOf({ guide: shifted.subarray(1) }));
    expect([...(block.guide ?? [])]).toEqual([0.375, 0.25, 0, 49.5]);
    expect(block.replacedValueCount).toBe(4);
    expect(decodeBlock(new RequestDecoder(), blockOf({ guide: new Uint8Array(32) })).guide).toBeUndefined();
    expect(decodeBlock(new RequestDecoder(), blockOf({})).guide).toBeUndefined();
  });

  test('names are made fit for a terminal', () => {
    const open = new RequestDecoder().decode(
      encode({
        open: {
          protocolVersion,
          instanceId: 'AB'.repeat(16),
          sampleRateHz: 48_000,
          hostName: 'a\u001b[31mb\n\u202ec',
        },
      }),
    );
    expect(open).toMatchObject({ hostName: 'a [31mb c', instanceId: 'ab'.repeat(16) });
  });

  test('mutated messages are read or refused with a Failure, never anything else', () => {
    const random = randomWholes(21);
    const whole = blockOf({
      lanes: [temperatureLane(0.5, [{ offsetFrames: 2, value: 1, interpolation: 1 }])],
      guide: new Uint8Array(32).fill(1),
    });
    let refused = 0;
    for (let run = 0; run < 20_000; run += 1) {
      const bytes = Uint8Array.from(whole);
      for (let change = random(1, 5); change > 0; change -= 1) bytes[random(0, bytes.length - 1)] = random(0, 255);
      try {
        new RequestDecoder().decode(bytes.subarray(0, random(0, 2) === 0 ? random(0, bytes.length) : bytes.length));
      } catch (thrown) {
        refused += 1;
        expect(thrown).toBeInstanceOf(Failure);
        expect((thrown as Failure).code).toBe('invalid');
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });
});

test('every failure has a wire code and a status; only defects and usage share one', () => {
  const wires = Object.values(statusOfFailure).map(({ wire }) => wire);
  expect(wires.every((wire) => wire >= 1 && wire <= 7)).toBe(true);
  expect(new Set(wires).size).toBe(7);
});

test('a chunk carries its values as little-endian float32', () => {
  const bytes = encodeResponse({
    type: 'chunk',
    epoch: 3,
    startFrame: 2 ** 33 + 1,
    values: Float32Array.of(9, 0.5, -1).subarray(1),
    channelCount: 1,
    gapFrameCount: 7,
    revision: 2,
    preludeRoot: 5,
  });
  const { chunk } = simmer.v1.RenderResponse.decode(bytes);
  expect(Number(chunk?.startFrame)).toBe(2 ** 33 + 1);
  expect(chunk).toMatchObject({ epoch: 3, frameCount: 2, gapFrameCount: 7, revision: 2, prelude: true });
  expect([...(chunk?.pcm ?? [])]).toEqual([0, 0, 0, 0x3f, 0, 0, 0x80, 0xbf]);
});

test('a stereo chunk has half as many frames as values', () => {
  const bytes = encodeResponse({
    ...{ type: 'chunk', epoch: 1, startFrame: 0, gapFrameCount: 0, revision: 0, preludeRoot: undefined },
    values: Float32Array.of(0.5, -1, 0.25, 1),
    channelCount: 2,
  });
  const { chunk } = simmer.v1.RenderResponse.decode(bytes);
  expect([chunk?.frameCount, chunk?.pcm?.length]).toEqual([2, 16]);
});
