import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RenderClient, temperatureLane } from '../../../test/support/render-client.js';
import { startService } from '../service.js';
import { tcpEchoMillis } from './echo.js';
import { lessIsBetter, median, type Row } from './row.js';

const blockFrames = 64;
/** Every model block is drawn again when the lane is not constant; here it is, so two blocks of three need no draw. */
const blocks = 600;

/**
 * From a process block sent to its audio received, between two processes, for blocks whose draws are there already: the
 * lower half of all of them, since a model block of 4 ms is drawn for every third block of 64 frames.
 */
export async function linkRows(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'simmer-link-'));
  const service = await startService({ runtimeFolder: folder, recordFolder: join(folder, 'record'), model: 'tiny' });
  try {
    const { grpc, token } = JSON.parse(readFileSync(join(folder, 'service.json'), 'utf8')) as {
      grpc: string;
      token: string;
    };
    const client = new RenderClient({ grpc, token });
    await client.open();
    const millis = await roundTrips(client);
    client.close();
    const fasterHalf = millis.sort((left, right) => left - right).slice(0, millis.length >> 1);
    return [
      lessIsBetter('round trip of the link, 64 frames', median(fasterHalf), 'ms', {
        name: '1 KiB over plain TCP',
        value: await tcpEchoMillis(),
      }),
    ];
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function roundTrips(client: RenderClient): Promise<number[]> {
  const millis: number[] = [];
  client.send({ startEpoch: { epoch: 1, rootFrame: 0, seed: 1, offline: true, resumeFrame: 0 } });
  for (let block = 0; block < blocks; block += 1) {
    const startFrame = block * blockFrames;
    const sent = performance.now();
    client.send({
      block: { epoch: 1, startFrame, frameCount: blockFrames, playing: true, lanes: [temperatureLane(1)] },
    });
    for (;;) {
      const { chunk } = await client.next();
      if (Number(chunk?.startFrame ?? -1) + (chunk?.frameCount ?? 0) === startFrame + blockFrames) break;
    }
    millis.push(performance.now() - sent);
  }
  return millis;
}
