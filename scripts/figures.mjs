// npm run figures -- --model one-song --other film [--seeds 8] [--seconds 24] [--demo-grade checkpoint.pt]
//
// Draws many takes through the service's own code and measures them: out/figures/one-song/figures.md says what holds of
// "temperature is expressive", with every number. Interrupted, it goes on where it was; a minute or so on two cores for
// each minute that the takes last in all, divided by the model's real-time factor.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { endProcessesWithUs } from './lib/process.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function fail(message, code) {
  console.error(`figures: ${message}`);
  process.exit(code);
}

function readOptions() {
  const options = {
    model: { type: 'string', default: 'one-song' },
    other: { type: 'string' },
    seeds: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '24' },
    'demo-grade': { type: 'string' },
  };
  try {
    const { values } = parseArgs({ options });
    const [seedCount, seconds] = [Number(values.seeds), Number(values.seconds)];
    if (!(Number.isInteger(seedCount) && seedCount >= 1)) throw new Error('--seeds takes a whole number');
    if (!(seconds >= 14)) throw new Error('--seconds takes at least 14: the first 4 are left out, 8 are looked at');
    const other = values.other ?? (values.model === 'film' ? 'one-song' : 'film');
    const { 'demo-grade': checkpoint } = values;
    if (checkpoint !== undefined && !existsSync(checkpoint)) throw new Error(`there is no ${checkpoint}`);
    const demoGrade = checkpoint === undefined ? [] : ['--demo-grade', resolve(checkpoint)];
    return { model: values.model, other, seedCount, seconds, demoGrade };
  } catch (error) {
    return fail(error.message, 2);
  }
}

const { model, other, seedCount, seconds, demoGrade } = readOptions();
endProcessesWithUs();
const setUp = spawnSync(process.execPath, [join(root, 'scripts', 'setup.mjs'), '--for', 'figures'], {
  stdio: 'inherit',
});
if (setUp.status !== 0) process.exit(1);

const training = join(root, 'training');
const python = process.env.SIMMER_TRAINING_PYTHON ?? join(training, '.venv', 'bin', 'python');
/** What a model learned: one under codes the same music, but every beat in whole rows. */
function corpus(name) {
  const manifest = join(root, 'models', name, 'manifest.json');
  if (name.endsWith('-rows') || !existsSync(manifest)) return name;
  return JSON.parse(readFileSync(manifest, 'utf8')).rows === undefined ? name : `${name}-rows`;
}
const dataset = (name) => join(training, 'build', corpus(name), 'dataset');
for (const name of [model, other]) {
  if (existsSync(join(dataset(name), 'dataset.json'))) continue;
  console.log(`▸ Making the audio that ${name} learned`);
  const made = spawnSync(python, ['-m', 'simmer_training.corpora', corpus(name)], { cwd: training, stdio: 'inherit' });
  if (made.status !== 0) fail(`the corpus of ${name} cannot be made`, 1);
}

const { drawFigureTakes, figuresFolder } = await import('../dist/scripts/lib/figures/figures.js');
const { drawPictures } = await import('../dist/scripts/lib/figures/pictures.js');
const out = figuresFolder(model);
const folder = join(root, 'models', model);
console.log(`▸ Drawing with ${model}`);
let shown = 0;
const modelRateHz = await drawFigureTakes(folder, join(out, 'takes'), { seedCount, seconds }, (done, total) => {
  const tenths = Math.floor((10 * done) / total);
  if (tenths > shown) console.log(`  ${done} of ${total} takes`);
  shown = tenths;
});
console.log('▸ Measuring');
const places = ['--takes', join(out, 'takes'), '--out', out, '--weights', join(folder, 'weights.pt')];
const datasets = ['--dataset', dataset(model), '--other-dataset', dataset(other)];
const measured = spawnSync(python, ['-m', 'simmer_training.figures', ...places, ...datasets, ...demoGrade], {
  cwd: training,
  stdio: 'inherit',
});
if (measured.status !== 0) fail('the takes cannot be measured', 1);
drawPictures({ model, modelRateHz, folder: out, datasetFolder: dataset(model) });
console.log(`  ${join('out', 'figures', model, 'figures.md')}`);
