import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';
import { type Command, allCommands as commands, root, tagFilter } from '../../scripts/lib/testing/stages.mjs';
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

/** The filters by which the tiers run a project; all of its tests, each once, where they are complements or one is none. */
const filtersOf = (project: string) =>
  commands.filter((one) => one.project === project).map(({ tier, filter }) => [tier, filter]);

function isWhole(project: string): boolean {
  const filters = JSON.stringify(filtersOf(project));
  const wholes = [
    [['quick', undefined]],
    [['full', undefined]],
    ...(['quick', 'full'] as const).map((own) =>
      (['quick', 'full'] as const).map((tier) => [tier, tagFilter(own, tier)]),
    ),
  ];
  return wholes.some((whole) => JSON.stringify(whole) === filters);
}

/** Files with tests that no tier runs, whole or in part. */
function outside(files: readonly string[], projects: ReadonlyMap<string, readonly string[]>): string[] {
  return files.filter((file) => {
    const own = projects.get(file) ?? [];
    return own.length === 0 || !own.every(isWhole);
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

test('the filters of two tiers leave nothing out', () => {
  expect(tagFilter('quick', 'quick')).toBe('!full');
  expect(tagFilter('quick', 'full')).toBe('full');
  expect(tagFilter('full', 'quick')).toBe('quick');
  expect(tagFilter('full', 'full')).toBe('!quick');
});

test('every target of cargo is tested: those that it ignores by npm run test:full, all others by npm test', () => {
  const workspace = ['test', '--workspace', '--locked'];
  expect(argsOf('cargo test')).toEqual(workspace);
  expect(argsOf('cargo test, ignored')).toEqual([...workspace, '--', '--ignored']);
  // A crate is tested where it is a member, and its targets where it does not say otherwise.
  const [, members = ''] =
    /^members = \[([^\]]*)\]/m.exec(readFileSync(join(root, 'native-shim/Cargo.toml'), 'utf8')) ?? [];
  const manifests = filesBelow(join(root, 'native-shim/crates'), /\/Cargo\.toml$/);
  expect(manifests.length).toBeGreaterThan(5);
  for (const manifest of manifests) {
    expect(members).toContain(`"${manifest.split('/').slice(1, -1).join('/')}"`);
    expect(readFileSync(join(root, manifest), 'utf8')).not.toMatch(/^\s*(auto)?(test|tests|doctest)\s*=\s*false/m);
  }
});

test('every file of pytest is in its folder, all of which npm run test:full tests', () => {
  const files = filesBelow(root, /(^|\/)(test_[^/]*|[^/]*_test)\.py$/);
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((file) => !/^training\/tests\/[^/]+$/.test(file))).toEqual([]);
  expect(readFileSync(join(root, 'training/pyproject.toml'), 'utf8')).toContain('testpaths = ["tests"]');
  const args = argsOf('pytest');
  expect(args.slice(0, 2)).toEqual(['-m', 'pytest']);
  // No file, no expression and no marker says that only some are run.
  expect(args.slice(2).filter((arg) => !/^(-q|--junitxml=.*)$/.test(arg))).toEqual([]);
});
