// npm run measure:sizes
//
// Measures the kernel at many sizes with random 8-bit weights, fits what a step costs by its parts, and writes the table
// of docs/model-sizes.md between its two marks: which sizes and rates one core carries, with the projection to the sample
// tier as it is and with cheaper ones. Nothing is retrained: what a cheaper one does to the sound is not known from this.
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const built = (path) => import(join(root, 'dist', path));
const { KernelModel } = await built('service/src/model/kernel/model.js');
const { kernelModule } = await built('service/src/model/kernel/module.js');
const { kernelShape, randomNetwork, startState, writeKernelWeights } = await built('test/support/kernel-weights.js');
const { microsPerStep } = await built('scripts/lib/bench/engine-speed.js');

const page = join(root, 'docs', 'model-sizes.md');
/** D and M that are measured. */
const measured = [
  [128, 64],
  [128, 192],
  [256, 64],
  [256, 128],
  [256, 256],
  [384, 128],
  [384, 192],
  [512, 128],
  [512, 256],
  [640, 192],
  [768, 256],
  [768, 384],
];
const offered = [
  [256, 128],
  [384, 192],
  [512, 256],
  [768, 384],
];
const ratesHz = [16_000, 24_000, 32_000];

/** What a step has of each part; the fitted unit is microseconds for one of each. */
const partsOf = ([d, m]) => [1, d, d * d, d * m, m, m * m];

/** Least squares by the normal equations, with relative errors alike. */
function leastSquares(rows, values) {
  const n = rows[0].length;
  const a = Array.from({ length: n }, () => new Array(n + 1).fill(0));
  for (const [index, row] of rows.entries()) {
    const weight = 1 / values[index] ** 2;
    for (let i = 0; i < n; i += 1) {
      for (let j = 0; j < n; j += 1) a[i][j] += weight * row[i] * row[j];
      a[i][n] += weight * row[i] * values[index];
    }
  }
  for (let i = 0; i < n; i += 1) {
    const pivot = a.slice(i).reduce((best, row, k) => (Math.abs(row[i]) > Math.abs(a[best][i]) ? i + k : best), i);
    [a[i], a[pivot]] = [a[pivot], a[i]];
    for (let k = 0; k < n; k += 1) {
      if (k === i) continue;
      const factor = a[k][i] / a[i][i];
      for (let j = i; j <= n; j += 1) a[k][j] -= factor * a[i][j];
    }
  }
  return a.map((row, i) => row[n] / row[i]);
}

const module = await kernelModule();
const contestants = [];
for (const [d, m] of measured) {
  const network = randomNetwork(d, m, 1);
  const engine = await KernelModel.load(module, writeKernelWeights(network, 8).file, kernelShape(network));
  contestants.push({ engine, state: startState(network), voices: 1 });
}
const micros = await microsPerStep(contestants);
const unit = leastSquares(measured.map(partsOf), micros);
const modelled = (size) => partsOf(size).reduce((sum, part, index) => sum + part * unit[index], 0);
const worst = Math.max(...measured.map((size, index) => Math.abs(modelled(size) / micros[index] - 1)));
/** Microseconds for a multiplication and addition of the projection, which is D·M of them a step. */
const perProduct = unit[3];

/** The projection's products a step: D·16M a frame of 16 steps; through r values; to M values and an offset a place. */
const designs = [
  ['as it is', ([d, m]) => d * m],
  ['rank 64', ([d, m]) => (64 * (d + 16 * m)) / 16],
  ['rank 32', ([d, m]) => (32 * (d + 16 * m)) / 16],
  ['one vector, offset by place', ([d, m]) => (d * m) / 16],
];
const number = (value) => (value < 10 ? value.toFixed(1) : value.toFixed(0));
const lines = [
  `Measured on ${cpus()[0]?.model.trim() ?? 'a machine'}, one of ${availableParallelism()} cores, Node ${process.versions.node},`,
  '8-bit weights, one voice; the least of 40 rounds.',
  '',
  '| D / M | µs a step, measured |',
  '|---|---|',
  ...measured.map((size, index) => `| ${size.join(' / ')} | ${micros[index].toFixed(2)} |`),
  '',
  `Fitted: ${unit[0].toFixed(2)} + ${(unit[1] * 1000).toFixed(2)}·D/10³ + ${(unit[2] * 1e6).toFixed(2)}·D²/10⁶ + ${(unit[3] * 1e6).toFixed(2)}·DM/10⁶ +`,
  `${(unit[4] * 1000).toFixed(2)}·M/10³ + ${(unit[5] * 1e6).toFixed(2)}·M²/10⁶ µs; the worst of these is ${(100 * worst).toFixed(0)} % off.`,
  '',
  'How many times real time one core carries, from that fit (**bold**: at least twice). Only the rows',
  '"as it is" are measured at 16 kHz, within that error. The others subtract the projection\'s share, in',
  'proportion to its number of products.',
  '',
  `| D / M | projection | products a step | µs a step | ${ratesHz.map((rate) => `${rate / 1000} kHz`).join(' | ')} |`,
  `|---|---|---|---|${ratesHz.map(() => '---|').join('')}`,
];
for (const size of offered) {
  for (const [name, products] of designs) {
    const saved = products([...size]) - size[0] * size[1];
    const cost = modelled(size) + saved * perProduct;
    const factors = ratesHz.map((rate) => 1e6 / rate / cost);
    const cells = factors.map((factor) => (factor >= 2 ? `**${number(factor)} ×**` : `${number(factor)} ×`));
    lines.push(
      `| ${size.join(' / ')} | ${name} | ${Math.round(products(size)).toLocaleString('en')} | ${cost.toFixed(1)} | ${cells.join(' | ')} |`,
    );
  }
}
const text = readFileSync(page, 'utf8');
const [start, end] = ['<!-- measured -->', '<!-- end -->'];
const [before, rest] = text.split(start);
const after = rest?.split(end)[1];
if (before === undefined || after === undefined) throw new Error(`${page} has lost its marks`);
writeFileSync(page, `${before}${start}\n${lines.join('\n')}\n${end}${after}`);
console.log(lines.join('\n'));
