import { createRequire } from 'node:module';
import { GlobalFonts } from '@napi-rs/canvas';

/**
 * A bare machine has no fonts, so the pictures bring theirs: Inter (OFL), from its npm package. Its Latin file has no
 * arrow; the sheet draws that itself.
 */
const family = 'Inter';
const weights = [400, 600] as const;
export type Weight = (typeof weights)[number];

let loaded = false;

export function loadFonts(): void {
  if (loaded) return;
  const require = createRequire(import.meta.url);
  for (const weight of weights) {
    const file = require.resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.woff2`);
    if (GlobalFonts.registerFromPath(file, family) === null) throw new Error(`The font ${file} cannot be read.`);
  }
  loaded = true;
}

export const font = (pixels: number, weight: Weight = 400): string => `${weight} ${pixels}px "${family}"`;
