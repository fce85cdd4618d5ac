// Looks at the page with a headless Chromium and reports what its console said:
// `node plugin-ui/dev/screenshot.mjs <address> <folder> [milliseconds to wait] [chromium]`.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import WebSocket from 'ws';

const [address, folder = 'out/page', wait = '2500', program = 'chromium'] = process.argv.slice(2);
if (address === undefined) throw new Error('Say which address to look at.');
const views = [
  { name: 'wide-dark', width: 1280, height: 800, scheme: 'dark' },
  { name: 'wide-light', width: 1280, height: 800, scheme: 'light' },
  { name: 'narrow-dark', width: 480, height: 800, scheme: 'dark' },
  { name: 'narrow-light', width: 480, height: 800, scheme: 'light' },
];

mkdirSync(folder, { recursive: true });
const profile = mkdtempSync(join(tmpdir(), 'simmer-look-'));
const flags =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --remote-debugging-port=0';
const browser = spawn(program, [...flags.split(' '), `--user-data-dir=${profile}`, 'about:blank'], {
  stdio: ['ignore', 'ignore', 'pipe'],
});

try {
  const port = await new Promise((resolve, reject) => {
    let said = '';
    browser.once('error', reject);
    browser.stderr.on('data', (part) => {
      said += part;
      const found = /ws:\/\/127\.0\.0\.1:(\d+)/.exec(said);
      if (found !== null) resolve(found[1]);
    });
  });
  const targets = await (await fetch(`http://127.0.0.1:${port}/json`)).json();
  const target = targets.find(({ type }) => type === 'page');
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve) => socket.once('open', resolve));
  let last = 0;
  const send = (method, params = {}) =>
    new Promise((resolve) => {
      last += 1;
      const id = last;
      const hear = (data) => {
        const message = JSON.parse(data.toString());
        if (message.id !== id) return;
        socket.off('message', hear);
        resolve(message.result);
      };
      socket.on('message', hear);
      socket.send(JSON.stringify({ id, method, params }));
    });
  socket.on('message', (data) => {
    const { method, params } = JSON.parse(data.toString());
    if (method === 'Log.entryAdded') console.log('log:', params.entry.level, params.entry.text, params.entry.url ?? '');
    if (method === 'Runtime.exceptionThrown') console.log('thrown:', params.exceptionDetails.exception?.description);
    if (method === 'Network.requestWillBeSent')
      console.log('request:', params.request.url.replace(/token=.*/, 'token=…'));
  });
  for (const domain of ['Page', 'Log', 'Runtime', 'Network']) await send(`${domain}.enable`);
  await send('Emulation.setScrollbarsHidden', { hidden: true });
  for (const { name, width, height, scheme } of views) {
    await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
    await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    await send('Page.navigate', { url: address });
    await pause(Number(wait));
    const { result } = await send('Runtime.evaluate', {
      expression: 'document.documentElement.scrollWidth - innerWidth',
    });
    if (result.value !== 0) console.log('too wide by', result.value, 'in', name);
    const { data } = await send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: width < 600 });
    writeFileSync(join(folder, `${name}.png`), Buffer.from(data, 'base64'));
  }
  socket.close();
} finally {
  browser.kill();
  await new Promise((resolve) => browser.once('close', resolve));
  rmSync(profile, { recursive: true, force: true });
}
