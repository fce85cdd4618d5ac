// Draws the cases in a headless Chromium: it loads a page from a server on loopback, which is told the hashes.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const page = `<!doctype html><title>kernel</title><script type="module">
import { drawCase } from '/draw-case.mjs';
const bytes = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
const tell = (text) => fetch('/told', { method: 'POST', body: text });
try {
  const kernel = await bytes('/kernel');
  const hashes = [];
  for (let place = 0; place < COUNT; place += 1) {
    const about = await (await fetch('/' + place + '/about.json')).json();
    const drawn = await drawCase(kernel, await bytes('/' + place + '/image.bin'), await bytes('/' + place + '/inputs.bin'), about);
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', drawn));
    hashes.push([...hash].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
  }
  await tell(JSON.stringify(hashes));
} catch (error) {
  await tell(JSON.stringify({ error: String(error) }));
}
</script>`;

// A shared memory is for pages of their own origin alone.
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
const timeoutMillis = 240_000;

/**
 * @param {string} program @param {string[]} jsFlags flags for V8 @param {string} kernel @param {string[]} cases
 * @returns {Promise<string[]>} a hash a case
 */
export async function runInChromium(program, jsFlags, kernel, cases) {
  const files = new Map([
    ['/', ['text/html', () => page.replace('COUNT', String(cases.length))]],
    ['/draw-case.mjs', ['text/javascript', () => readFileSync(join(import.meta.dirname, 'draw-case.mjs'))]],
    ['/kernel', ['application/wasm', () => readFileSync(kernel)]],
  ]);
  for (const [place, folder] of cases.entries()) {
    for (const name of ['about.json', 'image.bin', 'inputs.bin']) {
      files.set(`/${place}/${name}`, ['application/octet-stream', () => readFileSync(join(folder, name))]);
    }
  }
  const profile = mkdtempSync(join(tmpdir(), 'simmer-chromium-'));
  let browser;
  let server;
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('it said nothing for four minutes')), timeoutMillis);
      server = createServer((request, response) => {
        if (request.method === 'POST') {
          let told = '';
          request.on('data', (chunk) => {
            told += chunk;
          });
          request.on('end', () => {
            response.end();
            clearTimeout(timer);
            const said = JSON.parse(told);
            if (Array.isArray(said)) resolve(said);
            else reject(new Error(said.error));
          });
          return;
        }
        const [type, read] = files.get(request.url ?? '') ?? [];
        response.writeHead(read === undefined ? 404 : 200, { ...headers, 'Content-Type': type ?? 'text/plain' });
        response.end(read?.());
      });
      server.listen(0, '127.0.0.1', () => {
        const url = `http://127.0.0.1:${server.address().port}/`;
        const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
        flags.push(`--user-data-dir=${profile}`, ...(jsFlags.length > 0 ? [`--js-flags=${jsFlags.join(' ')}`] : []));
        // A group of its own: what the browser started ends with it, and writes to the profile no more.
        browser = spawn(program, [...flags, url], { stdio: 'ignore', detached: true });
        browser.on('error', reject);
        browser.on('exit', (code) => reject(new Error(`it ended with ${code}`)));
      });
    });
  } finally {
    browser?.removeAllListeners('exit');
    if (browser?.exitCode === null) {
      const gone = new Promise((resolve) => browser.once('exit', resolve));
      process.kill(-browser.pid, 'SIGKILL');
      await gone;
    }
    server?.closeAllConnections();
    server?.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
