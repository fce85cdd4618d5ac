import { printable } from '../core/failure.js';
import { type Exponents, isPlain } from '../core/response.js';
import type { EngineSelection } from '../model/choice/selection.js';
import { answersOf } from '../model/manifest.js';
import type { ModelLibrary } from '../model/model-library.js';

/** `at T^2.8`, or `at T^2.5 below 1, T^7 above`. */
function powerText({ below, above }: Exponents): string {
  return below === above ? `at T^${below}` : `at T^${below} below 1, T^${above} above`;
}

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
      ...answersOf(manifest).flatMap(({ draws, exponents }) =>
        isPlain(exponents) ? [] : [`${draws} ${powerText(exponents)}`],
      ),
      `${engine}, ${speed}`,
      printable(manifest.licence),
      digest.slice(0, 12),
      folder ?? 'built in',
    ];
    print(facts.join('\t'));
  }
  for (const { folder, failure } of broken) warn(`${folder}: ${failure.message}`);
}
