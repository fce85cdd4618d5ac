import type { Failure } from './failure.js';

/** A text of lines and columns, as spreadsheets and editors save it. */
export interface Table {
  readonly rows: readonly { readonly line: number; readonly fields: readonly string[] }[];
  /** A comma in a number is its decimal point: what parts columns is something else, or the number stands in quotes. */
  readonly decimalComma: boolean;
}

/** Text of a file: UTF-8, or UTF-16 in either order, with a byte order mark or without. */
export function textOf(bytes: Uint8Array): string {
  const [first = 1, second = 1] = bytes;
  const isMarked = (a: number, b: number) => first === a && second === b;
  const isWide = (at: number) => bytes.length >= 4 && bytes[at] === 0 && bytes[at + 2] === 0;
  // A lane begins with a letter or a digit, of which UTF-16 has one byte that is 0.
  if (isMarked(0xff, 0xfe) || isWide(1)) return new TextDecoder('utf-16le').decode(bytes);
  if (isMarked(0xfe, 0xff) || isWide(0)) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder().decode(bytes);
}

/**
 * Reads columns that are parted by what `sep=` says or, without it, by tabs, semicolons, commas or spaces: the first of them that
 * there is. A field may stand in double quotes. `#` starts a comment; lines without content are left out.
 * @throws what `refuse` makes of a line (from 1) and a reason
 */
export function tableOf(text: string, refuse: (line: number, why: string) => Failure): Table {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const [, said] = /^"?sep=(.)"?$/i.exec(lines[0] ?? '') ?? [];
  const contents = lines.map(withoutComment);
  if (said !== undefined) contents[0] = '';
  const bare = contents.join('\n').replaceAll(/"[^"]*"/g, '');
  const separator = said ?? ['\t', ';', ','].find((one) => bare.includes(one)) ?? ' ';
  const rows = contents.flatMap((content, index) => {
    const fields = fieldsOf(content.trim(), separator);
    if (fields === undefined) throw refuse(index + 1, 'a quote is not closed');
    while (fields.at(-1) === '') fields.pop();
    return fields.length === 0 ? [] : [{ line: index + 1, fields }];
  });
  const isQuoted = /"[+-]?\d*,\d+"/.test(text);
  return { rows, decimalComma: separator !== ',' || isQuoted };
}

function withoutComment(line: string): string {
  return /^(?:[^"#]|"[^"]*"?)*/.exec(line)?.[0] ?? '';
}

/** Undefined where a quote is not closed. */
function fieldsOf(content: string, separator: string): string[] | undefined {
  const fields: string[] = [];
  let field = '';
  let inQuotes = false;
  for (let at = 0; at < content.length; at += 1) {
    const letter = content[at] ?? '';
    if (inQuotes && letter === '"' && content[at + 1] === '"') {
      field += letter;
      at += 1;
    } else if (letter === '"') inQuotes = !inQuotes;
    else if (letter === separator && !inQuotes) {
      if (separator !== ' ' || field !== '') fields.push(field.trim());
      field = '';
    } else field += letter;
  }
  fields.push(field.trim());
  return inQuotes ? undefined : fields;
}
