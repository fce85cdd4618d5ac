import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LanePoint } from '../../../service/src/core/lane.js';
import { bounce } from '../../support/bounce.js';
import { bitsOf, randomWholes } from '../../support/random.js';
import { RenderClient } from '../../support/render-client.js';
import { ServiceProcess, temporaryFolder } from '../../support/service-process.js';

const at = (frame: number, value: number, interpolation: LanePoint['interpolation'] = 'linear'): LanePoint => {
  return { frame, value, interpolation };
};
/** Slopes that a host can cut anywhere without rounding. */
const lanes: readonly (readonly LanePoint[])[] = [
  [at(0, 0.75), at(16_384, 1), at(40_000, 1.25, 'hold'), at(40_000 + 8192, 0.75)],
  [at(0, 1), at(30_000, 0.5, 'hold'), at(60_000, 1.5, 'hold')],
];
const frameCount = 72_000;

/** Takes some of the store's files away: the cache is then partly there. */
function thinOut(folder: string, share: (index: number) => boolean): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const [index, file] of files.entries()) if (share(index)) rmSync(join(file.parentPath, file.name));
}

test('one take is the same bits for any blocks, workers, number of instances, and state of the store', async () => {
  const random = randomWholes(21);
  const references = new Map<string, Uint8Array>();
  let compared = 0;
  for (const workers of [1, 2, 3]) {
    const folder = temporaryFolder();
    const store = join(folder, 'store');
    const recipes = new Map<string, Uint8Array>();
    for (let round = 0; round < 4; round += 1) {
      const service = await ServiceProcess.start(['--workers', String(workers), '--store', store], folder);
      const instances = random(1, 5);
      await Promise.all(
        Array.from({ length: instances }, async () => {
          const which = random(0, 1);
          const seed = random(1, 2);
          const largest = [1024, 64, 8192, 333][random(0, 3)] ?? 1024;
          const name = `${which} ${seed}`;
          const client = new RenderClient(service.discovery);
          // Some instances remember the take, others begin without any memory and still draw it.
          const takes = random(0, 1) === 0 ? recipes.get(name) : undefined;
          await client.open(takes === undefined ? {} : { takes });
          const nextBlockFrames = () => random(Math.ceil(largest / 8), largest);
          const audio = bitsOf(await bounce(client, { frameCount, lane: lanes[which] ?? [], seed, nextBlockFrames }));
          const reference = references.get(name);
          if (reference === undefined) references.set(name, audio);
          else {
            compared += 1;
            expect(Buffer.compare(audio, reference), `${name}, ${workers} workers, round ${round}`).toBe(0);
          }
          await client.finish();
          recipes.set(name, client.recipe);
          client.close();
        }),
      );
      await service.stop();
      if (round % 2 === 0) thinOut(store, (index) => index % 3 !== round % 3);
    }
  }
  expect(references.size).toBeGreaterThan(2);
  expect(compared).toBeGreaterThan(10);
  const [one, other] = [...references.values()];
  expect(Buffer.compare(one ?? Buffer.alloc(0), other ?? Buffer.alloc(0))).not.toBe(0);
});
