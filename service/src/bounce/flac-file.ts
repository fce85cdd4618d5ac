import loadFlac, { type StreamMetadata } from 'libflacjs';
import { Failure } from '../core/failure.js';
import { type BounceInfo, dateAndTime, describe } from './bounce-info.js';
import { bextData, ixmlData, riffChunk } from './broadcast-chunks.js';
import type { ByteSink, SoundFile } from './sound-file.js';

const bitsPerSample = 24;
/** libFLAC's own default. */
const compressionLevel = 5;
/** RFC 9639: types of metadata blocks. */
const blockType = { streamInfo: 0, application: 2, vorbisComment: 4 } as const;
const streamInfoBytes = 34;
/** `fLaC` and the head of the first block. */
const streamInfoOffset = 8;

type Flac = ReturnType<typeof loadFlac>;

/**
 * A FLAC file (RFC 9639): 24 bits, with its place in the song as a Vorbis comment and, as `flac --keep-foreign-metadata`
 * does, the chunks of a broadcast wave file. libFLAC draws up the frames; what comes before them is written here, since its
 * JavaScript form takes no metadata.
 */
export async function beginFlac(info: BounceInfo, sink: ByteSink): Promise<SoundFile> {
  const { flac } = await library();
  const { sampleRateHz, channelCount, frameCount } = info;
  const encoder = flac.create_libflac_encoder(
    sampleRateHz,
    channelCount,
    bitsPerSample,
    compressionLevel,
    frameCount,
    false,
  );
  if (encoder === 0) throw new Failure('usage', `FLAC has no ${sampleRateHz} Hz: bounce to WAV.`);
  let frames: Uint8Array[] = [];
  let streamInfo: Uint8Array | undefined;
  const started = flac.init_encoder_stream(
    encoder,
    // What is written without samples is libFLAC's own head of the file.
    (data, _bytes, samples) => void (samples > 0 && frames.push(data.slice())),
    (data) => {
      if (data !== undefined) streamInfo = streamInfoOf(data, info);
    },
  );
  if (started !== 0) {
    flac.FLAC__stream_encoder_delete(encoder);
    throw new Failure('internal', `The FLAC encoder cannot be started (${started}).`);
  }
  const passOn = async () => {
    const ready = frames;
    frames = [];
    for (const frame of ready) await sink.append(frame);
  };

  await sink.append(new TextEncoder().encode('fLaC'));
  await sink.append(block(blockType.streamInfo, new Uint8Array(streamInfoBytes), false));
  await sink.append(block(blockType.application, foreign('bext', bextData(info)), false));
  await sink.append(block(blockType.application, foreign('iXML', ixmlData(info)), false));
  await sink.append(block(blockType.vorbisComment, comments(info), true));
  return {
    async write(values) {
      const samples = Int32Array.from(values, (value) =>
        Math.max(-8_388_608, Math.min(8_388_607, Math.round(value * 8_388_608))),
      );
      if (!flac.FLAC__stream_encoder_process_interleaved(encoder, samples, samples.length / channelCount)) {
        throw new Failure('internal', 'The FLAC encoder failed.');
      }
      await passOn();
    },
    async finish() {
      const finished = flac.FLAC__stream_encoder_finish(encoder);
      flac.FLAC__stream_encoder_delete(encoder);
      await passOn();
      if (!finished || streamInfo === undefined) throw new Failure('internal', 'The FLAC encoder did not finish.');
      await sink.overwrite(streamInfoOffset, streamInfo);
    },
    abandon: () => flac.FLAC__stream_encoder_delete(encoder),
  };
}

let loading: Promise<{ flac: Flac }> | undefined;

/**
 * Loaded when the first file is made; ready only after a while. In an object, since Emscripten's modules have a `then` of their own
 * that would be asked for ever. Its WebAssembly form asks Node's `fetch` for a path, which is none; this one is JavaScript.
 */
function library(): Promise<{ flac: Flac }> {
  loading ??= new Promise((resolve) => {
    const flac = loadFlac('release');
    if (flac.isReady()) resolve({ flac });
    else flac.on('ready', () => resolve({ flac }));
  });
  return loading;
}

function block(type: number, data: Uint8Array, isLast: boolean): Uint8Array {
  const bytes = new Uint8Array(4 + data.length);
  new DataView(bytes.buffer).setUint32(0, data.length);
  bytes[0] = type | (isLast ? 0x80 : 0);
  bytes.set(data, 4);
  return bytes;
}

/** A chunk of RIFF in an APPLICATION block. */
function foreign(name: string, data: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from('riff'), riffChunk(name, data)]);
}

function comments(info: BounceInfo): Uint8Array {
  const { date, time } = dateAndTime(info.madeAt);
  const lines = [
    `TITLE=${info.title}`,
    `DESCRIPTION=${describe(info)}`,
    `ENCODED_BY=${info.originator}`,
    `ORIGINATION_DATE=${date}`,
    `ORIGINATION_TIME=${time}`,
    `TIME_REFERENCE=${info.startFrame}`,
    ...(info.track === '' ? [] : [`TRACK=${info.track}`]),
    ...(info.tempoBpm === undefined ? [] : [`BPM=${info.tempoBpm}`]),
  ];
  const texts = [info.originator, ...lines].map((line) => Buffer.from(line));
  const lengthOf = (count: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(count);
    return bytes;
  };
  const [vendor = Buffer.alloc(0), ...rest] = texts;
  const entries = rest.flatMap((text) => [lengthOf(text.length), text]);
  return Buffer.concat([lengthOf(vendor.length), vendor, lengthOf(rest.length), ...entries]);
}

/** What libFLAC knows of the whole stream once it is over. */
function streamInfoOf(data: StreamMetadata, { sampleRateHz, channelCount, frameCount }: BounceInfo): Uint8Array {
  const bytes = new Uint8Array(streamInfoBytes);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, data.min_blocksize);
  view.setUint16(2, data.max_blocksize);
  const uint24 = (offset: number, value: number) => {
    view.setUint8(offset, value >>> 16);
    view.setUint16(offset + 1, value & 0xffff);
  };
  uint24(4, data.min_framesize);
  uint24(7, data.max_framesize);
  // 20 bits of rate, 3 of channels − 1, 5 of bits − 1, 36 of samples.
  const high = Math.floor(frameCount / 2 ** 32);
  view.setUint32(10, sampleRateHz * 2 ** 12 + (channelCount - 1) * 2 ** 9 + (bitsPerSample - 1) * 2 ** 4 + high);
  view.setUint32(14, frameCount % 2 ** 32);
  bytes.set(Buffer.from(data.md5sum, 'hex').subarray(0, 16), 18);
  return bytes;
}
