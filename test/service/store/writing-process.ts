/**
 * A process that writes to a store until it is killed: `node writing-process.js FOLDER BYTES_MAX FIRST OWNER`. It says
 * "put N" and "hold N" when those have settled and have not failed. Every other segment is held.
 */
import { DiskStore } from '../../../service/src/store/disk-store.js';
import { sampleKey, sampleSegment } from './samples.js';

const [folder = '', bytesMax = '', first = '0', owner = 'song'] = process.argv.slice(2);
const store = await DiskStore.open({ folder, bytesMax: Number(bytesMax) });
const held: number[] = [];

function say(line: string): void {
  if (store.status().failedWriteCount > 0) throw new Error(store.status().trouble);
  process.stdout.write(`${line}\n`);
}

async function keep(number: number): Promise<void> {
  if (number % 2 === 0) {
    held.push(number);
    // Whichever settles last: both have to.
    await Promise.all([
      store.hold(owner, held.slice(-10).map(sampleKey)).then(() => say(`hold ${number}`)),
      store.put(sampleKey(number), sampleSegment(number)).then(() => say(`put ${number}`)),
    ]);
  } else {
    await store.put(sampleKey(number), sampleSegment(number));
    say(`put ${number}`);
  }
}

for (let number = Number(first); ; number += 4) {
  await Promise.all([0, 1, 2, 3].map((more) => keep(number + more)));
}
