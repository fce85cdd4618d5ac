import { printable } from '../core/failure.js';
import type { EngineSelection } from '../model/choice/selection.js';
import { answersOf } from '../model/manifest.js';
import type { ModelLibrary } from '../model/model-library.js';

/** Prints one line per model, and one to `warn` per folder that is none. */
export async function listModels(
  library: ModelLibrary,
  engines: Pick<EngineSelection, 'describe'>,
  print: (line: string) => void,
  warn: (line: string) => void,
): Promise<void> {
  const { found, broken } = await library.list();
  for (const { manifest, digest, folder } of found) {
    const { engine, realTimeFactor } = engines.describe({ manifest, digest });
    const factor = realTimeFactor.toFixed(realTimeFactor < 10 ? 1 : 0);
    const speed = realTimeFactor > 0 ? `${factor} × real time` : 'not measured yet';
    const [low, high] = manifest.temperature.useful;
    const facts = [
      manifest.name,
      printable(manifest.title),
      `${manifest.sampleRateHz} Hz`,
      `temperature ${low} to ${high}`,
      ...answersOf(manifest).flatMap(({ draws, exponent }) => (exponent === 1 ? [] : [`${draws} at T^${exponent}`])),
      `${engine}, ${speed}`,
      printable(manifest.licence),
      digest.slice(0, 12),
      folder ?? 'built in',
    ];
    print(facts.join('\t'));
  }
  for (const { folder, failure } of broken) warn(`${folder}: ${failure.message}`);
}
