// npm run bench [-- --json out/bench.json] [-- --only PART]
// PART: resampling, model, codes, process, link, reaction, instances, stored, long, page or export. --minutes N is how long the page's
// memory is watched (10).
//
// Measures Simmer against named peers on this machine, in one run, and prints a table. Nothing here is a test: a figure
// says how fast this machine is today.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { endProcessesWithUs } from './lib/process.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const parts = [
  'resampling',
  'model',
  'codes',
  'process',
  'link',
  'reaction',
  'instances',
  'stored',
  'long',
  'page',
  'export',
];

function readOptions() {
  try {
    const text = { type: 'string' };
    const { values } = parseArgs({ options: { json: text, only: text, minutes: { ...text, default: '10' } } });
    if (!(Number(values.minutes) >= 1)) throw new Error('--minutes takes a number from 1 on');
    if (values.only !== undefined && !parts.includes(values.only)) throw new Error(`--only takes ${parts.join(', ')}`);
    return values;
  } catch (error) {
    console.error(`bench: ${error.message}`);
    process.exit(2);
  }
}

const { json, only, minutes } = readOptions();
endProcessesWithUs();
const setUp = spawnSync(process.execPath, [join(root, 'scripts', 'setup.mjs'), '--for', 'bench'], { stdio: 'inherit' });
if (setUp.status !== 0) process.exit(1);

const built = (name) => import(join(root, 'dist', 'scripts', 'lib', 'bench', `${name}.js`));
const { toJson, toTable } = await built('row');
const { resamplingRows } = await built('resampling-speed');
const { modelRows } = await built('model-speed');
const { codesRows } = await built('codes-speed');
const { processRows } = await built('process-cost');
const { linkRows } = await built('link');
const { reactionRows } = await built('reaction');
const { instanceRows } = await built('instances');
const { storedExportRows } = await built('stored-export');
const { longPlayRows } = await built('long-play');
const { pageRows } = await built('page-frames');
const { exportRows } = await built('export-speed');

const model = 'one-song';
const notes = [];
const note = (text) => notes.push(text);
const measure = {
  resampling: () => resamplingRows(),
  model: () => modelRows(join(root, 'models', model), note),
  codes: () => codesRows(join(root, 'models', 'pairs'), note),
  process: () => processRows(),
  link: () => linkRows(),
  reaction: () => reactionRows(model, note),
  instances: () => instanceRows(model, note),
  stored: () => storedExportRows(model),
  long: () => longPlayRows(note),
  page: () => pageRows(Number(minutes), note),
  export: () => exportRows(model),
};
try {
  const rows = [];
  for (const part of parts.filter((name) => only === undefined || name === only)) {
    console.log(`Measuring: ${part} …`);
    rows.push(...(await measure[part]()));
  }
  console.log(`\n${toTable(rows)}\n`);
  for (const note of notes) console.log(note);
  if (json !== undefined) {
    const path = resolve(json);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, toJson(rows));
    console.log(path);
  }
  process.exit(0);
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exit(1);
}
