import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TakeBook } from '../../service/src/take/take-book.js';
import { TakeRecord } from '../../service/src/take/take-record.js';
import { decodeTakes } from '../../service/src/wire/decode-takes.js';
import { encodeTakes } from '../../service/src/wire/encode-takes.js';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { runOne, type Segment } from '../support/test-host.js';
import { sampleRate } from './rig.js';

const frameCount = 2 * sampleRate;
/** Where the transport stops the service tells what is to be saved. */
const stopped: Segment = { kind: 'stop', fromFrame: frameCount, frameCount: 24_000, blocks: 512 };
const lane = { points: [{ frame: 0, value: 0.9 }] };

interface SavedState {
  takes?: string;
}

/** The JSON of a saved state (crates/core/src/state.rs), and the state with other JSON. */
function openState(bytes: Buffer): { json: SavedState; with: (json: SavedState) => Buffer } {
  const length = bytes.readUInt32LE(12);
  const json = JSON.parse(bytes.subarray(16, 16 + length).toString()) as SavedState;
  return {
    json,
    with: (changed) => {
      const body = Buffer.from(JSON.stringify(changed));
      const head = Buffer.from(bytes.subarray(0, 16));
      head.writeUInt32LE(body.length, 12);
      return Buffer.concat([head, body]);
    },
  };
}

/** The same takes, as drawn from a model that this machine does not have. */
function foreignTakes(recipe: Uint8Array): Uint8Array {
  const book = decodeTakes(recipe);
  if (book === undefined) throw new Error('the recipe cannot be read');
  const foreign = new TakeBook();
  for (const { origin, ...record } of book.records) {
    const copy = new TakeRecord({ ...origin, model: { ...origin.model, name: 'gone', digest: 'ee'.repeat(32) } });
    for (const name of [
      'effectiveTemperature',
      'effectiveStrength',
      'deliveredTemperature',
      'deliveredStrength',
    ] as const) {
      for (const [count, value] of record[name].entries()) copy[name].append(value, count);
    }
    for (const [index, key] of record.segmentKeys) copy.segmentKeys.set(index, key);
    foreign.add(copy);
  }
  return encodeTakes(foreign);
}

test('a song whose model is not here opens, says which it is, plays what is stored, and saves all it had', async () => {
  const runtimeDir = temporaryFolder();
  const service = await ServiceProcess.start([], runtimeDir);
  try {
    const first = await runOne(
      { segments: [{ kind: 'announced-offline', frameCount, lane }, stopped], saveState: 'song.state' },
      { runtimeDir },
    );
    const saved = openState(readFileSync(first.state ?? ''));
    const recipe = Buffer.from(saved.json.takes ?? '', 'base64');
    const takes = Buffer.from(foreignTakes(recipe)).toString('base64');
    const folder = temporaryFolder();
    const state = join(folder, 'foreign.state');
    writeFileSync(state, saved.with({ ...saved.json, takes }));
    const opened = await runOne(
      {
        loadState: state,
        segments: [
          { kind: 'stop', frameCount: 9600, blocks: 512, untilStatus: 'Model missing', lane },
          { kind: 'play', frameCount: sampleRate, blocks: 512, lane },
          { kind: 'announced-offline', frameCount, lane },
          { kind: 'announced-offline', fromFrame: 10 * frameCount, frameCount: 4096, lane },
        ],
        saveState: 'again.state',
      },
      { runtimeDir },
    );
    const [stood, played, exported, beyond] = opened.segments;
    expect(stood?.status).toBe('Model missing');
    // What is stored of it is heard and exported, though nothing can be drawn.
    expect(exported?.left).toEqual(first.segments[0]?.left);
    expect(exported?.failedCalls).toBe(0);
    expect(played?.left.some((value) => value !== 0)).toBe(true);
    // Beyond it an export fails visibly.
    expect(beyond?.failedCalls).toBeGreaterThan(0);
    const again = openState(readFileSync(opened.state ?? ''));
    const kept = decodeTakes(Buffer.from(again.json.takes ?? '', 'base64'));
    expect(kept?.records.map(({ origin, endStep }) => [origin.model.name, origin.model.digest, endStep])).toEqual(
      decodeTakes(Buffer.from(takes, 'base64'))?.records.map(({ origin, endStep }) => [
        origin.model.name,
        origin.model.digest,
        endStep,
      ]),
    );
  } finally {
    await service.stop();
  }
});

test('without any service a song opens and saves, and loses nothing', async () => {
  const runtimeDir = temporaryFolder();
  const service = await ServiceProcess.start([], runtimeDir);
  const first = await runOne(
    { segments: [{ kind: 'announced-offline', frameCount, lane }, stopped], saveState: 'song.state' },
    { runtimeDir },
  );
  await service.stop();
  const state = first.state ?? '';
  const opened = await runOne(
    {
      loadState: state,
      segments: [{ kind: 'play', frameCount: sampleRate, blocks: 512, lane }],
      saveState: 'again.state',
    },
    { runtimeDir },
  );
  expect(opened.segments[0]?.left.every((value) => value === 0)).toBe(true);
  const takesOf = (file: string) => openState(readFileSync(file)).json.takes;
  expect(takesOf(opened.state ?? '')).toBe(takesOf(state));
  expect(takesOf(state)?.length).toBeGreaterThan(50);
});
