import type { Task } from './worker.ts';

/** Reads identity, version and profiles in one short session; keeps the router's health, and answers whoever waits. */
export const probeTask: Task = async ({ open, probed }) => {
  const session = await open();
  const identity = await session.identity();
  const version = await session.version();
  const profiles = await session.profiles();
  probed({ identity, version, profileNames: profiles.map((profile) => profile.name) });
  return { outcome: { kind: 'probed', identity, profiles: [...profiles] }, recorded: false };
};
