import type { Clock } from '../platform/clock.ts';
import { RouterFault, type RouterSession } from './client.ts';
import { durationSeconds } from './durations.ts';
import { clockErrorSeconds } from './router-clock.ts';
import type { Task } from './worker.ts';

/**
 * Reads a router in one short session; keeps its health, and answers whoever waits. Identity and profiles decide. The rest
 * goes out at once behind them, so that nobody waits longer for it, and each of it may be refused or lost.
 */
export const probeTask =
  ({ clock }: { readonly clock: Clock }): Task =>
  async ({ open, probed }) => {
    const session = await open();
    const identity = await session.identity();
    const profiles = await session.profiles();
    const more = await readMore(session, clock);
    probed({
      identity,
      profileNames: profiles.map((profile) => profile.name),
      profileLimits: profiles.map(({ name, rateLimit, sharedUsers, sessionTimeout }) => ({
        name,
        rateLimit,
        sharedUsers,
        sessionTimeout,
      })),
      ...more,
    });
    return { outcome: { kind: 'probed', identity, profiles: [...profiles] }, recorded: false };
  };

/** The least that tells whether a router is there, for a buyer who waits. */
export const knockTask: Task = async ({ open }) => {
  await open();
  return { outcome: { kind: 'answered' }, recorded: false };
};

async function readMore(session: RouterSession, clock: Clock) {
  const [resource, clockErrorS, userCount, deviceModeBlocked] = await Promise.all([
    ifTold(session.resource()),
    ifTold(session.clock().then((shown) => clockErrorSeconds(shown, clock.now()))),
    ifTold(session.userCount()),
    ifTold(session.deviceModeBlocked()),
  ]);
  return {
    version: resource?.version ?? null,
    boardName: resource?.boardName ?? null,
    uptimeS: durationSeconds(resource?.uptime ?? ''),
    clockErrorS,
    userCount,
    deviceModeBlocked,
  };
}

async function ifTold<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof RouterFault) return null;
    throw error;
  }
}
