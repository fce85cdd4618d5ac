import { Failure } from '../core/failure.js';
import type { EngineSelection } from '../model/choice/selection.js';
import { type EngineName, engineNamed, enginesOf } from '../model/engine-name.js';
import type { VerifiedModel } from '../model/verified-model.js';
import type { SessionModel } from '../session/session.js';
import type { TakeBook } from '../take/take-book.js';
import type { ModelReference } from '../take/take-record.js';

export interface ModelChoice {
  /** What the plugin names; empty: nothing. What a person chose, and the song remembers, goes before it. */
  readonly wanted: string;
  readonly defaultModel: string;
  /** What the song remembers. */
  readonly takes: TakeBook | undefined;
  /** A model of the right name will do, on any engine, even if it is not what the takes were drawn by. */
  readonly adoptModels: boolean;
  readonly load: (name: string) => Promise<VerifiedModel>;
  readonly engines: Pick<EngineSelection, 'allowed' | 'choice'>;
  /** Makes a model ready to be drawn from. @throws Failure where it cannot be */
  readonly prepare: (model: VerifiedModel, engine: EngineName) => Promise<void>;
}

const stored = 'What is stored of it can be played; everything else stays silent.';

/**
 * What an instance plays: the model that was chosen for it; else the model and the engine that its takes were drawn by, by content and not by name alone, so that
 * what was heard is what is bounced on every machine; without takes, what its first passage was played by; else the engine of this machine's choice. Where those of
 * the takes are not here, what is stored of them can still be played, and people can read which they are.
 * @throws Failure `model-missing` or `model-damaged` where there is nothing to be played without them.
 */
export async function chooseModel(choice: ModelChoice): Promise<SessionModel> {
  const { defaultModel, takes, adoptModels, load } = choice;
  const chosen = takes?.chosen;
  const wanted = chosen?.name ?? choice.wanted;
  const drawn =
    chosen === undefined ? takes?.records : takes?.records.filter((one) => one.origin.model.digest === chosen.digest);
  const played = takes?.playedBy;
  const begun = chosen === undefined || chosen.digest === played?.digest ? played : undefined;
  const newest = drawn?.at(-1)?.origin.model ?? begun;
  const remembered = newest !== undefined && (wanted === '' || wanted === newest.name) ? newest : undefined;
  if (remembered === undefined) {
    const verified = await load(wanted === '' ? defaultModel : wanted);
    const drawn = takes?.records.findLast(({ origin }) => origin.model.digest === verified.digest);
    const isOfIt = played?.digest === verified.digest;
    return chooseEngine(choice, verified, drawn?.origin.model ?? (isOfIt ? played : undefined));
  }
  const short = remembered.digest.slice(0, 12);
  try {
    const verified = await load(remembered.name);
    if (verified.digest === remembered.digest) return await chooseEngine(choice, verified, remembered);
    if (adoptModels) return await chooseEngine(choice, verified, undefined);
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

/** `drawnBy`: what the song's takes of this model were drawn by; undefined: there are none that must be gone on with. */
async function chooseEngine(
  { engines, takes, adoptModels, prepare }: ModelChoice,
  verified: VerifiedModel,
  drawnBy: ModelReference | undefined,
): Promise<SessionModel> {
  const allowed = engines.allowed(verified);
  const here = (drawer: string): EngineName | undefined => {
    // Draws from fewer codes are ONNX Runtime's as well, by as many names as there are limits.
    const isLimited = drawer.startsWith('onnx') && allowed.includes('onnx');
    const limited = isLimited ? engineNamed(verified.manifest, drawer) : undefined;
    return allowed.find((engine) => engine === drawer) ?? limited;
  };
  const ofTakes = here(drawnBy?.engine ?? '');
  if (drawnBy !== undefined && ofTakes === undefined && !adoptModels) {
    return { kind: 'missing', reference: drawnBy, message: withoutEngine(verified, drawnBy) };
  }
  const played = takes?.playedBy;
  const adopted = played?.digest === verified.digest ? here(played.engine) : undefined;
  const engine = ofTakes ?? adopted ?? engines.choice(verified);
  await prepare(verified, engine);
  return { kind: 'here', verified, engine };
}

/** For people: by what the takes were drawn, why that is not used, and what to do. */
function withoutEngine({ manifest, digest }: VerifiedModel, { engine }: ModelReference): string {
  const here: readonly string[] = enginesOf(manifest);
  const why = here.includes(engine)
    ? 'which this service was told not to use: start it without --engine'
    : `which is not here (there are: ${here.join(', ')}): open it with the version of Simmer that it was made with`;
  return (
    `The takes of this song were drawn from ${manifest.name} (${digest.slice(0, 12)}) by the engine ${engine}, ${why}. ` +
    `${stored} With --adopt-models the service plays on with an engine that is here.`
  );
}
