import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMonitor } from '../../service/src/monitor/server.js';
import { FakeSessions } from '../service/monitor/examples.js';
import { ask } from '../service/monitor/support.js';

const pageRoot = join(import.meta.dirname, '../../plugin-ui');
let folder: string;
let html: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simmer-build-'));
  await build({ configFile: join(pageRoot, 'vite.config.ts'), logLevel: 'error', build: { outDir: folder } });
  html = await readFile(join(folder, 'index.html'), 'utf8');
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

describe('the built page', () => {
  it('has nothing inline that the content security policy would stop', () => {
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<base|javascript:/i);
    for (const [tag] of html.matchAll(/<script\b[^>]*>/g)) expect(tag).toContain(' src="./');
    expect([...html.matchAll(/<script\b[^>]*>([^<]*)<\/script>/g)].map(([, inside]) => inside)).toEqual(['']);
  });

  it('asks for nothing from anywhere else', async () => {
    expect(html).not.toMatch(/(?:src|href)="(?!\.\/)/);
    for (const file of await readdir(folder, { recursive: true })) {
      if (!file.endsWith('.css')) continue;
      const css = await readFile(join(folder, file), 'utf8');
      expect(css).not.toMatch(/@import|@font-face|https?:|data:/);
    }
  });

  it('is served whole by the service', async () => {
    const stop = new AbortController();
    const monitor = await startMonitor({
      observer: new FakeSessions(),
      models: () => [],
      version: '0',
      signal: stop.signal,
      pageFolder: folder,
    });
    const url = new URL(monitor.pageUrl);
    const entry = await ask(Number(url.port), { path: `${url.pathname}${url.search}` });
    const headers = [['Cookie', (entry.headers['set-cookie'] ?? '').split(';')[0] ?? '']] as const;
    const served = await ask(Number(url.port), { headers });
    expect(served.body).toBe(html);
    const linked = [...html.matchAll(/(?:src|href)="\.(\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(linked.length).toBeGreaterThanOrEqual(3);
    for (const path of linked) expect((await ask(Number(url.port), { path, headers })).status, path).toBe(200);
    await monitor.close();
  });
});

describe('the source of the page', () => {
  const rules: [what: string, pattern: RegExp, except: string[]][] = [
    ['sets markup', /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser/, []],
    [
      'owns a listener or a timer outside a scope',
      /addEventListener|setTimeout|setInterval/,
      // The gallery is made once and lives as long as its document: nothing of it is ever disposed of.
      [
        ...['comparison', 'player-bar', 'strip', 'transport'].map((name) => join('gallery', `${name}.ts`)),
        'ui/scope.ts',
      ],
    ],
    // A drawn lane, and nothing else.
    ['keeps anything in the browser', /localStorage|sessionStorage|document\.cookie|indexedDB/, ['ui/storage.ts']],
    ['takes more of the service than its vocabulary', /from '[^']*service\/src\/(?!core\/)/, []],
  ];

  it.each(rules)('nowhere %s', async (_what, pattern, except) => {
    const source = join(pageRoot, 'src');
    const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith('.ts'));
    expect(files.length).toBeGreaterThan(20);
    const found: string[] = [];
    for (const file of files) {
      if (pattern.test(await readFile(join(source, file), 'utf8'))) found.push(file);
    }
    expect(found.sort()).toEqual(except);
  });
});
