import type { Task } from './worker.ts';

/** Looks one MAC up in the router's own host table: is that device really there? */
export function findHostTask(clock: { now(): number }): Task {
  return async ({ job, open }) => {
    // Nobody waits any more; a storm of these must not stand before the buyers who do.
    if (job.task.kind !== 'find-host' || job.task.until <= clock.now())
      return { outcome: { kind: 'dropped' }, recorded: false };
    const session = await open();
    const host = await session.findHost(job.task.macAddress);
    return { outcome: { kind: 'host-looked-up', isThere: host !== undefined }, recorded: false };
  };
}
