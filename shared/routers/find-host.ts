import type { Task } from './worker.ts';

/** Looks one MAC up in the router's own host table: is that device really there? */
export const findHostTask: Task = async ({ job, open }) => {
  if (job.task.kind !== 'find-host') return { outcome: { kind: 'dropped' }, recorded: false };
  const session = await open();
  const host = await session.findHost(job.task.macAddress);
  return { outcome: { kind: 'host-looked-up', isThere: host !== undefined }, recorded: false };
};
