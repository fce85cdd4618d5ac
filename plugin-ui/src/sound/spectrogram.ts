import type { Scope } from '../ui/scope.js';
import { FetchQueue } from './fetch-queue.js';
import { LruCache } from './lru-cache.js';
import type { Fetch } from './peaks.js';
import { hopSteps, spectrumColumns, spectrumRows, spectrumTileSteps, windowSteps } from './spectrum.js';
import type { SpectrumResult, SpectrumTask } from './spectrum-worker.js';
import { fetchSteps, meanOf } from './steps.js';

interface SpectrumTile {
  readonly canvas: HTMLCanvasElement;
  readonly whole: boolean;
  readonly loadedAtMillis: number;
}

const tilesMax = 48;
const staleMillis = 2_000;

export interface SpectrogramOptions {
  readonly scope: Scope;
  readonly fetch: Fetch;
  readonly now: () => number;
  readonly arrived: () => void;
}

/** Spectrograms as pictures of loudness alone, to be filled with the colour of the temperature when they are drawn. */
export class Spectrogram {
  private readonly tiles = new LruCache<SpectrumTile>(tilesMax);
  private readonly fetches: FetchQueue;
  private readonly awaited = new Map<string, (levels: Uint8Array<ArrayBuffer>) => void>();
  private worker: Worker | undefined;

  constructor(private readonly options: SpectrogramOptions) {
    this.fetches = new FetchQueue(options.now, { atOnceMax: 2, waitingMax: 64, retryMillis: 4_000 });
    options.scope.add(() => this.worker?.terminate());
    options.scope.add(() => this.fetches.clear());
  }

  /** The picture of tile `index`: `spectrumColumns` wide, `spectrumRows` high; undefined until it is there. */
  tile(session: string, take: string, index: number, rateHz: number, endStep: number): HTMLCanvasElement | undefined {
    const key = `${session}/${take}/${index}`;
    const tile = this.tiles.get(key);
    const old = tile === undefined || (!tile.whole && this.options.now() - tile.loadedAtMillis > staleMillis);
    if (old) this.fetches.request(key, (signal) => this.load(key, session, take, index, rateHz, endStep, signal));
    return tile?.canvas;
  }

  private async load(
    key: string,
    session: string,
    take: string,
    index: number,
    rateHz: number,
    endStep: number,
    signal: AbortSignal,
  ): Promise<void> {
    // A window's middle belongs to its column: a tile begins half a window early.
    const lead = (windowSteps - hopSteps) / 2;
    const first = index * spectrumTileSteps - lead;
    const from = Math.max(0, first);
    const to = index * spectrumTileSteps + spectrumTileSteps + lead;
    const steps = await fetchSteps(this.options.fetch, session, take, from, to, signal);
    const padded = new Int16Array(to - first);
    padded.set(meanOf(steps), from - first);
    const levels = await this.analyse({ key, values: padded, rateHz });
    // The last step of a take that still grows is not whole.
    const whole = steps.present.some((range) => range[0] <= from && range[1] >= to) && endStep > to;
    this.tiles.set(key, { canvas: pictureOf(levels), whole, loadedAtMillis: this.options.now() });
    this.options.arrived();
  }

  private analyse(task: SpectrumTask): Promise<Uint8Array<ArrayBuffer>> {
    this.worker ??= this.startWorker();
    const worker = this.worker;
    return new Promise((resolve) => {
      this.awaited.set(task.key, resolve);
      worker.postMessage(task, [task.values.buffer]);
    });
  }

  private startWorker(): Worker {
    const worker = new Worker(new URL('./spectrum-worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<SpectrumResult>) => {
      this.awaited.get(data.key)?.(data.levels);
      this.awaited.delete(data.key);
    };
    return worker;
  }
}

function pictureOf(levels: Uint8Array): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = spectrumColumns;
  canvas.height = spectrumRows;
  const context = canvas.getContext('2d');
  if (context === null) return canvas;
  const image = context.createImageData(spectrumColumns, spectrumRows);
  for (let column = 0; column < spectrumColumns; column += 1) {
    for (let row = 0; row < spectrumRows; row += 1) {
      const level = levels[column * spectrumRows + row] ?? 0;
      const at = 4 * ((spectrumRows - 1 - row) * spectrumColumns + column) + 3;
      // Quiet noise is left out of the way of what sounds.
      image.data[at] = Math.round(255 * (level / 255) ** 2.2);
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
