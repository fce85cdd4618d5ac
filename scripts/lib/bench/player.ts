import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RenderClient, temperatureLane } from '../../../test/support/render-client.js';
import { Heard } from './heard.js';

export const benchRateHz = 48_000;

/** A jump of the lane: from this song frame on it holds this temperature. */
export interface Jump {
  readonly frame: number;
  readonly value: number;
}

/** A lane for one block: its value at the start, and the jumps inside it or the line to its end. */
export interface BlockLane {
  readonly atStart: number;
  readonly jumps?: readonly Jump[];
  /** The value at the block's end, reached in a straight line. */
  readonly atEnd?: number;
}

export interface PlayerOptions {
  /** Where the service has written service.json. */
  readonly runtimeFolder: string;
  /** 32 hex digits. */
  readonly instanceId: string;
  /** What a song has saved of earlier takes. */
  readonly takes?: Uint8Array;
  readonly onAccepted?: (spliceFrame: number) => void;
}

/** A plugin instance without a plugin: speaks to a service as the shim does, over the real socket. */
export class Player {
  readonly heard: Heard;
  readonly #client: RenderClient;
  #epoch = 0;
  #receiving: Promise<void>;
  #arrived: () => void = () => {};
  #failure: Error | undefined;

  private constructor(client: RenderClient, heard: Heard) {
    this.#client = client;
    this.heard = heard;
    this.#receiving = this.#receive().catch((thrown: unknown) => {
      this.#failure = thrown instanceof Error ? thrown : new Error(String(thrown));
      this.#arrived();
    });
  }

  static async open(options: PlayerOptions): Promise<Player> {
    const { grpc, token } = JSON.parse(readFileSync(join(options.runtimeFolder, 'service.json'), 'utf8')) as {
      grpc: string;
      token: string;
    };
    const client = new RenderClient({ grpc, token });
    const { instanceId, takes = new Uint8Array(0) } = options;
    await client.open({ instanceId, takes, sampleRateHz: benchRateHz, hostName: 'bench' });
    return new Player(client, new Heard(options.onAccepted));
  }

  startEpoch(rootFrame: number, offline: boolean): void {
    this.#epoch += 1;
    this.heard.restart();
    this.#client.send({ startEpoch: { epoch: this.#epoch, rootFrame, resumeFrame: rootFrame, seed: 1, offline } });
  }

  /** Says where a stopped transport stands, and waits until what follows is there: so a start has no hole. */
  async standAt(frame: number, temperature: number, aheadFrames: number): Promise<void> {
    this.#client.send({
      block: {
        epoch: this.#epoch,
        startFrame: frame,
        frameCount: 1,
        playing: false,
        lanes: [temperatureLane(temperature)],
      },
    });
    await this.untilThere(frame, frame + aheadFrames);
  }

  sendBlock(startFrame: number, frameCount: number, { atStart, jumps = [], atEnd }: BlockLane): void {
    const points = jumps.map(({ frame, value }) => ({
      offsetFrames: frame - startFrame,
      value,
      interpolation: 2,
    }));
    if (atEnd !== undefined) points.push({ offsetFrames: frameCount, value: atEnd, interpolation: 1 });
    this.#client.send({
      block: {
        epoch: this.#epoch,
        startFrame,
        frameCount,
        playing: true,
        lanes: [temperatureLane(atStart, points)],
        revision: this.heard.revision,
      },
    });
  }

  /**
   * Waits until there is audio up to `endFrame`, for a block at `nextFrame` that is played next; or until a revision has
   * come too late, since only that block tells the service so.
   */
  untilThere(nextFrame: number, endFrame: number): Promise<void> {
    const refusedBefore = this.heard.refusedCount;
    return this.until(() => {
      this.heard.takeIn(nextFrame);
      return this.heard.endFrame >= endFrame || this.heard.refusedCount > refusedBefore;
    });
  }

  /** Gives the service the time to answer a jump with a revision, as a host's clock would; not every jump needs one. */
  async settle(nextFrame: number, millis: number): Promise<void> {
    const { revision, refusedCount } = this.heard;
    const end = performance.now() + millis;
    while (performance.now() < end) {
      this.heard.takeIn(nextFrame);
      if (this.heard.revision !== revision || this.heard.refusedCount !== refusedCount) return;
      await sleep(1);
    }
  }

  /** Waits for what comes until `reached` holds. Rejects when the stream ends first, or nothing comes for a minute. */
  async until(reached: () => boolean): Promise<void> {
    if (reached()) return;
    const tooLong = new AbortController();
    const late = sleep(60_000, 'late' as const, { signal: tooLong.signal }).catch(() => 'done' as const);
    try {
      while (!reached()) {
        if (this.#failure !== undefined) throw this.#failure;
        const arrived = new Promise<'arrived'>((resolve) => {
          this.#arrived = () => resolve('arrived');
        });
        if ((await Promise.race([arrived, late])) === 'late') throw new Error('Nothing came for a minute.');
      }
    } finally {
      tooLong.abort();
    }
  }

  /** Closes as a song does: the service has the last word, and what a song would save of it comes back. */
  async finish(): Promise<Uint8Array> {
    await this.#client.finish();
    await this.close();
    return this.#client.recipe;
  }

  async close(): Promise<void> {
    this.#client.close();
    await this.#receiving;
  }

  async #receive(): Promise<void> {
    for (;;) {
      const { chunk, failure } = await this.#client.next();
      if (failure) throw new Error(failure.message ?? 'the service failed');
      if (chunk && chunk.epoch === this.#epoch && chunk.prelude !== true) {
        const startFrame = Number(chunk.startFrame ?? 0);
        const endFrame = startFrame + (chunk.frameCount ?? 0);
        this.heard.receive({ startFrame, endFrame, revision: chunk.revision ?? 0 });
      }
      this.#arrived();
    }
  }
}
