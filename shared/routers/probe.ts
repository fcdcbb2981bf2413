import type { Task } from './worker.ts';

/** Reads identity, version and profiles in one short session; keeps the router's health, and answers whoever waits. */
export function probeTask(clock: { now(): number }): Task {
  return async ({ job, open, probed }) => {
    // An old probe would only repeat what a newer one has said by now.
    if (job.task.kind !== 'probe' || job.task.until <= clock.now())
      return { outcome: { kind: 'dropped' }, recorded: false };
    const session = await open();
    const identity = await session.identity();
    const version = await session.version();
    const profiles = await session.profiles();
    probed({ identity, version, profileNames: profiles.map((profile) => profile.name) });
    return { outcome: { kind: 'probed', identity, profiles: [...profiles] }, recorded: false };
  };
}
