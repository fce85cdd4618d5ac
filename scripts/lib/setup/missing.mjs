/** What ends the setup: one line that says what is wrong and what to do. */
export class SetupFailure extends Error {
  /** @param {string} message @param {number} [exitCode] */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What the system lacks: why, and the Debian packages that help. */
export class Missing {
  /** @type {{ what: string, packages: string[] }[]} */
  items = [];

  get some() {
    return this.items.length > 0;
  }

  get packages() {
    return [...new Set(this.items.flatMap(({ packages }) => packages))];
  }

  /** @param {string} what @param {string[]} packages */
  add(what, packages) {
    this.items.push({ what, packages });
  }
}
