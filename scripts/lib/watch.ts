import { WebSocket } from 'ws';
import { monitorMessageSchema, type SessionSnapshot } from '../../service/src/core/monitor.js';

/** Everything a service's sessions counted while we watched, added up. */
export interface Counts {
  readonly underrunCount: number;
  readonly underrunFrameCount: number;
  readonly offlineMissFrameCount: number;
  readonly overflowCount: number;
  readonly gapFrameCount: number;
  readonly replacedValueCount: number;
  /** Seconds of audio drawn per second of inference, as last told. */
  readonly realTimeFactor: number;
}

export interface Watch {
  counts(): Counts;
  close(): void;
}

/** Watches a service as its page does, through the address it printed. */
export async function watchSessions(pageUrl: string): Promise<Watch> {
  const { origin, host } = new URL(pageUrl);
  const entered = await fetch(pageUrl, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')?.split(';')[0];
  if (cookie === undefined) throw new Error(`The page at ${origin} does not let us in (${entered.status}).`);
  const sessions = new Map<string, SessionSnapshot>();
  const socket = new WebSocket(`ws://${host}/feed`, { headers: { Origin: origin, Cookie: cookie } });
  socket.on('message', (data) => {
    const message = monitorMessageSchema.parse(JSON.parse(String(data)));
    if (message.type !== 'sessions') return;
    for (const session of message.sessions) {
      const before = sessions.get(session.id);
      const realTimeFactor = session.realTimeFactor || (before?.realTimeFactor ?? 0);
      sessions.set(session.id, { ...session, realTimeFactor });
    }
  });
  // The service may be killed under us: what was counted until then stands.
  socket.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('close', () => reject(new Error('The feed closed before it opened.')));
  });
  return {
    counts: () => {
      const all = [...sessions.values()];
      const sum = (of: (session: SessionSnapshot) => number) => all.reduce((total, session) => total + of(session), 0);
      return {
        underrunCount: sum((session) => session.underrunCount),
        underrunFrameCount: sum((session) => session.underrunFrameCount),
        offlineMissFrameCount: sum((session) => session.offlineMissFrameCount),
        overflowCount: sum((session) => session.overflowCount),
        gapFrameCount: sum((session) => session.gapFrameCount),
        replacedValueCount: sum((session) => session.replacedValueCount),
        realTimeFactor: all.findLast((session) => session.realTimeFactor > 0)?.realTimeFactor ?? 0,
      };
    },
    close: () => socket.close(),
  };
}
