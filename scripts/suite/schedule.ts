// In what order stages run: as listed, two light ones at a time where there are two cores, and
// those that want the machine to themselves alone.

export interface Scheduled {
  readonly alone?: boolean;
}

/** Calls `run` for each, in order, and resolves when all are done. */
export async function runInOrder<T extends Scheduled>(
  stages: readonly T[],
  lanes: number,
  run: (stage: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  for (const stage of stages) {
    const room = stage.alone === true ? 0 : lanes - 1;
    while (running.size > room) await Promise.race(running);
    const done = run(stage).finally(() => running.delete(done));
    running.add(done);
    if (stage.alone === true) await done;
  }
  await Promise.all(running);
}
