import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import loadFlac from 'libflacjs';
import { describe, expect, it } from 'vitest';
import wavefile from 'wavefile';
import { bounceToFile } from '../../../service/src/bounce/bounce-file.js';
import type { BounceInfo } from '../../../service/src/bounce/bounce-info.js';
import { placeName, safeFileName } from '../../../service/src/bounce/file-name.js';
import { makeFile } from '../../../service/src/bounce/new-file.js';
import { revealCommand } from '../../../service/src/bounce/reveal.js';
import { Failure } from '../../../service/src/core/failure.js';
import { parseWav } from '../../../service/src/core/wav.js';
import { bounceFolder } from '../../../service/src/discovery/music-folder.js';
import { temporaryFolder } from '../../support/service-process.js';

const info: BounceInfo = {
  sampleRateHz: 48_000,
  frameCount: 30_000,
  startFrame: 2 ** 32 + 77,
  track: 'Köln & <Lead>',
  title: 'Warm one',
  seed: 7,
  model: 'one-song',
  modelDigest: 'ab'.repeat(32),
  engine: 'kernel-int8-2',
  tempoBpm: 120.5,
  originator: 'Simmer 0.1.0',
  madeAt: new Date(2026, 0, 31, 12, 5, 9),
};
const sound = Float32Array.from({ length: info.frameCount }, (_, frame) => 0.9 * Math.sin(frame * frame * 1e-6));
sound[5] = 1;
sound[6] = -1;

async function* pieces(values = sound, length = 4096): AsyncGenerator<Float32Array> {
  for (let from = 0; from < values.length; from += length) yield values.subarray(from, from + length);
}

const quiet = () => ({ signal: new AbortController().signal, progress: () => {} });

async function bounced(format: 'wav' | 'flac', of: BounceInfo = info): Promise<Buffer> {
  const folder = temporaryFolder();
  const file = await bounceToFile({ folder, stem: 'x', format }, of, pieces(sound.subarray(0, of.frameCount)), quiet());
  const bytes = readFileSync(file.path);
  expect(bytes.length).toBe(file.bytes);
  expect(readdirSync(folder)).toEqual([`x.${format}`]);
  return bytes;
}

/** Decodes with libFLAC, whose frames carry checksums of their own; blocks of metadata by type. */
function decodeFlac(bytes: Uint8Array): { values: number[]; blocks: Map<string, Buffer>; md5Holds: boolean } {
  const flac = loadFlac('release');
  const decoder = flac.create_libflac_decoder(true);
  const values: number[] = [];
  let at = 0;
  const status = flac.init_decoder_stream(
    decoder,
    (count) => {
      const buffer = new Uint8Array(bytes.subarray(at, at + count));
      at += buffer.length;
      return buffer.length > 0 ? { buffer, readDataLength: buffer.length } : { buffer: undefined, readDataLength: 0 };
    },
    (channels) => {
      const [mono = new Uint8Array()] = channels;
      const view = new DataView(mono.buffer, mono.byteOffset, mono.byteLength);
      // 24 bits in four bytes.
      for (let offset = 0; offset + 4 <= mono.length; offset += 4) values.push(view.getInt32(offset, true) / 2 ** 23);
    },
    (code, name) => {
      throw new Error(`libFLAC: ${code} ${name}`);
    },
  );
  expect(status).toBe(0);
  while (flac.FLAC__stream_decoder_get_state(decoder) < 4) {
    if (!flac.FLAC__stream_decoder_process_single(decoder)) break;
  }
  // Emscripten says 1.
  const md5Holds = Boolean(flac.FLAC__stream_decoder_finish(decoder));
  flac.FLAC__stream_decoder_delete(decoder);
  const blocks = new Map<string, Buffer>();
  for (let offset = 4, isLast = false; !isLast; ) {
    const head = bytes[offset] ?? 0x80;
    isLast = (head & 0x80) !== 0;
    const length = Buffer.from(bytes).readUIntBE(offset + 1, 3);
    const data = Buffer.from(bytes.subarray(offset + 4, offset + 4 + length));
    blocks.set(`${head & 0x7f}${(head & 0x7f) === 2 ? data.toString('latin1', 4, 8) : ''}`, data);
    offset += 4 + length;
  }
  return { values, blocks, md5Holds };
}

describe('a bounced WAV', () => {
  it('is the sound bit for bit, and says where it belongs to a reader that is not ours', async () => {
    const bytes = await bounced('wav');
    const wav = new wavefile.WaveFile(bytes);
    expect([wav.bitDepth, wav.container]).toEqual(['32f', 'RIFF']);
    const samples = Float32Array.from(wav.getSamples(false) as unknown as Float64Array);
    expect(Buffer.compare(Buffer.from(samples.buffer), Buffer.from(sound.buffer))).toBe(0);
    const bext = wav.bext as {
      timeReference: [number, number];
      version: number;
      originator: string;
      description: string;
    };
    expect(bext.timeReference).toEqual([77, 1]);
    expect(bext).toMatchObject({ version: 1, originationDate: '2026-01-31', originationTime: '12:05:09' });
    expect(bext.originator.replace(/\0+$/, '')).toBe('Simmer 0.1.0');
    expect(bext.description.replace(/\0+$/, '')).toBe(
      'Warm one of K?ln & <Lead>; take 7, one-song abababababab on kernel-int8-2',
    );
    const ixml = wav.getiXML();
    expect(ixml).toContain('<NAME>Köln &amp; &lt;Lead&gt;</NAME>');
    expect(ixml).toContain('<BWF_TIME_REFERENCE_LOW>77</BWF_TIME_REFERENCE_LOW>');
    expect(ixml).toContain('<BWF_TIME_REFERENCE_HIGH>1</BWF_TIME_REFERENCE_HIGH>');
    expect(ixml).toContain('<SIMMER_TEMPO_BPM>120.5</SIMMER_TEMPO_BPM>');
    expect(parseWav(bytes).frameCount).toBe(info.frameCount);
  });
});

describe('a bounced FLAC', () => {
  it('is the sound within half a step of 24 bits, and says where it belongs', async () => {
    const { values, blocks, md5Holds } = decodeFlac(await bounced('flac'));
    expect(md5Holds).toBe(true);
    expect(values.length).toBe(sound.length);
    const step = 2 ** -23;
    const worst = values.reduce((most, value, at) => Math.max(most, Math.abs(value - (sound[at] ?? 9))), 0);
    // Full scale itself is one step beyond what 24 bits can say.
    expect(worst).toBeLessThanOrEqual(step);
    expect(Math.abs((values[100] ?? 9) - (sound[100] ?? 0))).toBeLessThanOrEqual(step / 2);
    expect(blocks.get('4')?.toString()).toContain(`TIME_REFERENCE=${2 ** 32 + 77}`);
    expect(blocks.get('4')?.toString()).toContain('TRACK=Köln & <Lead>');
    expect(blocks.get('2bext')?.readUInt32LE(4 + 8 + 338)).toBe(77);
    expect(blocks.get('2iXML')?.toString()).toContain('<BWFXML>');
    // 44 bits into STREAMINFO's second half: the number of frames.
    expect(blocks.get('0')?.readUInt32BE(14)).toBe(sound.length);
  });

  it('of any rate of a host says that rate', async () => {
    for (const sampleRateHz of [8000, 44_100, 96_000, 384_000]) {
      const { blocks } = decodeFlac(await bounced('flac', { ...info, sampleRateHz, frameCount: 5000 }));
      expect((blocks.get('0')?.readUIntBE(10, 3) ?? 0) >> 4).toBe(sampleRateHz);
    }
  });
});

describe('a file in the making', () => {
  const write = (folder: string, text: string) =>
    makeFile(folder, 'a b', 'txt', (sink) => sink.append(new TextEncoder().encode(text)));

  it('never takes the place of another', async () => {
    const folder = join(temporaryFolder(), 'new', 'folder');
    const names = [];
    for (const text of ['one', 'two', 'three']) names.push((await write(folder, text)).name);
    expect(names).toEqual(['a b.txt', 'a b 2.txt', 'a b 3.txt']);
    expect(names.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(['one', 'two', 'three']);
    const together = await Promise.all(['x', 'y', 'z'].map((text) => write(folder, text)));
    expect(new Set(together.map(({ name }) => name)).size).toBe(3);
  });

  it.each([
    ['that is cancelled', 'cancelled'],
    ['that fails', 'internal'],
    ['that ends too early', 'internal'],
  ])('%s leaves nothing behind', async (what, code) => {
    const folder = temporaryFolder();
    const stop = new AbortController();
    async function* broken(): AsyncGenerator<Float32Array> {
      yield sound.subarray(0, 1000);
      if (what === 'that is cancelled') stop.abort(new Failure('cancelled', 'Cancelled.'));
      if (what === 'that fails') throw new Failure('internal', 'planted');
      if (what !== 'that ends too early') yield sound.subarray(1000);
    }
    for (const format of ['wav', 'flac'] as const) {
      const made = bounceToFile({ folder, stem: 'x', format }, info, broken(), {
        signal: stop.signal,
        progress: () => {},
      });
      await expect(made).rejects.toMatchObject({ code });
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('in a place that is none says what to do', async () => {
    const notFolder = join(temporaryFolder(), 'file');
    writeFileSync(notFolder, 'x');
    await expect(write(notFolder, 'x')).rejects.toThrow(/--bounce-folder/);
  });

  it('on a full disk says so', async () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const made = makeFile(temporaryFolder(), 'a', 'txt', () => Promise.reject(full));
    await expect(made).rejects.toMatchObject({ code: 'exhausted', message: expect.stringMatching(/full/) });
  });
});

describe('the name of a file', () => {
  it('is taken by every system, whatever was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const name = safeFileName(text);
        expect(name).not.toMatch(/[<>:"/\\|?*\p{Cc}]/u);
        expect(name).not.toMatch(/^\.|\.$|^\s|\s$/);
        expect(Buffer.byteLength(`${name} 9999.flac`)).toBeLessThanOrEqual(255);
        expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
      }),
      { numRuns: 2000 },
    );
    expect(safeFileName('../../etc/passwd')).toBe('etc passwd');
    expect(safeFileName('Take 7: warm?')).toBe('Take 7 warm');
    expect(safeFileName('NUL.x')).toBe('NUL.x_');
    expect(placeName(48_000 * 61.5, 48_000)).toBe('01-01-500');
  });
});

describe('where bounces go', () => {
  it('is the music folder that the desktop knows, or Music', () => {
    const config = temporaryFolder();
    const environment = { HOME: '/home/x', XDG_CONFIG_HOME: config };
    writeFileSync(join(config, 'user-dirs.dirs'), '# c\nXDG_MUSIC_DIR="$HOME/Musik"\n');
    expect(bounceFolder(environment, 'linux')).toBe('/home/x/Musik/Simmer');
    writeFileSync(join(config, 'user-dirs.dirs'), 'XDG_MUSIC_DIR="relative"\n');
    expect(bounceFolder(environment, 'linux')).toMatch(/Music\/Simmer$/);
    expect(bounceFolder({}, 'darwin')).toMatch(/Music\/Simmer$/);
    expect(bounceFolder(environment, 'linux', '/run/own')).toBe('/run/own/bounces');
  });

  it('is shown by the system without a shell', () => {
    const path = '/a/$(rm -rf)/x.wav';
    expect(revealCommand(path, 'linux')).toEqual(['xdg-open', '/a/$(rm -rf)']);
    expect(revealCommand(path, 'darwin')).toEqual(['open', '-R', path]);
  });
});
