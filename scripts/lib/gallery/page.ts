import { join } from 'node:path';
import { build } from 'vite';
import type { Gallery } from '../../../plugin-ui/src/gallery/data.js';
import { repository } from '../folders.js';

/**
 * The page with its script, its style and its data inside it: a browser that opens it from a folder loads no script
 * from beside it. What it plays and shows lies beside it.
 */
export async function galleryPage(gallery: Gallery): Promise<string> {
  const { script, style } = await bundle();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>Simmer: experiments</title>
<style>${style.replaceAll('</', '<\\/')}</style>
</head>
<body>
<div id="page"><noscript>The gallery needs JavaScript.</noscript></div>
<script type="application/json" id="gallery-data">${JSON.stringify(gallery).replaceAll('<', '\\u003c')}</script>
<script>${script.replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`;
}

async function bundle(): Promise<{ script: string; style: string }> {
  const root = join(repository, 'plugin-ui');
  const built = await build({
    configFile: false,
    root,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: join(root, 'src', 'gallery', 'main.ts'), formats: ['iife'], name: 'gallery', fileName: 'gallery' },
    },
  });
  const files = [built].flat().flatMap((result) => ('output' in result ? result.output : []));
  const script = files.find((file) => file.type === 'chunk')?.code;
  const style = files.find((file) => file.type === 'asset' && file.fileName.endsWith('.css'));
  if (script === undefined || style?.type !== 'asset') throw new Error('The script of the gallery was not built.');
  return { script, style: `${style.source}` };
}
