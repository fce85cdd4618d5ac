import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { chromiumFlags, chromiumProgram } from '../../scripts/lib/chromium.js';
import { repository } from '../../scripts/lib/folders.js';

/** Where failures leave what the page showed. */
const failuresFolder = join(repository, 'out', 'page-failures');

/** How long anything may take that a page is waited for; nothing here is timed, and a busy machine may be slow. */
export const patienceMillis = 40_000;

/** One browser of a test file; every `context` is a person with cookies and storage of their own, and goes with its test. */
export class TestBrowser {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(args: readonly string[] = []): Promise<TestBrowser> {
    const all = [...chromiumFlags, ...args];
    return new TestBrowser(
      await chromium.launch({ executablePath: chromiumProgram(), args: all, timeout: patienceMillis }),
    );
  }

  async context(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    context.setDefaultTimeout(patienceMillis);
    onTestFinished(() => context.close());
    return context;
  }

  /** A page that tells, when its test fails, what it showed and what its console said. */
  async page(context?: BrowserContext): Promise<WatchedPage> {
    const page = await (context ?? (await this.context())).newPage();
    return new WatchedPage(page);
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

let failures = 0;

export class WatchedPage {
  /** What its console and its errors said. */
  readonly said: string[] = [];
  /** What was thrown, and what the content security policy refused. */
  readonly wrong: string[] = [];

  constructor(readonly page: Page) {
    page.on('console', (message) => {
      this.said.push(`${message.type()}: ${message.text()}`);
      if (/content security policy/i.test(message.text())) this.wrong.push(message.text());
    });
    page.on('pageerror', (error) => {
      this.said.push(`thrown: ${error.stack ?? error.message}`);
      this.wrong.push(`thrown: ${error.message}`);
    });
    page.on('crash', () => this.wrong.push('the page crashed'));
    // These run in reverse order: the picture is taken before whatever the test has opened goes.
    onTestFinished(async ({ task }) => {
      if (task.result?.state === 'fail') await this.#tell(task.name);
    });
  }

  async #tell(test: string): Promise<void> {
    console.log(`What the page said in "${test}":\n${this.said.slice(-40).join('\n') || '(nothing)'}`);
    if (this.page.isClosed()) return;
    mkdirSync(failuresFolder, { recursive: true });
    failures += 1;
    const name = `${test.replace(/[^a-z0-9]+/gi, '-').slice(0, 60)}-${process.pid}-${failures}.png`;
    const path = join(failuresFolder, name);
    const made = await this.page.screenshot({ path, timeout: 10_000 }).catch((thrown: unknown) => String(thrown));
    console.log(typeof made === 'string' ? `No picture of it: ${made}` : `What it showed: ${path}`);
    const text = await this.page
      .locator('body')
      .innerText({ timeout: 5_000 })
      .catch(() => '(nothing)');
    console.log(text.slice(0, 4_000));
  }
}
