import { readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** Folders that are made or fetched here and are not the repository's own. */
const madeFolders = new Set(['node_modules', 'dist', 'out', 'target', 'build', 'generated', '.git', '.venv', '.cache']);

/** What is made at run time or lies elsewhere: a document may name it, though the tree has none. */
const madePaths = /^(\.\.\/)*(out|build|dist|target|node_modules|[\w/-]+\/(target|\.venv)|models\/my-song)\b/;

/** Endings by which a name in backticks is known as a file of the sources, with or without its folder. */
const sourceEndings = /\w\.(ts|mjs|cjs|js|py|rs|lua|proto|md)$/;

/** A word that can only be a path: names with slashes between, perhaps a star in the last. */
const pathWord = /^(\.{1,2}\/)*[\w.-]+(\/[\w.-]+)*(\/|\/[\w.*-]*\*)?$/;

/** The repository's files and folders, as paths from its root. */
export interface Tree {
  readonly paths: ReadonlySet<string>;
  /** Of a document: its text. */
  readonly read: (path: string) => string;
}

/** All files and folders below `root` that are the repository's own. */
export function pathsBelow(root: string, folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return madeFolders.has(entry.name) ? [] : [path, ...pathsBelow(root, path)];
    return entry.isFile() ? [path] : [];
  });
}

/** What is stale in a document: paths, links, headings and npm scripts that do not exist, one line each. */
export function staleIn(document: string, tree: Tree, npmScripts: ReadonlySet<string>): string[] {
  const text = tree.read(document);
  const prose = withoutFences(text);
  return [
    ...missingPaths(prose, document, tree),
    ...brokenLinks(prose, document, tree),
    ...missingScripts(text, npmScripts),
  ];
}

/** Mentions of documents in a source file, `docs/page.md, "Bounces"` say, whose file or heading does not exist. */
export function staleMentions(source: string, tree: Tree): string[] {
  const mentions = source.matchAll(/((?:[\w-]+\/)+[\w-]+\.md)(?:, "([^"\n]+)")?/g);
  return [...mentions].flatMap(([, path = '', heading]) => {
    if (madePaths.test(path) || path.includes('NAME')) return [];
    const document = existing(path, '', tree);
    if (document === undefined) return [`${path} does not exist`];
    if (heading === undefined) return [];
    const text = tree.read(document);
    if (headingsOf(text).includes(heading) || leadsOf(text).includes(heading)) return [];
    return [`${path} has no heading "${heading}"`];
  });
}

/** Lines of prose that are too wide: not tables, pictures, code or an address. */
export function wideLines(text: string, columnsMax: number): string[] {
  return withoutFences(text)
    .split('\n')
    .filter((line) => line.length > columnsMax && !/^\s*(\||!\[|<|\s{4})/.test(line));
}

function missingPaths(prose: string, document: string, tree: Tree): string[] {
  const codes = [...prose.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
  // In a user's home a path may have spaces.
  const words = codes.filter((code) => !code.startsWith('~/')).flatMap((code) => code.split(/\s+/));
  return words
    .filter((word) => isPath(word) && !madePaths.test(word))
    .filter((word) => existing(word, document, tree) === undefined)
    .map((word) => `\`${word}\` does not exist`);
}

function isPath(word: string): boolean {
  if (!pathWord.test(word)) return false;
  return word.includes('/') ? /[a-z]{2}/.test(word) : sourceEndings.test(word);
}

/** The path in the tree that a document means: from the root, from its own folder, or the end of any path. */
function existing(word: string, document: string, tree: Tree): string | undefined {
  const path = word.replace(/\/$/, '');
  const beside = normalize(join(dirname(document), path));
  if (tree.paths.has(path)) return path;
  if (tree.paths.has(beside)) return beside;
  const tail = path.replace(/^(\.{1,2}\/)+/, '');
  const star = tail.indexOf('*');
  const matches = (candidate: string) =>
    star < 0
      ? candidate.endsWith(`/${tail}`)
      : `/${candidate}`.includes(`/${tail.slice(0, star)}`) && candidate.endsWith(tail.slice(star + 1));
  return [...tree.paths].find(matches);
}

function brokenLinks(prose: string, document: string, tree: Tree): string[] {
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .flatMap((target) => {
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? document : normalize(join(dirname(document), file)).replace(/\/$/, '');
      if (!tree.paths.has(path)) return [`the link to ${target} leads nowhere`];
      if (anchor === undefined || anchorsOf(tree.read(path)).includes(anchor)) return [];
      return [`the link to ${target} has no heading there`];
    });
}

function missingScripts(text: string, npmScripts: ReadonlySet<string>): string[] {
  return [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)]
    .filter(([, name = '']) => !npmScripts.has(name))
    .map(([, name]) => `there is no npm run ${name}`);
}

function headingsOf(text: string): string[] {
  return titles(withoutFences(text).matchAll(/^#+ (.+)$/gm));
}

/** Bold words at the beginning of a paragraph or a list's item, which name a passage as well as a heading does. */
function leadsOf(text: string): string[] {
  return titles(text.matchAll(/^(?:[-\d.]+ )?\*\*(.+?)\*\*/gm));
}

function titles(matches: Iterable<RegExpExecArray>): string[] {
  return [...matches].map(([, title = '']) => title.replace(/`/g, '').replace(/[.:]$/, ''));
}

/** Anchors as GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return headingsOf(text).map((title) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replace(/ /g, '-'),
  );
}

function withoutFences(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '');
}
