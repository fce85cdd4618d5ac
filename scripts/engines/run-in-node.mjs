// run-in-node.mjs KERNEL CASE...: prints the SHA-256 of what each case draws in this Node, under the flags it was started with.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawCase } from './draw-case.mjs';

const [kernel, ...cases] = process.argv.slice(2);
for (const folder of cases) {
  const about = JSON.parse(readFileSync(join(folder, 'about.json'), 'utf8'));
  const [image, inputs] = [readFileSync(join(folder, 'image.bin')), readFileSync(join(folder, 'inputs.bin'))];
  const drawn = await drawCase(readFileSync(kernel), image, inputs, about);
  console.log(createHash('sha256').update(drawn).digest('hex'));
}
