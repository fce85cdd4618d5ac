/** Characters of a name without its ending: with number and ending it fits every file system's 255 bytes. */
const nameCharactersMax = 48;
/** Names that Windows keeps for devices, with any ending. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** A file name, without its ending, that every system takes and that stays in its folder; '' where nothing is left. */
export function safeFileName(text: string): string {
  const name = text
    .normalize('NFC')
    .replace(/[\p{C}<>:"/\\|?*]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  const short = [...name]
    .slice(0, nameCharactersMax)
    .join('')
    .replace(/[. ]+$/, '');
  return reserved.test(short.split('.')[0] ?? '') ? `${short}_` : short;
}

/** `12-34-567`: minutes, seconds and thousandths of a song frame, for a file's name. */
export function placeName(frame: number, sampleRateHz: number): string {
  const millis = Math.round((frame * 1000) / sampleRateHz);
  const padded = (value: number, digits: number) => String(value).padStart(digits, '0');
  return `${padded(Math.floor(millis / 60_000), 2)}-${padded(Math.floor(millis / 1000) % 60, 2)}-${padded(millis % 1000, 3)}`;
}
