import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseWav, wavHeader } from '../../../service/src/core/wav.js';
import { type Bounce, bounce } from '../../support/bounce.js';
import { bitsOf, randomWholes } from '../../support/random.js';
import { temperatureLane } from '../../support/render-client.js';
import { runSimmer, ServiceProcess, temporaryFolder } from '../../support/service-process.js';
import { lane, plan, withClient } from './slopes.js';

let service: ServiceProcess;

beforeAll(async () => {
  service = await ServiceProcess.start();
});

afterAll(() => service.stop());

/** A stereo guide, and the same as a mono file's values. */
function makeGuide(frameCount: number): { stereo: Float32Array; mono: Float32Array } {
  const mono = Float32Array.from({ length: frameCount }, (_, frame) => 0.25 * Math.sin(frame / 20));
  const stereo = Float32Array.from({ length: frameCount * 2 }, (_, index) => mono[index >> 1] ?? 0);
  return { stereo, mono };
}

describe('a bounce over a real socket', () => {
  test('is the same bits at random block sizes, and for two instances at once', async () => {
    const reference = await withClient(service, (client) => bounce(client, plan));
    const random = randomWholes(4);
    const [one, other] = await Promise.all([
      withClient(service, (client) => bounce(client, { ...plan, nextBlockFrames: () => random(1, 2000) })),
      withClient(service, (client) => bounce(client, { ...plan, nextBlockFrames: () => 8192 })),
    ]);
    expect(bitsOf(one)).toEqual(bitsOf(reference));
    expect(bitsOf(other)).toEqual(bitsOf(reference));
    expect(reference.some((value) => Math.abs(value) > 0.01)).toBe(true);
  });

  test('equals simmer render, with and without a guide, from the start and from the middle', async () => {
    const folder = temporaryFolder();
    const laneFile = join(folder, 'lane.csv');
    writeFileSync(
      laneFile,
      lane.map(({ frame, value, interpolation }) => `${frame / 48_000},${value},${interpolation}\n`).join(''),
    );
    const { stereo, mono } = makeGuide(plan.frameCount);
    const guideFile = join(folder, 'guide.wav');
    writeFileSync(
      guideFile,
      Buffer.concat([wavHeader({ sampleRateHz: 48_000, channelCount: 1, frameCount: mono.length }), bitsOf(mono)]),
    );
    const cases: [Partial<Bounce>, string[]][] = [
      [{}, []],
      [{ guide: stereo, guideAmount: 0.8 }, ['--guide', guideFile, '--guide-amount', '0.8']],
      [{ rootFrame: 12_000, frameCount: 24_000, seed: 9 }, ['--start', '0.25', '--seconds', '0.5', '--take', '9']],
    ];
    for (const [change, args] of cases) {
      const output = join(folder, 'out.wav');
      const rendered = await runSimmer([
        'render',
        '--model',
        'tiny',
        '--lane',
        laneFile,
        '--seconds',
        '1',
        '-o',
        output,
        ...args,
      ]);
      expect(rendered.stderr).toContain('real time');
      expect(rendered.code).toBe(0);
      const bounced = await withClient(service, (client) => bounce(client, { ...plan, ...change }));
      const file = parseWav(readFileSync(output));
      expect(file.sampleRateHz).toBe(48_000);
      expect(bitsOf(file.values)).toEqual(bitsOf(bounced));
    }
  });

  test('the record of a bounce renders to the same bits', async () => {
    const records = temporaryFolder();
    const recording = await ServiceProcess.start(['--record', records]);
    const bounced = await withClient(recording, (client) => bounce(client, plan));
    expect(await recording.stop()).toBe(0);
    const [name = ''] = readdirSync(records);
    const read = (file: string) => readFileSync(join(records, name, file));
    const epoch = JSON.parse(read('epoch.json').toString());
    expect(epoch).toMatchObject({
      epoch: 1,
      model: 'tiny',
      seed: 1,
      rootFrame: 0,
      rootStep: 0,
      offline: true,
      steps: 16_000,
    });
    for (const [file, bytes] of [
      ['temperature.f32', 4],
      ['entropy.f32', 4],
      ['drawn.u8', 1],
    ] as const) {
      expect(read(file).length).toBe(epoch.steps * bytes);
    }
    expect(existsSync(join(records, name, 'guide.f32'))).toBe(false);
    const output = join(records, 'again.wav');
    const laneFile = join(records, name, 'delivered-lane.csv');
    await runSimmer(['render', '--model', 'tiny', '--lane', laneFile, '--seconds', '1', '-o', output]);
    expect(bitsOf(parseWav(readFileSync(output)).values)).toEqual(bitsOf(bounced));
  });

  test('the service killed in the middle: resumed on another one, the bounce equals the undisturbed one', async () => {
    const reference = await withClient(service, (client) => bounce(client, plan));
    const folder = temporaryFolder();
    const victim = await ServiceProcess.start([], folder);
    const audio = new Float32Array(plan.frameCount);
    let received = 0;
    let takes = new Uint8Array(0);
    const disturbed = withClient(victim, (client) =>
      bounce(
        client,
        {
          ...plan,
          onFrames: (frames) => {
            received = frames;
            takes = Uint8Array.from(client.recipe);
            if (frames > 20_000) process.kill(victim.pid, 'SIGKILL');
          },
        },
        audio,
      ),
    );
    await expect(disturbed).rejects.toThrow('stream ended');
    expect(received).toBeLessThan(plan.frameCount);
    expect(bitsOf(audio)).not.toEqual(bitsOf(reference));
    // In the same runtime folder: the file of a dead service stands in nobody's way.
    const heir = await ServiceProcess.start([], folder);
    const rest = { ...plan, epoch: 2, resumeFrame: received };
    const unnamed = withClient(heir, (client) => bounce(client, rest, audio));
    await expect(unnamed).rejects.toThrow('does not say by which engine');
    await withClient(heir, (client) => bounce(client, rest, audio), { takes });
    await heir.stop();
    expect(bitsOf(audio)).toEqual(bitsOf(reference));
  });

  test('a bounce delivered all at once arrives whole, while reading waits for rendering', async () => {
    const frameCount = 10 * 48_000;
    const audio = await withClient(service, async (client) => {
      client.send({ startEpoch: { epoch: 1, rootFrame: 0, seed: 1, offline: true, resumeFrame: 0 } });
      for (let startFrame = 0; startFrame < frameCount; startFrame += 8000) {
        client.send({ block: { epoch: 1, startFrame, frameCount: 8000, playing: true, lanes: [temperatureLane(1)] } });
      }
      let received = 0;
      while (received < frameCount) {
        const { chunk } = await client.next();
        if (chunk) received += chunk.frameCount ?? 0;
      }
      return received;
    });
    expect(audio).toBe(frameCount);
  });
});
