import { RouterFault, type RouterSession } from '../routers/client.ts';
import type { Secret } from '../security/secret.ts';
import type { logInResults } from '../store/jobs.ts';

export type LogInResult = (typeof logInResults)[number];

interface Device {
  readonly user: string;
  readonly password: Secret;
  readonly macAddress: string;
  /** A user that was just added has no session to end first. */
  readonly mayHaveSession: boolean;
}

/**
 * Logs a phone in on the router (contract 10 RULE): one session, plain words, no scripts. The address comes from the
 * router's own host table for that MAC, never from the request: a portal cannot put somebody else online.
 *
 * A failure here never fails the delivery: the buyer still has the code.
 */
export async function logInDevice(session: RouterSession, device: Device): Promise<LogInResult> {
  const { user, password, macAddress, mayHaveSession } = device;
  try {
    const host = await session.findHost(macAddress);
    if (!host) return 'no-host';
    // Old sessions of the same user would use up its shared-users slots (routeros 4.3).
    const before = mayHaveSession ? await session.sessionsOf(user) : [];
    const isOn = before.some((old) => old.macAddress === macAddress.toUpperCase() && old.address === host.address);
    if (isOn) return 'connected';
    for (const old of before) await session.endSession(old.id);
    await session.logIn({ address: host.address, macAddress, user, password });
    const sessions = await session.sessionsOf(user);
    return sessions.some((active) => active.macAddress === macAddress.toUpperCase()) ? 'connected' : 'refused';
  } catch (error) {
    if (!(error instanceof RouterFault)) throw error;
    return error.kind === 'refused' ? 'refused' : 'slow';
  }
}
