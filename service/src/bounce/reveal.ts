import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { Failure } from '../core/failure.js';

/** The program that shows `path` in the system's file manager, and its arguments: no shell reads them. */
export function revealCommand(path: string, platform: NodeJS.Platform): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open', '-R', path];
  if (platform === 'win32') return ['explorer.exe', `/select,${path}`];
  return ['xdg-open', dirname(path)];
}

/** Shows a file in the system's file manager. @throws Failure `unavailable` where there is none */
export function reveal(path: string, platform: NodeJS.Platform = process.platform): Promise<void> {
  const [command, ...args] = revealCommand(path, platform);
  return new Promise((resolve, reject) => {
    const program = spawn(command, args, { stdio: 'ignore', detached: true });
    program.once('spawn', () => {
      program.unref();
      resolve();
    });
    program.once('error', (cause) => {
      reject(new Failure('unavailable', `No file manager answers (${command}). The file is ${path}`, cause));
    });
  });
}
