/** What came of the tests: how long what took, what failed and with which last words, and what was skipped. */

/** @typedef {import('./stages.mjs').Command} Command */
/** @typedef {{ seconds: number, files: import('./results.mjs').FileResult[], failure?: string, title: string, lines: string[] }} Outcome */

/** Of a failing command: told again at the end, since it is the end of a log that is kept and read. */
const lastWordsLines = 40;

export class Report {
  #startedMillis = performance.now();
  /** @type {(Outcome & { command: Command })[]} */
  #outcomes = [];

  /** @param {Command} command @param {Outcome} outcome */
  add(command, outcome) {
    this.#outcomes.push({ command, ...outcome });
  }

  /** @param {Command} command @param {string} because the name of what it needed */
  addNotRun(command, because) {
    const failure = `${command.name} was not run: ${because} failed`;
    this.#outcomes.push({ command, seconds: 0, files: [], failure, title: command.name, lines: [] });
  }

  get failed() {
    return this.#outcomes.some(({ failure }) => failure !== undefined);
  }

  /** How long each file took, the longest first. */
  times() {
    return this.#outcomes
      .flatMap(({ command: { tier, stage, name, counted }, files, seconds }) =>
        counted === undefined
          ? [{ file: name, tier, stage, seconds, passed: 0, failed: 0 }]
          : files.map((file) => ({ ...file, tier, stage })),
      )
      .sort((left, right) => right.seconds - left.seconds);
  }

  /** The last lines of the run. */
  *lines() {
    yield '';
    for (const { failure, title, lines } of this.#outcomes) {
      if (failure === undefined) continue;
      yield `── the end of ${title}`;
      yield* lines.slice(-lastWordsLines);
    }
    yield '';
    // What could not be tried here, and why: nothing is left out unseen.
    for (const { command, lines } of this.#outcomes)
      for (const line of lines) if (/\bskipped: /.test(line)) yield `${command.stage}: ${line}`;
    for (const stage of new Set(this.#outcomes.map(({ command }) => command.stage))) {
      const own = this.#outcomes.filter(({ command }) => command.stage === stage);
      const failures = own.map(({ failure }) => failure).filter((failure) => failure !== undefined);
      const seconds = own.reduce((sum, outcome) => sum + outcome.seconds, 0);
      const state = failures.length === 0 ? 'ok    ' : 'FAILED';
      yield `${state} ${stage.padEnd(11)} ${seconds.toFixed(0).padStart(5)} s  ${failures.join('; ')}`.trimEnd();
    }
    const minutes = (performance.now() - this.#startedMillis) / 60_000;
    yield `${minutes.toFixed(1)} minutes in all, of which some ran side by side; out/test-times.json has every file`;
    const files = this.#outcomes.flatMap((outcome) => outcome.files);
    const failed = files.reduce((sum, file) => sum + file.failed, 0);
    // A command that failed without a failing test (a linter, say) is a failure all the same.
    const otherwise = failed === 0 ? this.#outcomes.filter(({ failure }) => failure !== undefined).length : 0;
    yield `${files.reduce((sum, file) => sum + file.passed, 0)} passed, ${failed + otherwise} failed`;
  }
}
