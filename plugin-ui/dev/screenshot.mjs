// Makes a picture of every state of the page in a headless Chromium, and reports what its console said:
// `node plugin-ui/dev/screenshot.mjs <folder> [--scene hot,takes] [--width 360,1600] [--scheme dark] [--chromium path]`.
// It serves the page itself (serve-example.mjs). Exit code 1 where anything was thrown, refused or too wide.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Devtools } from './devtools.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scene: { type: 'string' },
    width: { type: 'string', default: '360,800,1600' },
    scheme: { type: 'string', default: 'dark,light' },
    wait: { type: 'string', default: '4200' },
    chromium: { type: 'string', default: 'chromium' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('Say which folder the pictures go to.');
mkdirSync(folder, { recursive: true });

const server = spawn(process.execPath, [fileURLToPath(new URL('./serve-example.mjs', import.meta.url))], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const addresses = await new Promise((resolve, reject) => {
  let said = '';
  server.once('exit', () => reject(new Error('The example did not start.')));
  server.stdout.on('data', (part) => {
    said += part;
    const lines = said.trim().split('\n');
    if (said.includes('/hour/')) resolve(lines);
  });
});
const profile = mkdtempSync(join(tmpdir(), 'simmer-look-'));
const flags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--hide-scrollbars'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--remote-debugging-port=0'],
];
const browser = spawn(values.chromium, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
  stdio: ['ignore', 'ignore', 'pipe'],
});
let wrong = 0;

/** What a hand has done before the picture is made. */
const acts = {
  drawing: `
    const choose = (field, value) => {
      field.value = value;
      field.dispatchEvent(new Event('change', { bubbles: true }));
    };
    choose(document.querySelector('[id^=bounce-from]'), '12');
    choose(document.querySelector('[id^=bounce-to]'), '34');
    [...document.querySelectorAll('button')].find((button) => button.textContent === 'Draw a lane').click();
    choose(document.querySelector('.drawing-tools select'), 'sine');
    document.querySelector('[aria-label="Next point"]').click();`,
};

try {
  const page = await Devtools.connect(browser);
  const complain = (...words) => {
    wrong += 1;
    console.log(...words);
  };
  page.on('Log.entryAdded', ({ entry }) => {
    // The scene without a service loses its link on purpose.
    if (!entry.text.includes('WebSocket')) complain('log:', entry.level, entry.text, entry.url ?? '');
  });
  page.on('Runtime.exceptionThrown', ({ exceptionDetails }) =>
    complain('thrown:', exceptionDetails.exception?.description),
  );
  page.on('Network.requestWillBeSent', ({ request }) => {
    if (!/^(blob:)?http:\/\/127\.0\.0\.1:/.test(request.url)) complain('asks elsewhere:', request.url);
  });
  for (const domain of ['Page', 'Log', 'Runtime', 'Network']) await page.send(`${domain}.enable`);
  const wanted = values.scene?.split(',');
  for (const address of addresses) {
    const scene = new URL(address).pathname.replaceAll('/', '');
    if (wanted !== undefined && !wanted.includes(scene)) continue;
    for (const width of values.width.split(',').map(Number)) {
      for (const scheme of values.scheme.split(',')) {
        const height = width < 600 ? 780 : 1000;
        await page.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
        await page.send('Emulation.setEmulatedMedia', {
          features: [{ name: 'prefers-color-scheme', value: scheme }],
        });
        // A lane that was drawn in one scene is not to be seen in the next.
        await page.send('Storage.clearDataForOrigin', {
          origin: new URL(address).origin,
          storageTypes: 'local_storage',
        });
        await page.send('Page.navigate', { url: address });
        await pause(Number(values.wait) / 2);
        if (acts[scene] !== undefined) {
          const { exceptionDetails } = await page.send('Runtime.evaluate', { expression: `{${acts[scene]}}` });
          if (exceptionDetails !== undefined) complain('cannot act:', exceptionDetails.exception?.description);
        }
        await pause(Number(values.wait) / 2);
        const { result } = await page.send('Runtime.evaluate', {
          expression: 'document.documentElement.scrollWidth - innerWidth',
        });
        if (result.value > 0) complain('too wide by', result.value, 'in', scene, width);
        const { data } = await page.send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true });
        writeFileSync(join(folder, `${scene}-${scheme}-${width}.png`), Buffer.from(data, 'base64'));
      }
    }
  }
} finally {
  server.kill();
  browser.kill();
  await new Promise((resolve) => browser.once('close', resolve));
  rmSync(profile, { recursive: true, force: true });
}
process.exitCode = wrong > 0 ? 1 : 0;
