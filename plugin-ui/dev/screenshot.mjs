// npm run screenshots: makes pictures of every state of the page in the system's Chromium, from invented instances.
//
//   npm run screenshots                       those of the documents, in docs/images/page
//   npm run screenshots -- out/page           every scene, dark and light, 360, 800 and 1600 wide
//   npm run screenshots -- out/page --scene hot,takes --width 360 --scheme dark
//
// Exit code 1 where anything was thrown, refused by the content security policy, asked for elsewhere, wider than the page,
// or where a picture of the documents is too large a file.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { runnerImport } from 'vite';
import { serveExample } from './serve-example.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scene: { type: 'string' },
    width: { type: 'string', default: '360,800,1600' },
    scheme: { type: 'string', default: 'dark,light' },
  },
});
const root = fileURLToPath(new URL('../..', import.meta.url));
const quiet = { configFile: false, root, logLevel: 'error' };
const { module: system } = await runnerImport(join(root, 'scripts/lib/chromium.ts'), quiet);
const { addresses } = await serveExample();

/** Pictures of the documents: scene, scheme, width. Every state once, both schemes, from a telephone to a wide screen. */
const documented = [
  ['empty', 'dark', 800],
  ['connected', 'light', 1200],
  ['hot', 'dark', 1600],
  ['hot', 'light', 360],
  ['cold-guide', 'light', 1600],
  ['pair', 'dark', 800],
  ['missing-service', 'dark', 800],
  ['missing-model', 'light', 800],
  ['export', 'dark', 1200],
  ['takes', 'dark', 1200],
  ['bounce', 'light', 1200],
  ['drawing', 'dark', 1200],
  ['hour', 'light', 1200],
];
/** A picture of a document may be so large: pages of documents are read over slow lines too. */
const documentBytesMax = 150_000;

const [folder] = positionals;
const wanted = (option, value) => option === undefined || option.split(',').includes(String(value));
const pictures =
  folder === undefined
    ? documented
    : Object.keys(addresses).flatMap((scene) =>
        values.width
          .split(',')
          .flatMap((width) => values.scheme.split(',').map((scheme) => [scene, scheme, Number(width)])),
      );
const target = folder ?? join(root, 'docs', 'images', 'page');
mkdirSync(target, { recursive: true });

/** What is done on the page before the picture is made. */
const actions = {
  drawing: async (page) => {
    await page.getByLabel('From', { exact: true }).fill('12');
    await page.getByLabel('To', { exact: true }).fill('34');
    await page.getByLabel('To', { exact: true }).press('Tab');
    await page.getByRole('button', { name: 'Draw a lane' }).click();
    await page.getByLabel('Curve to insert').selectOption('sine');
    await page.getByRole('button', { name: 'Next point' }).click();
  },
  'missing-service': (page) => page.getByText('The connection to Simmer is lost.').first().waitFor(),
};

let wrong = 0;
const complain = (...words) => {
  wrong += 1;
  console.log(...words);
};

async function picture(browser, scene, scheme, width) {
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 780 : 1000 },
    colorScheme: scheme,
    // Nothing is half on its way in a picture.
    reducedMotion: 'reduce',
  });
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => complain('thrown:', scene, error.stack ?? error.message));
    page.on('console', (message) => {
      // The scene without a service loses its link on purpose.
      if (message.type() === 'error' && !message.text().includes('WebSocket')) complain('log:', scene, message.text());
    });
    page.on('request', (request) => {
      if (!/^(blob:)?http:\/\/127\.0\.0\.1:/.test(request.url())) complain('asks elsewhere:', scene, request.url());
    });
    await page.goto(addresses[scene]);
    await page.getByRole('heading', { name: 'Models on this machine' }).waitFor();
    await actions[scene]?.(page);
    // Sound comes tile by tile, and spectrograms are made in a worker: it is still once nothing is drawn any more.
    await page.waitForLoadState('networkidle');
    await stillPicture(page);
    const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    if (tooWide > 0) complain('too wide by', tooWide, 'in', scene, width);
    const devtools = await context.newCDPSession(page);
    const { data } = await devtools.send('Page.captureScreenshot', {
      format: 'webp',
      quality: 82,
      captureBeyondViewport: true,
    });
    const bytes = Buffer.from(data, 'base64');
    if (folder === undefined && bytes.length > documentBytesMax) complain('too large:', scene, bytes.length);
    writeFileSync(join(target, `${scene}-${scheme}-${width}.webp`), bytes);
  } finally {
    await context.close();
  }
}

/** Waits until the spectrogram is as it was half a second ago, ten seconds at most. */
async function stillPicture(page) {
  let before;
  for (let looks = 0; looks < 20; looks += 1) {
    const now = await page.evaluate(
      `[...document.querySelectorAll('canvas.song-paper')].map((canvas) => canvas.toDataURL().length >> 9).join()`,
    );
    if (now === before) return;
    before = now;
    await page.waitForTimeout(500);
  }
}

const browser = await chromium.launch({ executablePath: system.chromiumProgram(), args: system.chromiumFlags });
try {
  for (const [scene, scheme, width] of pictures) {
    if (wanted(values.scene, scene)) await picture(browser, scene, scheme, width);
  }
} finally {
  await browser.close();
}
console.log(target);
process.exit(wrong > 0 ? 1 : 0);
