/**
 * Runs what may run side by side, as many at once as there is room for, in the order of the list; what plays against the
 * clock runs alone, once nothing else is ready.
 */

/**
 * @template {{ name: string, alone: boolean, after: readonly string[], holds?: string }} Task
 * @param {readonly Task[]} tasks in the order in which they are to begin; those of `after` that are not among them are
 *   done, and two that hold the same never run at once
 * @param {{ room: number, run: (task: Task) => Promise<boolean>, giveUp: (task: Task, because: string) => void }} how
 *   `run` resolves to whether the task succeeded; `giveUp` is told of one that waits for one that failed
 */
export async function schedule(tasks, { room, run, giveUp }) {
  const waiting = new Set(tasks);
  /** @type {Map<string, { task: Task, ended: Promise<void> }>} */
  const running = new Map();
  /** @type {Set<string>} */
  const failed = new Set();
  const isDone = (/** @type {string} */ name) =>
    !running.has(name) && ![...waiting].some((task) => task.name === name) && !failed.has(name);

  /** @param {Task} task */
  const start = (task) => {
    waiting.delete(task);
    const ended = run(task).then((succeeded) => {
      running.delete(task.name);
      if (!succeeded) failed.add(task.name);
    });
    running.set(task.name, { task, ended });
  };

  for (;;) {
    for (const task of waiting) {
      const because = task.after.find((name) => failed.has(name));
      if (because === undefined) continue;
      waiting.delete(task);
      failed.add(task.name);
      giveUp(task, because);
    }
    const ready = [...waiting].filter(({ after }) => after.every(isDone));
    for (const task of ready.filter(({ alone }) => !alone)) {
      const isHeld = [...running.values()].some((other) => other.task.holds && other.task.holds === task.holds);
      if (running.size < room && !isHeld) start(task);
    }
    const alone = ready.find((task) => task.alone);
    if (running.size === 0 && alone !== undefined) {
      start(alone);
      await running.get(alone.name)?.ended;
      continue;
    }
    if (running.size === 0) {
      if (waiting.size === 0) return;
      throw new Error(`${[...waiting].map(({ name }) => name).join(', ')} wait for each other`);
    }
    await Promise.race([...running.values()].map(({ ended }) => ended));
  }
}
