import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';
import { type Command, allCommands as commands, root } from '../../scripts/lib/testing/stages.mjs';
import { commandsWanted } from '../../scripts/lib/testing/wish.mjs';

const notOurs = new Set(['.venv', 'target', 'node_modules', 'dist']);

/** Files below a folder whose path from the root matches. */
function filesBelow(folder: string, pattern: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : filesBelow(path, pattern);
    const name = relative(root, path).split(sep).join('/');
    return pattern.test(name) ? [name] : [];
  });
}

const [quick, full, all] = [[], ['--full'], ['--all']].map((args) => commandsWanted(args).commands) as [
  Command[],
  Command[],
  Command[],
];
const names = (some: readonly Command[]) => some.map(({ name }) => name);
const argsOf = (name: string) => commands.find((one) => one.name === name)?.args ?? [];

/** Vitest's files as it finds them, with the names of the projects they are in. */
function projectsOf(): Map<string, string[]> {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const said = execFileSync(process.execPath, [vitest, 'list', '--filesOnly', '--json'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const projects = new Map<string, string[]>();
  for (const { file, projectName } of JSON.parse(said) as { file: string; projectName: string }[]) {
    const name = relative(root, file).split(sep).join('/');
    projects.set(name, [...(projects.get(name) ?? []), projectName]);
  }
  return projects;
}

/** Every set of tags that a test may have: it cannot be in two tiers. */
const tagSets = [[], ['quick'], ['full']].flatMap((tags) => [tags, [...tags, 'offline']]);

/** Whether vitest runs a test with these tags for this filter: some tags that it has and some that it has not. */
function matches(filter: string, tags: readonly string[]): boolean {
  const terms = filter === '' ? [] : filter.split(' && ');
  return terms.every((term) => (term.startsWith('!') ? !tags.includes(term.slice(1)) : tags.includes(term)));
}

/** Whether these commands run every test of a project once, whatever its tags are. */
function isWhole(project: string, some: readonly Command[] = commands): boolean {
  const filters = some.filter((one) => one.project === project).map(({ filter = '' }) => filter);
  return tagSets.every((tags) => filters.filter((filter) => matches(filter, tags)).length === 1);
}

/** Files with tests that no tier runs, whole or in part. */
function outside(files: readonly string[], projects: ReadonlyMap<string, readonly string[]>): string[] {
  return files.filter((file) => {
    const own = projects.get(file) ?? [];
    return own.length === 0 || !own.every((project) => isWhole(project));
  });
}

test('every command is in one tier, and both tiers together are all of them', () => {
  const shared = names(quick).filter((name) => names(full).includes(name));
  // What is built is needed in both.
  expect(shared.map((name) => commands.find((one) => one.name === name)?.stage)).toEqual(shared.map(() => 'build'));
  expect(new Set([...names(quick), ...names(full)])).toEqual(new Set(names(commands)));
  expect(names(all)).toEqual(names(commands));
  expect(new Set(names(commands)).size).toBe(commands.length);
});

test('npm test needs neither PyTorch nor Ardour', () => {
  const needs = new Set(quick.flatMap((one) => one.needs));
  for (const large of ['python', 'ardour', 'second-hosts', 'shim']) expect(needs).not.toContain(large);
  expect(new Set(full.flatMap((one) => one.needs))).toContain('python');
});

test('every file of vitest is in a tier; control: one in no project, and one in a project that is run in part, are not', () => {
  const files = filesBelow(root, /\.(test|spec)\.[cm]?[jt]sx?$/);
  const projects = projectsOf();
  expect(files.length).toBeGreaterThan(90);
  expect(outside(files, projects)).toEqual([]);
  const lost = 'test/nowhere/lost.test.ts';
  expect(outside([...files, lost], projects)).toEqual([lost]);
  expect(outside(['a'], new Map([['a', ['unit', 'no such project']]]))).toEqual(['a']);
});

test('every test of a project runs once, whatever its tags are; control: without one of the commands it does not', () => {
  const parts = commands.filter(({ project }) => project === 'host');
  expect(parts.map(({ filter }) => filter)).toEqual(['quick', '!quick && offline', '!quick && !offline']);
  expect(isWhole('host', parts)).toBe(true);
  for (const left of parts) {
    const others = parts.filter((one) => one !== left);
    expect([isWhole('host', others), isWhole('host', [...parts, left])]).toEqual([false, false]);
  }
});

test('what plays against the clock runs alone', () => {
  const alone = commands.filter((one) => one.alone).map(({ name }) => name);
  const live = ['host quick live', 'host full live', 'page quick live', 'page full live', 'ardour full live'];
  expect(alone.sort()).toEqual(['cargo test live', 'second-host full live', ...live].sort());
});

test('every target of cargo is tested: those that it ignores by npm run test:full, all others by npm test', () => {
  const workspace = ['test', '--workspace', '--locked'];
  const [offline, live, documents] = ['offline', 'live', 'documents'].map((kind) => argsOf(`cargo test ${kind}`)) as [
    string[],
    string[],
    string[],
  ];
  for (const args of [offline, live, documents]) expect(args.slice(0, 3)).toEqual(workspace);
  expect(offline.slice(3, 5)).toEqual(['--lib', '--bins']);
  expect(documents.slice(3)).toEqual(['--doc']);
  const named = [...offline.slice(5), ...live.slice(3)].filter((arg) => arg !== '--test');
  const files = filesBelow(join(root, 'native-shim/crates'), /\/tests\/[^/]+\.rs$/);
  expect(named.sort()).toEqual([...new Set(files.map((file) => basename(file, '.rs')))].sort());
  expect(argsOf('cargo test ignored')).toEqual([...workspace, '--', '--ignored']);
  // A crate is tested where it is a member, and its targets where it does not say otherwise.
  const [, members = ''] =
    /^members = \[([^\]]*)\]/m.exec(readFileSync(join(root, 'native-shim/Cargo.toml'), 'utf8')) ?? [];
  const manifests = filesBelow(join(root, 'native-shim/crates'), /\/Cargo\.toml$/);
  expect(manifests.length).toBeGreaterThan(5);
  for (const manifest of manifests) {
    expect(members).toContain(`"${manifest.split('/').slice(1, -1).join('/')}"`);
    expect(readFileSync(join(root, manifest), 'utf8')).not.toMatch(
      /^\s*((auto)?(test|tests|doctest)\s*=\s*false|\[\[test\]\])/m,
    );
  }
});

test('every file of pytest is in its folder, all of which npm run test:full tests', () => {
  const files = filesBelow(root, /(^|\/)(test_[^/]*|[^/]*_test)\.py$/);
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((file) => !/^training\/tests\//.test(file))).toEqual([]);
  expect(readFileSync(join(root, 'training/pyproject.toml'), 'utf8')).toContain('testpaths = ["tests"]');
  const args = argsOf('pytest');
  expect(args.slice(0, 2)).toEqual(['-m', 'pytest']);
  // No file, no expression and no marker says that only some are run.
  expect(args.slice(2).filter((arg) => !/^(-q|--junitxml=.*)$/.test(arg))).toEqual([]);
});
