import { el } from './dom.js';
import type { Scope } from './scope.js';

export type ChosenFile = { readonly bytes: Uint8Array } | { readonly fault: string };

/** Lets a person choose a file, and reads it. */
export function choosing(scope: Scope, accept: string, bytesMax: number, done: (outcome: ChosenFile) => void): void {
  const input = el('input', { type: 'file', accept });
  scope.on(input, 'change', () => {
    const file = input.files?.[0];
    if (file === undefined) return;
    if (file.size > bytesMax) return done({ fault: `${file.name} is larger than ${bytesMax / 2 ** 20} MiB.` });
    file.arrayBuffer().then(
      (buffer) => done({ bytes: new Uint8Array(buffer) }),
      () => done({ fault: `${file.name} could not be read.` }),
    );
  });
  input.click();
}

/** Offers a text as a file to be saved. */
export function saveText(scope: Scope, name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = el('a', { href: url, download: name });
  link.click();
  scope.after(10_000, () => URL.revokeObjectURL(url));
}
