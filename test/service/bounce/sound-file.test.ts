import { readdirSync, readFileSync } from 'node:fs';
import loadFlac from 'libflacjs';
import { describe, expect, it } from 'vitest';
import wavefile from 'wavefile';
import { bounceToFile } from '../../../service/src/bounce/bounce-file.js';
import type { BounceInfo } from '../../../service/src/bounce/bounce-info.js';
import { parseWav } from '../../../service/src/core/wav.js';
import { temporaryFolder } from '../../support/service-process.js';
import { info, pieces, quiet, sound } from './bounced.js';

async function bounced(format: 'wav' | 'flac', of: BounceInfo = info): Promise<Buffer> {
  const folder = temporaryFolder();
  const file = await bounceToFile({ folder, stem: 'x', format }, of, pieces(sound.subarray(0, of.frameCount)), quiet());
  const bytes = readFileSync(file.path);
  expect(bytes.length).toBe(file.bytes);
  expect(readdirSync(folder)).toEqual([`x.${format}`]);
  return bytes;
}

/** Decodes with libFLAC, whose frames carry checksums of their own; blocks of metadata by type. */
function decodeFlac(bytes: Uint8Array): {
  values: number[];
  channels: number[][];
  blocks: Map<string, Buffer>;
  md5Holds: boolean;
} {
  const flac = loadFlac('release');
  const decoder = flac.create_libflac_decoder(true);
  const values: number[] = [];
  const channels: number[][] = [values];
  let at = 0;
  const status = flac.init_decoder_stream(
    decoder,
    (count) => {
      const buffer = new Uint8Array(bytes.subarray(at, at + count));
      at += buffer.length;
      return buffer.length > 0 ? { buffer, readDataLength: buffer.length } : { buffer: undefined, readDataLength: 0 };
    },
    (decoded) => {
      for (const [channel, bytesOf] of decoded.entries()) {
        channels[channel] ??= [];
        const view = new DataView(bytesOf.buffer, bytesOf.byteOffset, bytesOf.byteLength);
        // 24 bits in four bytes.
        for (let offset = 0; offset + 4 <= bytesOf.length; offset += 4) {
          channels[channel].push(view.getInt32(offset, true) / 2 ** 23);
        }
      }
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
  return { values, channels, blocks, md5Holds };
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

describe('a bounce in stereo', () => {
  const stereo = { ...info, channelCount: 2, frameCount: info.frameCount / 2 };
  const side = (channel: number) => sound.filter((_, at) => at % 2 === channel);
  const write = async (format: 'wav' | 'flac') => {
    const folder = temporaryFolder();
    // In pieces that end anywhere between frames.
    const file = await bounceToFile({ folder, stem: 'x', format }, stereo, pieces(sound, 4094), quiet());
    return readFileSync(file.path);
  };

  it('as WAV is both channels bit for bit, to a reader that is not ours', async () => {
    const bytes = await write('wav');
    const wav = new wavefile.WaveFile(bytes);
    const [left, right] = wav.getSamples(false) as unknown as Float64Array[];
    for (const [found, channel] of [
      [left, 0],
      [right, 1],
    ] as const) {
      expect(Float32Array.from(found ?? [])).toEqual(side(channel));
    }
    expect(parseWav(bytes)).toMatchObject({ channelCount: 2, frameCount: stereo.frameCount });
    const ixml = wav.getiXML();
    expect(ixml).toContain('<TRACK_COUNT>2</TRACK_COUNT>');
    expect(ixml.match(/<FUNCTION>(LEFT|RIGHT)<\/FUNCTION>/g)).toEqual([
      '<FUNCTION>LEFT</FUNCTION>',
      '<FUNCTION>RIGHT</FUNCTION>',
    ]);
    expect(bytes.toString('latin1')).toContain('W=32,M=stereo,T=');
  });

  it('as FLAC is both channels, and its head says so', async () => {
    const { channels, blocks, md5Holds } = decodeFlac(await write('flac'));
    expect(md5Holds).toBe(true);
    expect(channels.map(({ length }) => length)).toEqual([stereo.frameCount, stereo.frameCount]);
    for (const [index, values] of channels.entries()) {
      const right = side(index);
      expect(values.reduce((most, value, at) => Math.max(most, Math.abs(value - (right[at] ?? 9))), 0)).toBeLessThan(
        2 ** -22,
      );
    }
    const head = blocks.get('0');
    // Three bits behind the rate: channels − 1.
    expect([((head?.readUInt8(12) ?? 0) >> 1) & 7, head?.readUInt32BE(14)]).toEqual([1, stereo.frameCount]);
  });

  it('with another number of frames than was said is no file', async () => {
    const folder = temporaryFolder();
    const short = bounceToFile({ folder, stem: 'x', format: 'wav' }, stereo, pieces(sound.subarray(2)), quiet());
    await expect(short).rejects.toThrow(`${stereo.frameCount - 1} of ${stereo.frameCount} frames`);
    expect(readdirSync(folder)).toEqual([]);
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
