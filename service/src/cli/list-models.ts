import { printable } from '../core/failure.js';
import type { ModelLibrary } from '../model/model-library.js';

/** Prints one line per model, and one to `warn` per folder that is none. */
export async function listModels(
  library: ModelLibrary,
  print: (line: string) => void,
  warn: (line: string) => void,
): Promise<void> {
  const { found, broken } = await library.list();
  for (const { manifest, digest, folder } of found) {
    const [low, high] = manifest.temperature.useful;
    const facts = [
      manifest.name,
      printable(manifest.title),
      `${manifest.sampleRateHz} Hz`,
      `temperature ${low} to ${high}`,
      printable(manifest.licence),
      digest.slice(0, 12),
      folder ?? 'built in',
    ];
    print(facts.join('\t'));
  }
  for (const { folder, failure } of broken) warn(`${folder}: ${failure.message}`);
}
