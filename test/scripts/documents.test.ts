import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pathsBelow, staleIn, staleMentions, type Tree, wideLines } from '../support/documents.js';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const tree: Tree = { paths: new Set(pathsBelow(root)), read };
const npmScripts = new Set(Object.keys(JSON.parse(read('package.json')).scripts));
const documents = [...tree.paths].filter((path) => path.endsWith('.md'));
const sources = [...tree.paths].filter((path) => /\.(ts|mjs|cjs|rs|py|proto|lua|md)$/.test(path));
/** Written by scripts, from figures. */
const made = /^models\/(film|one-song)\//;
const columnsMax = 100;

describe('a document', () => {
  test.each(documents)('%s names only files, headings and scripts that exist', (document) => {
    expect(staleIn(document, tree, npmScripts)).toEqual([]);
  });

  test.each(documents.filter((document) => !made.test(document)))('%s is not too wide', (document) => {
    expect(wideLines(read(document), columnsMax)).toEqual([]);
  });

  test('that a source mentions exists, with the heading', () => {
    const stale = sources
      .filter((path) => !/^test\/(scripts\/documents\.test|support\/documents)\.ts$/.test(path))
      .flatMap((path) => staleMentions(read(path), tree).map((fault) => `${path}: ${fault}`));
    expect(stale).toEqual([]);
  });
});

describe('the check of documents', () => {
  const paths = ['docs', 'docs/page.md', 'docs/latency.md', 'service', 'service/src', 'service/src/main.ts'];
  const page = '# The page\n\n## Live: from knob to sound\n\n**Loops** are told in every block.\n';
  const stale = (text: string) =>
    staleIn(
      'docs/page.md',
      { paths: new Set(paths), read: (path) => (path === 'docs/page.md' ? text : page) },
      new Set(['bench']),
    );

  test('is content with what exists', () => {
    expect(
      stale(
        '`service/src/main.ts`, `src/main.ts`, `main.ts`, `service/src/m*`, `out/S2.wav`, `npm run bench`, `1/4096`, ' +
          '[sum](latency.md#live-from-knob-to-sound), [itself](page.md), [others](https://example.org)',
      ),
    ).toEqual([]);
  });

  test.each([
    ['a file that has moved', 'see `service/src/rpc/main.ts`', '`service/src/rpc/main.ts` does not exist'],
    ['a file in a command', 'run `node scripts/run.mjs --all`', '`scripts/run.mjs` does not exist'],
    ['a file without its folder', 'see `man.ts`', '`man.ts` does not exist'],
    ['a folder', 'see `service/rpc/`', '`service/rpc/` does not exist'],
    ['a star that finds nothing', 'see `service/src/x*`', '`service/src/x*` does not exist'],
    ['a link', '[more](more.md)', 'the link to more.md leads nowhere'],
    ['a heading', '[sum](latency.md#offline)', 'the link to latency.md#offline has no heading there'],
    ['a bold word', '[loops](latency.md#loops)', 'the link to latency.md#loops has no heading there'],
    ['a script', 'run\n\n```sh\nnpm run bnech\n```\n', 'there is no npm run bnech'],
  ])('sees %s that is not there', (_, text, fault) => {
    expect(stale(text)).toEqual([fault]);
  });

  test('sees what a source mentions and is not there', () => {
    const there: Tree = { paths: new Set(paths), read: () => page };
    expect(staleMentions('// docs/page.md, "Live: from knob to sound" and docs/page.md, "Loops"', there)).toEqual([]);
    expect(staleMentions('// docs/pages.md', there)).toEqual(['docs/pages.md does not exist']);
    expect(staleMentions('// docs/page.md, "Offline"', there)).toEqual(['docs/page.md has no heading "Offline"']);
  });

  test('sees a line of prose that is too wide, and lets a table be', () => {
    const wide = 'word '.repeat(30).trim();
    expect(wideLines(`${wide}\n| ${wide} |\n`, columnsMax)).toEqual([wide]);
  });
});
