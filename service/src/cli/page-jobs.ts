import { bounceToFile, readAll } from '../bounce/bounce-file.js';
import { placeName, safeFileName } from '../bounce/file-name.js';
import type { JobQueue } from '../bounce/job-queue.js';
import type { PageCommand } from '../core/page-commands.js';
import { channelCountOf } from '../core/sound.js';
import type { Session } from '../session/session.js';
import type { FrameRange, Rendering } from '../session/takes/rendering.js';

type BounceCommand = Extract<PageCommand, { type: 'bounce' }>;
type DrawCommand = Extract<PageCommand, { type: 'draw-take' }>;

export interface BounceSettings {
  readonly folder: string;
  /** `Simmer 0.1.0`. */
  readonly originator: string;
}

/** Puts a bounce into the queue; returns its id. @throws Failure `usage` at once where it cannot be */
export function queueBounce(
  jobs: JobQueue,
  settings: BounceSettings,
  session: Session,
  command: BounceCommand,
): string {
  const { sound, format } = command;
  const range = { from: command.fromFrame, to: command.toFrame };
  const { rendering } = session;
  const isGuideMissing = sound.kind === 'lane' && sound.guideAmount > 0 && !rendering.knowsGuide(range);
  const title = `${titleOf(session, sound)}${isGuideMissing ? ' (no guide was heard there)' : ''}`;
  // Made now, so that what is wrong is said now; nothing is rendered before it is read.
  const rendered =
    sound.kind === 'take'
      ? rendering.take(sound.take, range)
      : rendering.lane({ points: sound.lane, seed: sound.seed, guideAmount: sound.guideAmount }, range);
  const target = { folder: settings.folder, stem: stemOf(session, command, title), format };
  return jobs.add({
    session: session.id,
    kind: 'bounce',
    label: `${title}, ${words(session, range)}, ${format.toUpperCase()}`,
    totalFrames: range.to - range.from,
    run: async (report) => {
      const info = infoOf(session, settings, rendered, range, title);
      const file = await bounceToFile(target, info, rendered.frames, report);
      return { file: { ...file, folder: settings.folder }, take: undefined };
    },
  });
}

/** Puts the drawing of a lane that is to be a take into the queue; returns its id. @throws Failure `usage` */
export function queueDrawnTake(jobs: JobQueue, session: Session, command: DrawCommand): string {
  const range = { from: command.fromFrame, to: command.toFrame };
  const { lane, seed, guideAmount, name } = command;
  let take: string | undefined;
  const { frames, model } = session.rendering.laneAsTake(
    { points: lane, seed, guideAmount },
    range,
    name.trim(),
    (id) => {
      take = id;
    },
  );
  return jobs.add({
    session: session.id,
    kind: 'take',
    label: `${name.trim() === '' ? 'Drawn lane' : name.trim()}, ${words(session, range)}`,
    totalFrames: range.to - range.from,
    run: async (report) => {
      await readAll(frames, channelCountOf(model.sound), report);
      return { file: undefined, take };
    },
  });
}

function titleOf(session: Session, sound: BounceCommand['sound']): string {
  if (sound.kind === 'lane') return 'Drawn lane';
  const take = session.summaries.all.find(({ id }) => id === sound.take);
  if (take === undefined) return 'Take';
  return take.name === '' ? `Take ${take.seed}` : take.name;
}

function stemOf(session: Session, { name, fromFrame }: BounceCommand, title: string): string {
  const own = safeFileName(name);
  if (own !== '') return own;
  const { trackName } = session.hostState;
  const made = [trackName, title, placeName(fromFrame, session.hostRateHz)].filter((part) => part !== '').join(' ');
  return safeFileName(made) || 'Simmer';
}

function infoOf(
  session: Session,
  { originator }: BounceSettings,
  { seed, model }: Rendering,
  range: FrameRange,
  title: string,
) {
  const { trackName, musicalTime } = session.hostState;
  return {
    sampleRateHz: session.hostRateHz,
    channelCount: channelCountOf(model.sound),
    frameCount: range.to - range.from,
    startFrame: range.from,
    track: trackName,
    title,
    seed,
    model: model.name,
    modelDigest: model.digest,
    engine: model.engine,
    tempoBpm: musicalTime?.tempoBpm,
    originator,
    madeAt: new Date(),
  };
}

function words({ hostRateHz }: Session, { from, to }: FrameRange): string {
  const at = (frame: number) => {
    const seconds = frame / hostRateHz;
    return `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, '0')}`;
  };
  return `${at(from)} to ${at(to)}`;
}
