import { spectrumOf } from './spectrum.js';
import { amplitudesOf } from './steps.js';

/** Runs in a worker: a spectrogram of amplitudes, away from the thread that draws. */
export interface SpectrumTask {
  readonly key: string;
  readonly values: Int16Array<ArrayBuffer>;
  readonly rateHz: number;
}

export interface SpectrumResult {
  readonly key: string;
  readonly levels: Uint8Array<ArrayBuffer>;
}

// The library of the page is the document's; a worker's own `self` is a MessagePort in all that is used of it.
const port = self as unknown as {
  onmessage: ((event: MessageEvent<SpectrumTask>) => void) | null;
  postMessage(result: SpectrumResult, transfer: Transferable[]): void;
};

port.onmessage = ({ data }) => {
  const levels = spectrumOf(amplitudesOf(data.values), data.rateHz);
  port.postMessage({ key: data.key, levels }, [levels.buffer]);
};
