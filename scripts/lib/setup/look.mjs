import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { SetupFailure } from './missing.mjs';
import { ask } from './run.mjs';

const nodeMajorMin = 20;

export function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= nodeMajorMin) return;
  throw new SetupFailure(
    `Node ${process.versions.node} is too old: install Node ${nodeMajorMin} or newer (https://nodejs.org).`,
  );
}

/**
 * Fails where a folder's disk has too little room, before an installation fills it.
 *
 * @param {string} folder @param {number} gigabytes what the installation takes at its peak
 * @param {string} what
 */
export function checkSpace(folder, gigabytes, what) {
  const { bavail, bsize } = statfsSync(folder);
  const free = (bavail * bsize) / 1e9;
  if (free >= gigabytes) return;
  throw new SetupFailure(
    `${what} needs ${gigabytes} GB while it is installed, and the disk of ${folder} has ${free.toFixed(1)} GB free: make room, and run this again.`,
  );
}

/** Whether node_modules lacks a package of package-lock.json, or has another version of it. @param {string} root */
export function npmPackagesMissing(root) {
  const installedPath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return true;
  const installed = JSON.parse(readFileSync(installedPath, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).some(([path, { version, optional, link }]) => {
    if (path === '' || link) return false;
    const found = installed[path];
    // Packages for other platforms stay away.
    return found === undefined ? !optional : found.version !== version;
  });
}

/** Whether training/.venv lacks a package of training/requirements.txt, or has another version. @param {string} root */
export function pythonMissing(root) {
  const installed = ask(join(root, 'training', '.venv', 'bin', 'python'), [
    '-m',
    'pip',
    'list',
    '--format=freeze',
    '--disable-pip-version-check',
  ]);
  if (installed === undefined) return true;
  // A local version (2.15.0+cpu) is the same release.
  const found = new Set(installed.split('\n').map((line) => line.replace(/\+.*$/, '').toLowerCase()));
  const wanted = readFileSync(join(root, 'training', 'requirements.txt'), 'utf8').split('\n');
  return wanted.some((line) => /^[\w.-]+==/.test(line) && !found.has(line.trim().toLowerCase()));
}

/** [major, minor] of what a program calls its version. @param {string | undefined} text @returns {[number, number] | undefined} */
export function versionIn(text) {
  const found = /(\d+)\.(\d+)/.exec(text ?? '');
  return found ? [Number(found[1]), Number(found[2])] : undefined;
}

/** @param {[number, number]} version @param {[number, number]} least */
export function atLeast([major, minor], [leastMajor, leastMinor]) {
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}
