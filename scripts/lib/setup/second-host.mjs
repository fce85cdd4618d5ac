import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, runVisibly } from './run.mjs';

/** Where the hosts that are Python packages live. @param {string} root */
const folderOf = (root) => join(root, 'scripts', 'second-host');

/** Makes scripts/second-host/.venv, or what it lacks of the requirements. @param {string} root */
export async function setUpSecondHosts(root) {
  const folder = folderOf(root);
  const requirements = join(folder, 'requirements.txt');
  const python = join(folder, '.venv', 'bin', 'python');
  if (!packagesMissing(python, requirements)) return;
  if (!existsSync(python)) {
    await runVisibly('Making scripts/second-host/.venv', 'python3', ['-m', 'venv', join(folder, '.venv')], root);
  }
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:'];
  await runVisibly(
    'Installing scripts/second-host/requirements.txt, hosts for the tests, into its .venv',
    python,
    [...install, '--require-hashes', '-r', requirements],
    root,
  );
}

/** Whether a package is missing or has another version. @param {string} python @param {string} requirements */
function packagesMissing(python, requirements) {
  const installed = ask(python, ['-m', 'pip', 'list', '--format=freeze', '--disable-pip-version-check']);
  if (installed === undefined) return true;
  const found = new Set(installed.toLowerCase().split('\n'));
  const wanted = [...readFileSync(requirements, 'utf8').matchAll(/^([\w.-]+==[\w.]+)/gm)];
  return wanted.some(([, name = '']) => !found.has(name.toLowerCase()));
}
