import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EngineSpeeds } from '../../../../service/src/model/choice/speeds.js';
import { temporaryFolder } from '../../../support/service-process.js';
import { digest, here, speeds } from './example.js';

describe('the cache of speeds', () => {
  test('gives back what was measured, to a later process too', async () => {
    const folder = join(temporaryFolder(), 'not', 'there', 'yet');
    const first = await EngineSpeeds.open(folder, here);
    expect(first.of(digest).size).toBe(0);
    await first.add(digest, speeds(2.5, 9));
    expect(new Map(first.of(digest))).toEqual(speeds(2.5, 9));
    const later = await EngineSpeeds.open(folder, here);
    expect(new Map(later.of(digest))).toEqual(speeds(2.5, 9));
    expect(later.of('cd'.repeat(32)).size).toBe(0);
    await later.add(digest, speeds(3, 8));
    expect(new Map((await EngineSpeeds.open(folder, here)).of(digest))).toEqual(speeds(3, 8));
    expect(readdirSync(folder)).toEqual(['engine-speeds.json']);
  });

  test.each([
    ['kernel', { kernel: here.kernel + 1 }],
    ['ONNX Runtime', { onnxruntime: '0.0.1' }],
    ['provider', { provider: 'cuda' }],
    ['CPU', { cpu: 'another one' }],
    ['Node', { node: 'v99.0.0' }],
  ])('says nothing of another %s, and keeps what it said of that', async (_, change) => {
    const folder = temporaryFolder();
    await (await EngineSpeeds.open(folder, here)).add(digest, speeds(2, 9));
    const changed = await EngineSpeeds.open(folder, { ...here, ...change });
    expect(changed.of(digest).size).toBe(0);
    await changed.add(digest, speeds(5, 6));
    expect(new Map((await EngineSpeeds.open(folder, here)).of(digest))).toEqual(speeds(2, 9));
  });

  test('keeps what another process wrote in the meantime, and the engines that were not measured again', async () => {
    const folder = temporaryFolder();
    const one = await EngineSpeeds.open(folder, here);
    const other = await EngineSpeeds.open(folder, here);
    await one.add(digest, speeds(2, 9));
    await other.add('cd'.repeat(32), speeds(3, 7));
    await other.add(digest, new Map([['onnx', 4]]));
    const later = await EngineSpeeds.open(folder, here);
    expect(new Map(later.of(digest))).toEqual(speeds(4, 9));
    expect(new Map(later.of('cd'.repeat(32)))).toEqual(speeds(3, 7));
  });

  const whole = { version: 1, measured: [{ digest, ...here, realTimeFactors: { onnx: 2 } }] };
  test.each<[string, string]>([
    ['empty', ''],
    ['cut off', JSON.stringify(whole).slice(0, -9)],
    ['of another version', JSON.stringify({ ...whole, version: 2 })],
    ['with a key that is not known', JSON.stringify({ ...whole, more: 1 })],
    ['with a speed that is none', JSON.stringify(whole).replace('"onnx":2', '"onnx":-2')],
    ['with a speed without end', JSON.stringify(whole).replace('"onnx":2', '"onnx":1e999')],
    ['with a digest that is none', JSON.stringify(whole).replace(digest, 'x')],
    ['too large', `${JSON.stringify(whole)}${' '.repeat(1 << 20)}`],
    ['not text', '\0\x01\x02'],
  ])('that is %s is ignored, and written anew', async (_, text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'engine-speeds.json'), text);
    const opened = await EngineSpeeds.open(folder, here);
    expect(opened.of(digest).size).toBe(0);
    await opened.add(digest, speeds(2, 9));
    expect(new Map((await EngineSpeeds.open(folder, here)).of(digest))).toEqual(speeds(2, 9));
  });

  test('control: the same file, whole, is read', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'engine-speeds.json'), JSON.stringify(whole));
    expect((await EngineSpeeds.open(folder, here)).of(digest).get('onnx')).toBe(2);
  });

  test('that is a folder, a link or in a place that cannot be written costs nothing but the memory of it', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'engine-speeds.json'));
    const linked = temporaryFolder();
    writeFileSync(join(linked, 'elsewhere'), JSON.stringify(whole));
    symlinkSync('elsewhere', join(linked, 'engine-speeds.json'));
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    for (const place of [folder, linked, join(file, 'below')]) {
      const opened = await EngineSpeeds.open(place, here);
      expect(opened.of(digest).size).toBe(0);
      await opened.add(digest, speeds(2, 9));
      expect(new Map(opened.of(digest))).toEqual(speeds(2, 9));
    }
    expect(readdirSync(folder)).toEqual(['engine-speeds.json']);
    expect(readFileSync(join(linked, 'elsewhere'), 'utf8')).toBe(JSON.stringify(whole));
  });
});
