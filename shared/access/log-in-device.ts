import { type ActiveSession, type RefusedReason, RouterFault, type RouterSession } from '../routers/client.ts';
import type { Secret } from '../security/secret.ts';
import type { logInResults, OpenedSession } from '../store/jobs.ts';

export type LogInResult = (typeof logInResults)[number];

export type LoggedIn =
  | { readonly kind: 'connected'; readonly session: ActiveSession }
  /** The router said no: the last word on a password. */
  | { readonly kind: 'refused'; readonly reason: RefusedReason | undefined }
  | { readonly kind: Exclude<LogInResult, 'connected' | 'refused'> };

interface Device {
  readonly user: string;
  readonly password: Secret;
  readonly macAddress: string;
  /** A user that was just added has no session to end first. */
  readonly mayHaveSession: boolean;
  /** Else the router has to take the password before anybody loses a session by it. */
  readonly isProven: boolean;
}

/**
 * Logs a phone in on the router (contract 10 RULE): one session, plain words, no scripts. The address comes from the
 * router's own host table for that MAC, never from the request: a portal cannot put somebody else online.
 *
 * A failure here never fails the delivery: the buyer still has the code.
 */
export async function logInDevice(session: RouterSession, device: Device): Promise<LoggedIn> {
  const { user, password, macAddress, mayHaveSession, isProven } = device;
  const isIts = (active: ActiveSession): boolean => active.macAddress === macAddress.toUpperCase();
  try {
    const host = await session.findHost(macAddress);
    if (!host) return { kind: 'no-host' };
    // Old sessions of the same user would use up its shared-users slots (routeros 4.3).
    const before = mayHaveSession ? await session.sessionsOf(user) : [];
    const present = before.find((old) => isIts(old) && old.address === host.address);
    if (present) return { kind: 'connected', session: present };
    const logIn = () => session.logIn({ address: host.address, macAddress, user, password });
    if (isProven || (await isRefusedForRoom(logIn))) {
      for (const old of before) await session.endSession(old.id);
      await logIn();
    }
    const opened = (await session.sessionsOf(user)).find(isIts);
    return opened ? { kind: 'connected', session: opened } : { kind: 'refused', reason: undefined };
  } catch (error) {
    if (!(error instanceof RouterFault)) throw error;
    return error.kind === 'refused' ? { kind: 'refused', reason: error.reason } : { kind: 'slow' };
  }
}

/** A router looks at the password before it counts sessions (routeros 4.3). @returns false when the login passed */
async function isRefusedForRoom(logIn: () => Promise<void>): Promise<boolean> {
  try {
    await logIn();
    return false;
  } catch (error) {
    if (error instanceof RouterFault && error.reason === 'too-many-sessions') return true;
    throw error;
  }
}

/** As the one who waits for it needs to know it. */
export const openedSession = ({ address, uptimeSeconds, bytesIn, bytesOut }: ActiveSession): OpenedSession => ({
  address,
  uptimeSeconds,
  bytesIn,
  bytesOut,
});
