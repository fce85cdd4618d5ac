import { type BounceInfo, dateAndTime, describe } from './bounce-info.js';

/** EBU Tech 3285, version 1: the fields before the coding history. */
const bextBytes = 602;

/**
 * The data of a `bext` chunk (EBU Tech 3285 v1): who made a broadcast wave file, and where in the song it begins. Its texts are
 * ASCII; what is not becomes `?`, and stands as it is in iXML.
 */
export function bextData(info: BounceInfo): Uint8Array {
  const { date, time } = dateAndTime(info.madeAt);
  const history = ascii(
    `A=PCM,F=${info.sampleRateHz},W=32,M=${info.channelCount === 1 ? 'mono' : 'stereo'},T=${info.originator}\r\n`,
  );
  const bytes = new Uint8Array(bextBytes + history.length);
  const text = (offset: number, length: number, value: string) => bytes.set(ascii(value).subarray(0, length), offset);
  text(0, 256, describe(info));
  text(256, 32, info.originator);
  text(288, 32, `${info.modelDigest.slice(0, 24)}-${info.seed}`);
  text(320, 10, date);
  text(330, 8, time);
  const view = new DataView(bytes.buffer);
  view.setUint32(338, info.startFrame % 2 ** 32, true);
  view.setUint32(342, Math.floor(info.startFrame / 2 ** 32), true);
  view.setUint16(346, 1, true);
  bytes.set(history, bextBytes);
  return bytes;
}

/** The data of an `iXML` chunk, version 1.61 (http://www.gallery.co.uk/ixml): the same for hosts that read this, in UTF-8. */
export function ixmlData(info: BounceInfo): Uint8Array {
  const { date, time } = dateAndTime(info.madeAt);
  const [low, high] = [info.startFrame % 2 ** 32, Math.floor(info.startFrame / 2 ** 32)];
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<BWFXML>',
    element('IXML_VERSION', '1.61'),
    element('SCENE', info.track),
    element('TAKE', info.title),
    element('NOTE', describe(info)),
    '<SPEED>',
    element('FILE_SAMPLE_RATE', info.sampleRateHz),
    element('TIMESTAMP_SAMPLE_RATE', info.sampleRateHz),
    element('TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO', low),
    element('TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI', high),
    '</SPEED>',
    '<BEXT>',
    element('BWF_DESCRIPTION', describe(info)),
    element('BWF_ORIGINATOR', info.originator),
    element('BWF_ORIGINATION_DATE', date),
    element('BWF_ORIGINATION_TIME', time),
    element('BWF_TIME_REFERENCE_LOW', low),
    element('BWF_TIME_REFERENCE_HIGH', high),
    '</BEXT>',
    '<TRACK_LIST>',
    element('TRACK_COUNT', info.channelCount),
    ...Array.from({ length: info.channelCount }, (_, channel) => trackLines(info, channel)).flat(),
    '</TRACK_LIST>',
    '<USER>',
    element('SIMMER_SEED', info.seed),
    element('SIMMER_MODEL', info.model),
    element('SIMMER_MODEL_DIGEST', info.modelDigest),
    element('SIMMER_ENGINE', info.engine),
    ...(info.tempoBpm === undefined ? [] : [element('SIMMER_TEMPO_BPM', info.tempoBpm)]),
    '</USER>',
    '</BWFXML>',
  ];
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

/** A channel, which iXML calls a track; those of stereo say which side they are. */
function trackLines({ track, channelCount }: BounceInfo, channel: number): string[] {
  const name = track === '' ? 'Simmer' : track;
  const side = channelCount === 1 ? [] : [element('FUNCTION', channel === 0 ? 'LEFT' : 'RIGHT')];
  const index = channel + 1;
  return [
    '<TRACK>',
    element('CHANNEL_INDEX', index),
    element('INTERLEAVE_INDEX', index),
    element('NAME', name),
    ...side,
    '</TRACK>',
  ];
}

/** A chunk of RIFF: name, length, data, and a byte more where the length is odd. */
export function riffChunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + data.length + (data.length % 2));
  bytes.set(ascii(name));
  new DataView(bytes.buffer).setUint32(4, data.length, true);
  bytes.set(data, 8);
  return bytes;
}

function element(name: string, value: string | number): string {
  return `<${name}>${escaped(String(value))}</${name}>`;
}

/** What XML 1.0 knows no way to say is left out. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code === 13 || code === 10 || (code >= 32 && code < 127) ? code : 63;
  });
}
