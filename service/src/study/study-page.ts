import { parseWav } from '../core/wav.js';
import { pageScript } from './page-script.js';
import { pageStyle } from './page-style.js';
import type { StudyPlan } from './plan.js';
import type { StudyResult } from './run-study.js';

/** Names of the measures that takes can be sorted by, by key. */
const measureTitles = {
  entropyMean: 'entropy',
  entropySd: 'spread of entropy',
  novelty: 'novelty',
  repetition: 'repetition',
  rmsDbfs: 'level',
  silentShare: 'silence',
  clicks: 'clicks',
};

/** Makes sixteen-bit FLAC of a sound whose channels are interleaved. */
export type Compress = (values: Float32Array, channelCount: number, sampleRateHz: number) => Promise<Uint8Array>;

export interface StudyPageOptions {
  readonly plan: StudyPlan;
  readonly digest: string;
  readonly results: readonly StudyResult[];
  readonly read: (file: string) => Promise<Uint8Array>;
  readonly compress: Compress;
}

/** Up to so much sound is put into the page itself; beyond it the page plays the files beside it. */
const embeddedBytesMax = 96 * 2 ** 20;

/** The study as one HTML file: players in a grid, spectrograms, measures to sort by, and blind comparison. */
export async function studyPage({ plan, digest, results, read, compress }: StudyPageOptions): Promise<string> {
  const sounds = new Map<string, Uint8Array>();
  let bytes = 0;
  for (const { take, outcome } of results) {
    if (outcome instanceof Error) continue;
    const { values, channelCount, sampleRateHz } = parseWav(await read(take.file));
    const sound = await compress(values, channelCount, sampleRateHz);
    bytes += sound.length;
    if (bytes > embeddedBytesMax) break;
    sounds.set(take.file, sound);
  }
  const isWhole = bytes <= embeddedBytesMax;
  const takes = results.map(({ take, outcome }) => {
    const { file, model, condition, temperature, seed, item } = take;
    const isFailed = outcome instanceof Error;
    const sound = isWhole ? sounds.get(file) : undefined;
    return {
      file,
      model: model.manifest.title,
      pair: condition === undefined ? '' : `${condition.artist} / ${condition.genre}`,
      temperature,
      seed,
      item,
      failure: isFailed ? outcome.message : null,
      measures: isFailed ? null : outcome.measures,
      picture: isFailed ? null : outcome.picture,
      sound: sound === undefined ? null : Buffer.from(sound).toString('base64'),
    };
  });
  const { temperatures, items, seeds, seconds, title } = plan;
  const data = { digest, temperatures, items, seeds, seconds, measures: measureTitles, takes };
  // Nothing in it can end the element that holds it.
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  const where = isWhole ? 'Everything is in this file.' : 'The sounds are in the WAV files beside this page.';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p class="soft">${results.length} takes of ${seconds} s. Each item has the same seed at every temperature. ${where} Click a take to play it. Click it again to jump there. Escape stops.</p>
<fieldset>
<legend>Blind comparison</legend>
<button id="next" type="button">Draw a pair (n)</button>
<button id="play-a" type="button">Play A (a)</button>
<button id="play-b" type="button">Play B (b)</button>
<button id="better-a" type="button">A is better (1)</button>
<button id="better-b" type="button">B is better (2)</button>
<button id="equal" type="button">Cannot tell (0)</button>
<span id="votes"></span>
<button id="save" type="button">Save votes</button>
<button id="forget" type="button">Forget votes</button>
<p id="reveal" aria-live="polite"></p>
<table><tbody id="tally"></tbody></table>
</fieldset>
<label>Sort by <select id="sort"><option value="">temperature and item</option></select></label>
<p id="said" role="status"></p>
<div id="takes"></div>
<audio id="audio" preload="auto"></audio>
</main>
<script type="application/json" id="study">${json}</script>
<script>${pageScript}</script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
