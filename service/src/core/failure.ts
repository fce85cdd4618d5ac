/**
 * Why something ended. The list is closed, and the first seven are the codes of the wire (`FailureCode` in
 * proto/simmer/v1/render_service.proto):
 *
 * - `invalid`: a message, file or argument breaks a rule or a limit; sending it again will not help.
 * - `unauthenticated`: the proof is missing or wrong.
 * - `model-missing`, `model-damaged`: no model of that name; its files disagree with its manifest or its contract.
 * - `exhausted`: a limit of the service is reached; later may be better.
 * - `unavailable`: the service is closing, or another one is in its place.
 * - `internal`: a defect.
 * - `cancelled`: someone asked for the end. Never logged as a failure.
 * - `usage`: the command line is wrong.
 */
export type FailureCode =
  | 'invalid'
  | 'unauthenticated'
  | 'model-missing'
  | 'model-damaged'
  | 'exhausted'
  | 'unavailable'
  | 'internal'
  | 'cancelled'
  | 'usage';

/** The one error class. `message` is a sentence for people; `cause` keeps what was caught. */
export class Failure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'Failure';
    this.code = code;
  }

  /** For every catch: a Failure stays itself, an abort becomes `cancelled`, anything else is a defect. */
  static from(thrown: unknown): Failure {
    if (thrown instanceof Failure) return thrown;
    if (thrown instanceof Error && thrown.name === 'AbortError') return new Failure('cancelled', 'Cancelled.', thrown);
    const what = thrown instanceof Error ? thrown.message : String(thrown);
    return new Failure('internal', `Unexpected: ${what}`, thrown);
  }
}

/** Text of foreign origin made fit for one terminal line: no control characters, bounded. */
export function printable(text: string, charactersMax = 200): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
  return clean.length > charactersMax ? `${clean.slice(0, charactersMax)}…` : clean;
}
