import { Worker } from 'node:worker_threads';

/** Sleeps to the microsecond, which a timer of the event loop does not, and tells of every block's time in order. */
const tickProgram = `
  const { parentPort, workerData: { blockMillis, count } } = require('node:worker_threads');
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const started = performance.now();
  for (let block = 0; block < count; block += 1) {
    const left = started + block * blockMillis - performance.now();
    if (left > 0) Atomics.wait(cell, 0, 0, left);
    parentPort.postMessage(block);
  }
`;

/** The clock that a sound card is: a block every block's time, whether anybody is ready or not. */
export class BlockClock {
  readonly #worker: Worker;
  #due = 0;
  #taken = 0;
  #wake: () => void = () => {};

  constructor(blockMillis: number, count: number) {
    this.#worker = new Worker(tickProgram, { eval: true, workerData: { blockMillis, count } });
    this.#worker.on('message', () => {
      this.#due += 1;
      this.#wake();
    });
  }

  /** Settles when the next block is due; at once when it was due before. */
  async next(): Promise<void> {
    while (this.#taken >= this.#due) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#taken += 1;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
