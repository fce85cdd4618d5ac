import type { SessionSnapshot } from '../core/monitor.js';
import type { Clock } from '../core/units.js';
import type { Epoch } from './epoch.js';
import type { HostState } from './instance-state.js';
import type { Statistics } from './statistics.js';

/** What a snapshot of one session is made from. */
export interface SnapshotSources {
  readonly id: string;
  readonly hostName: string;
  readonly model: string;
  readonly clock: Clock;
  /** Undefined before the first. */
  readonly epoch: Epoch | undefined;
  readonly statistics: Statistics;
  readonly hostState: HostState;
  readonly linkMillis: number;
  /** Before there is an epoch. */
  readonly lookaheadFrames: number;
  readonly missingModel: string;
  readonly takeCount: number;
}

/** One session as pages show it. */
export function sessionSnapshot(sources: SnapshotSources): SessionSnapshot {
  const { id, hostName, model, clock, statistics, hostState, linkMillis, missingModel, takeCount } = sources;
  const { report } = statistics;
  return {
    ...{ id, hostName, model, linkMillis, missingModel, takeCount },
    sampleRateHz: clock.hostRateHz,
    modelRateHz: clock.modelRateHz,
    ...epochSnapshot(sources),
    ...statistics.takePeaks(),
    underrunCount: report?.underrunCount ?? 0,
    underrunFrameCount: report?.underrunFrameCount ?? 0,
    offlineMissFrameCount: report?.offlineMissFrameCount ?? 0,
    overflowCount: report?.overflowCount ?? 0,
    gapFrameCount: statistics.gapFrameCount,
    replacedValueCount: statistics.replacedValueCount,
    realTimeFactor: statistics.realTimeFactor,
    ...hostState,
  };
}

/** What there is to say of the epoch; of none, that there is nothing yet. */
function epochSnapshot({ epoch, statistics, clock, lookaheadFrames }: SnapshotSources) {
  const passage = epoch?.passage;
  const splices = passage?.splices;
  const millis = (frames: number) => (frames * 1000) / clock.hostRateHz;
  const hostBlockMillis = millis(epoch?.blockFrames ?? 0);
  const filterMillis = ((passage?.filterDelaySteps ?? 0) * 1000) / clock.modelRateHz;
  const reaction = statistics.reactionMillis(splices?.reactionsMillis ?? []);
  const constant = reaction.count > 0 ? hostBlockMillis + filterMillis : 0;
  const delivered = finite(passage?.inputs.deliveredTemperature);
  return {
    seed: epoch?.start.seed ?? 0,
    epoch: epoch?.start.epoch ?? 0,
    offline: epoch?.start.offline ?? false,
    playing: epoch?.playing ?? false,
    playheadFrame: epoch?.playheadFrame ?? 0,
    renderedFrame: passage?.renderedFrame ?? 0,
    temperatureDelivered: delivered,
    temperatureEvaluated: finite(epoch?.temperatureEvaluated, delivered),
    guideAmount: epoch?.guideAmount ?? 0,
    following: passage?.following ?? false,
    kept: epoch?.keep ?? false,
    revisionCount: statistics.revisionCount + (splices?.revisionCount ?? 0),
    refusedRevisionCount: statistics.refusedRevisionCount + (splices?.refusedCount ?? 0),
    knobToSoundMillis: { ...reaction, median: reaction.median + constant, p99: reaction.p99 + constant },
    hostBlockMillis,
    filterMillis,
    lookaheadMillis: millis(epoch?.lookaheadFrames ?? lookaheadFrames),
    restoring: passage?.restoring ?? false,
    offlineTargetFrame: epoch?.start.offline === true ? epoch.targetFrame : 0,
  };
}

/** Snapshots go to JSON, which knows no NaN. */
function finite(value: number | undefined, otherwise = 0): number {
  return value !== undefined && Number.isFinite(value) ? value : otherwise;
}
