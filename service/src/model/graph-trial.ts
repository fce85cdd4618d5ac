import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import type { ProviderWish } from './provider-wish.js';
import type { VerifiedModel } from './verified-model.js';

/**
 * Makes a function that loads a graph and draws one block in a process of its own, once per model. A graph of a stranger
 * can bring down the parser that reads it; then it is that process that dies, and not the service with all its streams.
 */
export function graphTrial(script: URL, wish: ProviderWish): (model: VerifiedModel) => Promise<void> {
  const trials = new Map<string, Promise<void>>();
  return (model) => {
    if (model.graph.kind === 'tiny') return Promise.resolve();
    const trial = trials.get(model.digest) ?? runTrial(fileURLToPath(script), model.graph.folder, wish);
    trials.set(model.digest, trial);
    trial.catch(() => trials.delete(model.digest));
    return trial;
  };
}

function runTrial(script: string, folder: string, wish: ProviderWish): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(script, [folder, wish], { stdio: 'ignore', execArgv: [] });
    const timer = setTimeout(() => child.kill('SIGKILL'), limits.modelTrialMillisMax);
    let why: string | undefined;
    child.on('message', (message) => {
      why = String(message);
    });
    child.on('error', (cause) =>
      reject(new Failure('internal', 'No process can be started to try a model in.', cause)),
    );
    child.on('exit', (code) => {
      clearTimeout(timer);
      if (code === 0) resolve();
      else reject(new Failure('model-damaged', why ?? "The model's graph brings down the process that loads it."));
    });
  });
}
