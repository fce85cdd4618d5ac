import type { Fetch } from '../sound/peaks.js';
import { amplitudesOf, channelOf, fetchSteps } from '../sound/steps.js';
import type { Scope } from '../ui/scope.js';

/** One piece of audio is fetched, decoded and handed over at once; the next is fetched while it plays. */
const pieceSeconds = 4;
const fadeSeconds = 0.012;

export interface PlayRequest {
  readonly session: string;
  readonly take: string;
  readonly rateHz: number;
  readonly fromStep: number;
  readonly endStep: number;
}

export interface PlayerOptions {
  readonly scope: Scope;
  readonly fetch: Fetch;
  readonly context: () => AudioContext;
  /** Where it is, in steps; undefined: it has stopped. Called while it plays, some ten times a second. */
  readonly onPlace: (step: number | undefined, take: string) => void;
  readonly onFault: (text: string) => void;
}

interface Playing {
  readonly what: PlayRequest;
  readonly gain: GainNode;
  readonly stop: AbortController;
  /** Context time at which step `what.fromStep` sounds; undefined until the first piece is there. */
  startedAt: number | undefined;
}

/** Plays takes on the page itself, without the host. */
export class Player {
  private playing: Playing | undefined;
  private ticking = false;

  constructor(private readonly options: PlayerOptions) {
    options.scope.add(() => this.stop());
  }

  get take(): string | undefined {
    return this.playing?.what.take;
  }

  /** Another take from where the one that plays has come to, if one plays: to compare. */
  play(what: PlayRequest): void {
    const place = this.place();
    const inside = place !== undefined && place >= what.fromStep && place < what.endStep;
    this.halt();
    const context = this.options.context();
    void context.resume();
    const gain = context.createGain();
    gain.gain.setValueAtTime(0, context.currentTime);
    gain.gain.linearRampToValueAtTime(1, context.currentTime + fadeSeconds);
    gain.connect(context.destination);
    const from = inside && place !== undefined ? Math.floor(place) : what.fromStep;
    const playing: Playing = {
      what: { ...what, fromStep: from },
      gain,
      stop: new AbortController(),
      startedAt: undefined,
    };
    this.playing = playing;
    this.options.onPlace(from, what.take);
    void this.feed(playing);
    if (!this.ticking) this.tick();
  }

  stop(): void {
    const was = this.playing?.what.take;
    this.halt();
    if (was !== undefined) this.options.onPlace(undefined, was);
  }

  private place(): number | undefined {
    const { playing } = this;
    if (playing?.startedAt === undefined) return playing?.what.fromStep;
    const elapsed = Math.max(0, this.options.context().currentTime - playing.startedAt);
    return Math.min(playing.what.endStep, playing.what.fromStep + elapsed * playing.what.rateHz);
  }

  private halt(): void {
    const { playing } = this;
    this.playing = undefined;
    if (playing === undefined) return;
    playing.stop.abort();
    const now = this.options.context().currentTime;
    playing.gain.gain.cancelScheduledValues(now);
    playing.gain.gain.setTargetAtTime(0, now, fadeSeconds / 3);
    this.options.scope.after(200, () => playing.gain.disconnect());
  }

  private async feed(playing: Playing): Promise<void> {
    const { what, stop, gain } = playing;
    const context = this.options.context();
    const piece = pieceSeconds * what.rateHz;
    try {
      for (let from = what.fromStep; from < what.endStep; from += piece) {
        const to = Math.min(what.endStep, from + piece);
        const steps = await fetchSteps(this.options.fetch, what.session, what.take, from, to, stop.signal);
        if (stop.signal.aborted) return;
        playing.startedAt ??= context.currentTime + 0.03;
        const { channelCount } = steps;
        const buffer = context.createBuffer(channelCount, to - from, what.rateHz);
        for (let channel = 0; channel < channelCount; channel += 1) {
          buffer.copyToChannel(amplitudesOf(channelOf(steps, channel)), channel);
        }
        const source = context.createBufferSource();
        source.buffer = buffer;
        source.connect(gain);
        source.start(playing.startedAt + (from - what.fromStep) / what.rateHz);
        const due = playing.startedAt + (to - what.fromStep) / what.rateHz - context.currentTime - pieceSeconds;
        if (due > 0) await new Promise<void>((resolve) => this.options.scope.after(due * 1_000, resolve));
        if (stop.signal.aborted) return;
      }
    } catch {
      if (stop.signal.aborted) return;
      this.stop();
      this.options.onFault('Simmer no longer has the sound of this take. Play the song again, then listen to it here.');
    }
  }

  private tick(): void {
    const { playing } = this;
    this.ticking = playing !== undefined;
    if (playing === undefined) return;
    const place = this.place();
    if (place !== undefined && place >= playing.what.endStep) this.stop();
    else this.options.onPlace(place, playing.what.take);
    this.options.scope.after(60, () => this.tick());
  }
}
