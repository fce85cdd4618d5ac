/** What the commands of the tests say of their results, file by file. */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { root } from './stages.mjs';

/** @typedef {{ file: string, seconds: number, passed: number, failed: number }} FileResult */

/** @param {import('./stages.mjs').Command} command @param {readonly string[]} lines what it said @returns {FileResult[]} */
export function readResults({ counted, results, cwd }, lines) {
  if (counted === 'cargo') {
    const sourceOf = (/** @type {string} */ program) => builtFrom(join(cwd, program));
    return cargoResults(lines, sourceOf);
  }
  if (results === undefined || !existsSync(results)) return [];
  const text = readFileSync(results, 'utf8');
  return counted === 'pytest' ? pytestResults(text, cwd) : JSON.parse(text);
}

/**
 * Cargo says which target it runs ("Running tests/waiting.rs (target/debug/deps/waiting-0c1)", "Doc-tests simmer_core")
 * and each target how it ended. The two come by different ways, but each in its order.
 *
 * @param {readonly string[]} lines
 * @param {(program: string) => string | undefined} sourceOf the path of the source that a program was built from
 * @returns {FileResult[]}
 */
export function cargoResults(lines, sourceOf) {
  const targets = lines.map((line) => cargoTarget(line, sourceOf)).filter((target) => target !== undefined);
  return lines
    .map((line) => /^test result: \w+\. (\d+) passed; (\d+) failed;.* finished in ([\d.]+)s/.exec(line))
    .filter((found) => found !== null)
    .map(([, passed, failed, seconds], place) => ({
      file: targets[place] ?? '?',
      seconds: Number(seconds),
      passed: Number(passed),
      failed: Number(failed),
    }))
    .filter(({ passed, failed }) => passed + failed > 0);
}

/** @param {string} line @param {(program: string) => string | undefined} sourceOf */
function cargoTarget(line, sourceOf) {
  const [, source, program] = /^\s+Running (?:unittests )?(\S+) \((.+)\)$/.exec(line) ?? [];
  // Several crates have a tests/playback.rs.
  return source === undefined ? /^\s+(Doc-tests \S+)$/.exec(line)?.[1] : (sourceOf(program) ?? source);
}

/** As cargo leaves it beside the program: "…/deps/waiting-0c1.d: crates/core/tests/waiting.rs …". @param {string} program */
function builtFrom(program) {
  const list = `${program.replace(/\.exe$/, '')}.d`;
  return existsSync(list) ? /^.*?\.d: (\S+)/.exec(readFileSync(list, 'utf8'))?.[1] : undefined;
}

/** @param {string} xml JUnit's @param {string} folder where pytest ran @returns {FileResult[]} */
export function pytestResults(xml, folder) {
  /** @type {Map<string, FileResult>} */
  const files = new Map();
  for (const [, attributes, inside] of xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)) {
    const attribute = (/** @type {string} */ name) => new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
    const module = `${attribute('classname').replaceAll('.', '/')}.py`;
    const file = relative(root, join(folder, module)).replaceAll(sep, '/');
    const { seconds, passed, failed } = files.get(file) ?? { seconds: 0, passed: 0, failed: 0 };
    const isFailed = /<(failure|error)\b/.test(inside ?? '');
    const isPassed = !isFailed && !/<skipped\b/.test(inside ?? '');
    files.set(file, {
      file,
      seconds: seconds + Number(attribute('time')),
      passed: passed + Number(isPassed),
      failed: failed + Number(isFailed),
    });
  }
  return [...files.values()];
}
