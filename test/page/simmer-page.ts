import type { BrowserContext, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import {
  type MonitorMessage,
  monitorMessageSchema,
  type SessionSnapshot,
  type TakeSummary,
} from '../../service/src/core/monitor.js';
import { type PageCommand, pageCommandSchema } from '../../service/src/core/page-commands.js';
import type { ServiceProcess } from '../support/service-process.js';
import { patienceMillis, type TestBrowser, type WatchedPage } from './browser.js';

export type Edit = Extract<PageCommand, { type: 'edit' }>;

/** What a function that runs in the page finds there. */
interface InPage {
  readonly MutationObserver: new (heard: () => void) => { observe(target: unknown, options: object): void };
}

/** The page of a running service in Chromium, with everything that went over its WebSocket. */
export class SimmerPage {
  readonly received: MonitorMessage[] = [];
  readonly sent: PageCommand[] = [];

  private constructor(readonly watched: WatchedPage) {
    watched.page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) =>
        this.received.push(monitorMessageSchema.parse(JSON.parse(String(payload)))),
      );
      socket.on('framesent', ({ payload }) => this.sent.push(pageCommandSchema.parse(JSON.parse(String(payload)))));
    });
  }

  static async open(browser: TestBrowser, service: ServiceProcess, context?: BrowserContext): Promise<SimmerPage> {
    const simmer = new SimmerPage(await browser.page(context));
    await simmer.page.goto(service.discovery.page);
    await simmer.page.getByText('Connected', { exact: true }).waitFor();
    return simmer;
  }

  get page(): Page {
    return this.watched.page;
  }

  /** Steps of gestures that this page has sent. */
  get edits(): Edit[] {
    return this.sent.filter((command) => command.type === 'edit');
  }

  /** The faceplate on view. */
  get instance(): Locator {
    return this.page.locator('article.session:visible');
  }

  knob(name: string): Locator {
    return this.instance.getByRole('slider', { name, exact: true });
  }

  /** What a knob says to those who do not see it. */
  async value(name: string): Promise<number> {
    return Number(await this.knob(name).getAttribute('aria-valuenow'));
  }

  /** Drags a knob upwards through so many pixels, and lets go. */
  async drag(name: string, pixels: readonly number[]): Promise<void> {
    const box = await this.knob(name).boundingBox();
    if (box === null) throw new Error(`${name} is not on view`);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const { mouse } = this.page;
    await mouse.move(x, y);
    await mouse.down();
    for (const up of pixels) await mouse.move(x, y - up);
    await mouse.up();
  }

  /** Writes down what a knob shows whenever that changes, from now on. */
  async watch(name: string): Promise<() => Promise<number[]>> {
    const seen = await this.knob(name).evaluateHandle((knob) => {
      const { MutationObserver } = globalThis as unknown as InPage;
      const values: number[] = [];
      const note = () => void values.push(Number(knob.getAttribute('aria-valuenow')));
      note();
      new MutationObserver(note).observe(knob, { attributes: true, attributeFilter: ['aria-valuenow'] });
      return values;
    });
    return () => seen.jsonValue();
  }

  /** Every lane that the page has received: what the draws used. */
  get evaluated(): number[] {
    return this.received.flatMap((message) => (message.type === 'lane' ? message.evaluated.values : []));
  }

  async until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
    await expect.poll(isSo, { message: what, timeout: patienceMillis, interval: 50 }).toBe(true);
  }

  /** Whether any host plays, as the page received it last. */
  isPlaying(): boolean {
    return this.snapshots.at(-1)?.some(({ playing }) => playing) === true;
  }

  async playing(): Promise<void> {
    await this.until('the host plays', () => this.isPlaying());
  }

  /** All takes of all instances that the page ever received. */
  get takes(): TakeSummary[] {
    return this.received.flatMap((message) => (message.type === 'takes' ? message.takes : []));
  }

  /** How often the page received the state of things: once a second at least, ten times at most. */
  get sessionMessageCount(): number {
    return this.snapshots.length;
  }

  /** All instances, as the page received it last. */
  get now(): readonly SessionSnapshot[] {
    return this.snapshots.at(-1) ?? [];
  }

  private get snapshots() {
    return this.received.flatMap((message) => (message.type === 'sessions' ? [message.sessions] : []));
  }
}
