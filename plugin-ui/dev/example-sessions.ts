import type {
  Job,
  MonitorMessage,
  SessionSnapshot,
  StoreSnapshot,
  TakeSummary,
} from '../../service/src/core/monitor.js';
import type { PageCommand } from '../../service/src/core/page-commands.js';
import { parameterId } from '../../service/src/core/parameters.js';
import type { ExampleInstance, Scene } from './example-scenes.js';
import { type ExampleSound, exampleRateHz, exampleSound } from './example-sound.js';

const intervalSeconds = 0.1;

/** One invented instance that plays itself and does what the page asks of it. */
export class ExampleSession {
  snapshot: SessionSnapshot;
  takes: TakeSummary[];
  private seconds: number;
  private readonly sounds = new Map<string, ExampleSound>();

  constructor(readonly instance: ExampleInstance) {
    this.seconds = instance.startSeconds;
    this.takes = [...instance.takes];
    this.snapshot = { ...instance.base };
    this.place(this.seconds);
  }

  /** What a page that opens now receives of what was before. */
  past(): MonitorMessage[] {
    return [
      { type: 'takes', session: this.snapshot.id, takes: this.takes },
      { type: 'gaps', session: this.snapshot.id, gaps: this.instance.gaps.map(([from, to]) => [from, to]) },
      ...(this.instance.takes.length > 0 ? [this.lane(this.instance.loopSeconds[0], this.seconds)] : []),
      ...(this.instance.guided ? [this.guide(this.instance.loopSeconds[0], this.seconds)] : []),
    ];
  }

  advance(): MonitorMessage[] {
    const { speed, loopSeconds } = this.instance;
    if (speed === 0) return [];
    const from = this.seconds;
    const to = Math.min(loopSeconds[1], from + intervalSeconds * speed);
    const messages: MonitorMessage[] = [this.lane(from, to), ...(this.instance.guided ? [this.guide(from, to)] : [])];
    this.seconds = to >= loopSeconds[1] ? loopSeconds[0] : to;
    if (to >= loopSeconds[1]) this.snapshot = { ...this.snapshot, epoch: this.snapshot.epoch + 1 };
    this.place(to);
    return messages;
  }

  sound(take: string): ExampleSound | undefined {
    const known = this.takes.find(({ id }) => id === take);
    if (known === undefined) return undefined;
    const sound =
      this.sounds.get(take) ?? exampleSound(known.seed * 977 + Number.parseInt(take.slice(-4), 16), this.instance.lane);
    this.sounds.set(take, sound);
    return sound;
  }

  /** A parameter changes: by the page, or by automation. */
  set(parameter: number, value: number): void {
    const parameters = this.snapshot.parameters.map((known) =>
      known.id === parameter ? { id: known.id, value } : known,
    );
    this.snapshot = { ...this.snapshot, parameters };
    if (parameter === parameterId.guideAmount) this.snapshot = { ...this.snapshot, guideAmount: value };
  }

  laneValues(from: number, to: number, count: number): { frames: number[]; values: number[] } {
    const rate = this.snapshot.sampleRateHz;
    const frames = Array.from({ length: count }, (_, at) => Math.round(from + ((to - from) * at) / (count - 1)));
    return { frames, values: frames.map((frame) => Math.round(this.instance.lane(frame / rate) * 4096) / 4096) };
  }

  private place(seconds: number): void {
    const rate = this.snapshot.sampleRateHz;
    const ahead = this.instance.speed > 0 ? 0.22 : 0;
    const beat = Math.exp(-((seconds * 4) % 1) * 2.2);
    const temperature = this.instance.lane(seconds);
    this.snapshot = {
      ...this.snapshot,
      playheadFrame: Math.round(seconds * rate),
      renderedFrame: Math.round((seconds + ahead) * rate),
      offlineTargetFrame: Math.round((seconds + ahead + 0.4) * rate),
      temperatureDelivered: temperature,
      temperatureEvaluated: this.instance.lane(seconds + ahead),
      outputPeak: this.instance.speed > 0 ? 0.1 + 0.5 * beat : 0,
      guidePeak: this.instance.guided ? 0.14 + 0.2 * beat : 0,
    };
    const moving = this.instance.speed > 0 || this.instance.startSeconds > 0;
    if (moving) this.set(parameterId.temperature, temperature);
    if (this.instance.base.guideAmount > 0) this.set(parameterId.guideAmount, this.instance.base.guideAmount);
  }

  private lane(from: number, to: number): MonitorMessage {
    const rate = this.snapshot.sampleRateHz;
    const every = this.instance.sparse ? 2 : 0.1;
    const count = Math.max(2, Math.min(900, Math.ceil((to - from) / every) + 1));
    return {
      type: 'lane',
      session: this.snapshot.id,
      epoch: this.snapshot.epoch,
      delivered: this.laneValues(from * rate, to * rate, count),
      evaluated: this.laneValues(
        from * rate,
        (to + 0.2) * rate,
        Math.min(900, Math.max(3, Math.ceil((to - from) / 0.05))),
      ),
    };
  }

  private guide(from: number, to: number): MonitorMessage {
    const first = Math.floor((from * exampleRateHz) / 64);
    const count = Math.max(1, Math.floor((to * exampleRateHz) / 64) - first);
    const level = (pair: number) => {
      const seconds = ((pair * 64) / exampleRateHz) % 2.5;
      return Math.round(100 * Math.exp(-((seconds * 2) % 1.25) * 1.6) * (0.6 + 0.4 * Math.abs(Math.sin(pair * 1.7))));
    };
    const high = Array.from({ length: count }, (_, at) => level(first + at));
    return {
      type: 'guide',
      session: this.snapshot.id,
      firstStep: first * 64,
      low: high.map((value) => -value),
      high,
    };
  }
}

/** The invented service behind the page: what it says, and what it does when asked. */
export class ExampleService {
  readonly sessions: ExampleSession[];
  private jobs: Job[];
  private lastJob = 10;

  constructor(private readonly scene: Scene) {
    this.sessions = scene.instances.map((instance) => new ExampleSession(instance));
    // Made before anyone looks, so that a picture shows them.
    for (const session of this.sessions) for (const { id } of session.takes.slice(-7)) session.sound(id);
    this.jobs = [...scene.jobs];
  }

  get store(): StoreSnapshot {
    const troubled = this.scene.storeTrouble;
    return {
      bytes: 2_913_448_112,
      bytesMax: 4 * 2 ** 30,
      segmentCount: 41_206,
      damagedCount: troubled ? 1 : 0,
      failedWriteCount: troubled ? 12 : 0,
      trouble: troubled
        ? 'The disk is full (ENOSPC). Free some space; what is played meanwhile is drawn again later.'
        : '',
    };
  }

  views(): MonitorMessage {
    return {
      type: 'sessions',
      sessions: this.sessions.map(({ snapshot }) => snapshot),
      store: this.store,
      refused: '',
    };
  }

  greeting(): MonitorMessage[] {
    return [this.views(), ...this.sessions.flatMap((session) => session.past()), { type: 'jobs', jobs: this.jobs }];
  }

  advance(): MonitorMessage[] {
    const messages = this.sessions.flatMap((session) => session.advance());
    const before = this.jobs;
    this.jobs = this.jobs.map((job) => {
      if (job.state !== 'running' || this.scene.jobs.includes(job)) return job;
      const doneFrames = Math.min(job.totalFrames, job.doneFrames + 48_000);
      return doneFrames < job.totalFrames ? { ...job, doneFrames } : this.finished({ ...job, doneFrames });
    });
    const moved = this.jobs.some((job, at) => job !== before[at]);
    const takes = this.sessions.map(
      (session): MonitorMessage => ({ type: 'takes', session: session.snapshot.id, takes: session.takes }),
    );
    return [this.views(), ...messages, ...(moved ? [{ type: 'jobs', jobs: this.jobs } as const, ...takes] : [])];
  }

  receive(command: PageCommand): MonitorMessage[] {
    const answer = (fault: string, job: string | null = null): MonitorMessage => ({
      type: 'reply',
      id: command.id,
      fault,
      job,
    });
    if (command.type === 'cancel') {
      this.jobs = this.jobs.map((job) => (job.id === command.job ? { ...job, state: 'cancelled' } : job));
      return [answer(''), { type: 'jobs', jobs: this.jobs }];
    }
    if (command.type === 'choose-model') return [answer('In an example nothing can be chosen.')];
    if (command.type === 'reveal') return [answer('There is no file manager in an example. Open the folder yourself.')];
    const session = this.sessions.find(({ snapshot }) => snapshot.id === command.session);
    if (session === undefined) return [answer('This instance has been closed.')];
    const takesMessage = (): MonitorMessage => ({ type: 'takes', session: session.snapshot.id, takes: session.takes });
    const change = (take: string, changes: Partial<TakeSummary>): MonitorMessage[] => {
      session.takes = session.takes.map((known) => (known.id === take ? { ...known, ...changes } : known));
      return [answer(''), takesMessage()];
    };
    switch (command.type) {
      case 'edit':
        if (command.phase === 'perform') session.set(command.parameter, command.value);
        return [answer(''), { type: 'edited', session: command.session, id: command.id }];
      case 'name':
        return change(command.take, { name: command.name });
      case 'keep':
        return change(command.take, { kept: command.kept });
      case 'discard':
        return change(command.take, { discarded: true });
      case 'restore':
        return change(command.take, { discarded: false });
      case 'bounce':
      case 'draw-take': {
        this.lastJob += 1;
        const id = `j${this.lastJob}`;
        const kind = command.type === 'bounce' ? 'bounce' : 'take';
        const label = command.name === '' ? `${kind} ${this.lastJob}` : command.name;
        const totalFrames = command.toFrame - command.fromFrame;
        this.jobs = [
          ...this.jobs,
          {
            id,
            session: command.session,
            kind,
            label,
            state: 'running',
            doneFrames: 0,
            totalFrames,
            message: '',
            file: null,
            take: null,
          },
        ];
        this.wanted.set(id, command);
        return [answer('', id), { type: 'jobs', jobs: this.jobs }];
      }
    }
  }

  private readonly wanted = new Map<string, PageCommand>();

  private finished(job: Job): Job {
    const command = this.wanted.get(job.id);
    const session = this.sessions.find(({ snapshot }) => snapshot.id === job.session);
    if (command?.type !== 'draw-take' || session === undefined) {
      const name = `${job.label}.wav`;
      const url = `/jobs/${job.id}/${encodeURIComponent(name)}`;
      return {
        ...job,
        state: 'done',
        file: { name, folder: '/home/ada/Music/Simmer', url, bytes: job.totalFrames * 4 },
      };
    }
    const take = `00000000000001${(16 + this.lastJob).toString(16)}`;
    const step = (frame: number) => Math.round((frame * exampleRateHz) / session.snapshot.sampleRateHz);
    const values = command.lane.map(({ value }) => value);
    session.takes = [
      ...session.takes,
      {
        id: take,
        name: command.name,
        seed: command.seed,
        parent: null,
        rootStep: step(command.fromFrame),
        firstStep: step(command.fromFrame),
        endStep: step(command.toFrame),
        kept: false,
        discarded: false,
        current: false,
        drawn: true,
        model: session.snapshot.model,
        temperature: [Math.min(...values), values[0] ?? 1, Math.max(...values)],
      },
    ];
    return { ...job, state: 'done', take };
  }
}
