import type { WebSocket } from 'ws';
import type { MissedStretch } from '../core/events.js';
import type { ModelCard, MonitorMessage, StoreSnapshot } from '../core/monitor.js';
import { monitorProtocol } from '../core/monitor.js';
import type { SessionObserver } from '../session/observe.js';
import { LaneHistory } from './lane-history.js';
import type { MonitorLimits } from './limits.js';
import type { PageActions } from './page-actions.js';
import type { PageJobs } from './page-jobs.js';
import { PageReader } from './page-reader.js';

export interface FeedOptions {
  readonly observer: SessionObserver;
  readonly actions: PageActions;
  readonly jobs: PageJobs;
  readonly models: () => readonly ModelCard[];
  readonly version: string;
  readonly store?: (() => StoreSnapshot) | undefined;
  /** What a plugin is refused for that cannot open a session; undefined: nobody asks. */
  readonly refused?: (() => string) | undefined;
  readonly pid: number;
  readonly limits: MonitorLimits;
  /** By which pages come back to the next service. */
  readonly comeBackKey?: string;
}

/** RFC 6455 close codes. */
const closeCode = { goingAway: 1001, policy: 1008, internal: 1011 } as const;
const unreadable = 'the sessions could not be read';
const nothingStored: StoreSnapshot = {
  bytes: 0,
  bytesMax: 0,
  segmentCount: 0,
  damagedCount: 0,
  failedWriteCount: 0,
  trouble: '',
};

/**
 * One reader of the sessions for all open pages. It never waits for a page: one that does not keep up, does not
 * answer or says what no page of ours says is dropped, and opens a new connection when it can.
 */
export class Feed {
  private readonly clients = new Set<WebSocket>();
  private readonly unanswered = new Set<WebSocket>();
  private readonly history: LaneHistory;
  private readonly pending: LaneHistory;
  private helloText = '';
  private readonly unsubscribe: readonly (() => void)[];
  private sessionsText = '';
  /** By session, which version of its takes and its gaps the pages know. */
  private takesSent: ReadonlyMap<string, number> = new Map();
  private gapsSent: ReadonlyMap<string, number> = new Map();
  private jobsSent = 0;
  private takesSentAtMillis = Number.NEGATIVE_INFINITY;
  private broadcastAtMillis = 0;
  private ticker: NodeJS.Timeout | undefined;
  private pinger: NodeJS.Timeout | undefined;

  constructor(private readonly options: FeedOptions) {
    const { limits, observer } = options;
    this.history = new LaneHistory(limits);
    this.pending = new LaneHistory(limits);
    this.unsubscribe = [
      observer.onLane((stretch) => {
        this.history.add(stretch);
        if (this.clients.size > 0) this.pending.add(stretch);
      }),
      // What was heard while no page was open is asked for over HTTP.
      observer.onSound((stretch) => {
        if (this.clients.size > 0) this.broadcast(encode(stretch));
      }),
    ];
  }

  get full(): boolean {
    return this.clients.size >= this.options.limits.feedClientsMax;
  }

  connect(client: WebSocket): void {
    client.on('error', () => client.terminate());
    const reader = new PageReader(this.options.actions, this.options.limits, (message) =>
      this.send(client, encode(message)),
    );
    client.on('close', () => {
      this.forget(client);
      reader.close();
    });
    client.on('pong', () => this.unanswered.delete(client));
    client.on('message', (data, isBinary) => {
      if (isBinary || !reader.read(String(data))) client.close(closeCode.policy, 'not a command of the page');
    });
    // Whatever came since the last tick goes first to those who know what was before it.
    const readable = this.clients.size > 0 ? this.tick() : this.readSessions();
    this.clients.add(client);
    this.start();
    if (!readable) {
      client.close(closeCode.internal, unreadable);
      return;
    }
    this.send(client, this.helloText);
    this.send(client, this.sessionsText);
    for (const stretch of this.history.all()) this.send(client, encode({ type: 'lane', ...stretch }));
    for (const { session, all } of this.options.observer.takes()) {
      this.send(client, encode({ type: 'takes', session, takes: [...all()] }));
    }
    for (const { session, all } of this.options.observer.gaps()) this.send(client, gapsMessage(session, all));
    const { all: jobs } = this.options.jobs;
    if (jobs.length > 0) this.send(client, encode({ type: 'jobs', jobs: [...jobs] }));
  }

  async close(): Promise<void> {
    for (const stop of this.unsubscribe) stop();
    this.stop();
    const clients = [...this.clients];
    for (const client of clients) client.close(closeCode.goingAway, 'the service is closing');
    const closed = Promise.all(clients.map((client) => new Promise((resolve) => client.once('close', resolve))));
    const grace = setTimeout(() => {
      for (const client of clients) client.terminate();
    }, this.options.limits.closeGraceMillis);
    await closed;
    clearTimeout(grace);
  }

  private tick(): boolean {
    const before = this.sessionsText;
    const helloBefore = this.helloText;
    if (!this.readSessions()) return false;
    if (this.helloText !== helloBefore) this.broadcast(this.helloText);
    const now = performance.now();
    if (this.sessionsText !== before || now - this.broadcastAtMillis >= this.options.limits.aliveIntervalMillis) {
      this.broadcastAtMillis = now;
      this.broadcast(this.sessionsText);
    }
    for (const stretch of this.pending.all()) this.broadcast(encode({ type: 'lane', ...stretch }));
    this.pending.clear();
    this.tellTakes(now);
    this.tellGaps();
    this.tellJobs();
    return true;
  }

  /** The page must never take the service down: if the sessions cannot be read, the pages get to know and come back. */
  private readSessions(): boolean {
    try {
      const sessions = [...this.options.observer.snapshots()];
      this.history.retain(new Set(sessions.map((session) => session.id)));
      const { version, pid, models, comeBackKey } = this.options;
      const known = comeBackKey === undefined ? {} : { comeBackKey };
      const hello: MonitorMessage = {
        type: 'hello',
        protocol: monitorProtocol,
        version,
        pid,
        models: [...models()],
        ...known,
      };
      this.helloText = encode(hello);
      const store = this.options.store?.() ?? nothingStored;
      this.sessionsText = encode({ type: 'sessions', sessions, store, refused: this.options.refused?.() ?? '' });
      return true;
    } catch {
      for (const client of this.clients) client.close(closeCode.internal, unreadable);
      return false;
    }
  }

  /** A take that is being drawn grows all the time: it is sent less often than the rest. */
  private tellTakes(nowMillis: number): void {
    if (nowMillis - this.takesSentAtMillis < this.options.limits.takesIntervalMillis) return;
    this.takesSentAtMillis = nowMillis;
    const sent = new Map<string, number>();
    for (const { session, version, all } of this.options.observer.takes()) {
      sent.set(session, version);
      if (this.takesSent.get(session) !== version) {
        this.broadcast(encode({ type: 'takes', session, takes: [...all()] }));
      }
    }
    this.takesSent = sent;
  }

  private tellGaps(): void {
    const sent = new Map<string, number>();
    for (const { session, version, all } of this.options.observer.gaps()) {
      sent.set(session, version);
      if (this.gapsSent.get(session) !== version) this.broadcast(gapsMessage(session, all));
    }
    this.gapsSent = sent;
  }

  private tellJobs(): void {
    const { jobs } = this.options;
    if (this.jobsSent === jobs.version) return;
    this.jobsSent = jobs.version;
    this.broadcast(encode({ type: 'jobs', jobs: [...jobs.all] }));
  }

  private broadcast(text: string): void {
    for (const client of this.clients) this.send(client, text);
  }

  private send(client: WebSocket, text: string): void {
    if (client.readyState !== client.OPEN) return;
    if (client.bufferedAmount > this.options.limits.bufferedBytesMax) {
      client.terminate();
      return;
    }
    client.send(text);
  }

  private ping(): void {
    for (const client of this.clients) {
      if (this.unanswered.has(client)) {
        client.terminate();
        continue;
      }
      this.unanswered.add(client);
      if (client.readyState === client.OPEN) client.ping();
    }
  }

  private forget(client: WebSocket): void {
    this.clients.delete(client);
    this.unanswered.delete(client);
    if (this.clients.size === 0) this.stop();
  }

  private start(): void {
    if (this.ticker === undefined) this.broadcastAtMillis = performance.now();
    this.ticker ??= setInterval(() => this.tick(), this.options.limits.snapshotIntervalMillis);
    this.pinger ??= setInterval(() => this.ping(), this.options.limits.pingIntervalMillis);
  }

  private stop(): void {
    clearInterval(this.ticker);
    clearInterval(this.pinger);
    this.ticker = undefined;
    this.pinger = undefined;
    this.pending.clear();
  }
}

function gapsMessage(session: string, gaps: readonly MissedStretch[]): string {
  return encode({ type: 'gaps', session, gaps: gaps.map(({ fromFrame, toFrame }) => [fromFrame, toFrame]) });
}

/** JSON knows no infinity and no NaN and would say null, which no page accepts: the nearest number is said instead. */
function encode(message: MonitorMessage): string {
  return JSON.stringify(message, (_key, value: unknown) => {
    if (typeof value !== 'number' || Number.isFinite(value)) return value;
    if (Number.isNaN(value)) return 0;
    return value > 0 ? Number.MAX_VALUE : -Number.MAX_VALUE;
  });
}
