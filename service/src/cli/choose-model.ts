import { Failure } from '../core/failure.js';
import type { VerifiedModel } from '../model/verified-model.js';
import type { SessionModel } from '../session/session.js';
import type { TakeBook } from '../take/take-book.js';

export interface ModelChoice {
  /** What the song names; empty: nothing. */
  readonly wanted: string;
  readonly defaultModel: string;
  /** What the song remembers. */
  readonly takes: TakeBook | undefined;
  /** A model of the right name will do, even if it is not the one the takes were drawn from. */
  readonly adoptModels: boolean;
  readonly load: (name: string) => Promise<VerifiedModel>;
}

/**
 * The model of an instance: the one that its takes were drawn from, by content and not by name alone. Where that one is not
 * here, what is stored of them can still be played, and people are told which it is.
 * @throws Failure `model-missing` or `model-damaged` where there is nothing to be played without it.
 */
export async function chooseModel(choice: ModelChoice): Promise<SessionModel> {
  const { wanted, defaultModel, takes, adoptModels, load } = choice;
  const newest = takes?.records.at(-1)?.origin.model;
  const remembered = newest !== undefined && (wanted === '' || wanted === newest.name) ? newest : undefined;
  if (remembered === undefined) return { kind: 'here', verified: await load(wanted === '' ? defaultModel : wanted) };
  const short = remembered.digest.slice(0, 12);
  const stored = 'What is stored of it can be played; everything else stays silent.';
  try {
    const verified = await load(remembered.name);
    if (verified.digest === remembered.digest || adoptModels) return { kind: 'here', verified };
    const message =
      `The takes of this song were drawn from ${remembered.name} (${short}); the ${remembered.name} that is here is ` +
      `another one (${verified.digest.slice(0, 12)}). ${stored} Put the right one into a models folder, or start the ` +
      'service with --adopt-models to play on with the one that is here.';
    return { kind: 'missing', reference: remembered, message };
  } catch (thrown) {
    const failure = Failure.from(thrown);
    if (failure.code !== 'model-missing' && failure.code !== 'model-damaged') throw failure;
    const why = failure.code === 'model-missing' ? 'is not here' : `is damaged (${failure.message})`;
    const message =
      `The model that the takes of this song were drawn from ${why}: ${remembered.name} (${short}). ${stored} ` +
      'Put its folder into a models folder and open the song again.';
    return { kind: 'missing', reference: remembered, message };
  }
}
