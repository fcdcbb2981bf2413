import { describe, expect, it } from 'vitest';
import { logInDevice } from '#shared/access/log-in-device.ts';
import { type ActiveSession, type RefusedReason, RouterFault, type RouterSession } from '#shared/routers/client.ts';
import { Secret } from '#shared/security/secret.ts';

const MAC = 'AA:BB:CC:00:00:07';
const session = (id: string, macAddress: string): ActiveSession => ({
  id,
  user: 'pin',
  address: '10.5.50.7',
  macAddress,
  uptimeSeconds: 0,
  bytesIn: 0,
  bytesOut: 0,
});

/** A router where `pin` is online with another phone; its logins are refused for these reasons, one after the other. */
async function logIn(refusals: readonly RefusedReason[], isProven: boolean) {
  const did: string[] = [];
  const left = [...refusals];
  let sessions = [session('*1', 'AA:BB:CC:00:00:99')];
  const router: Partial<RouterSession> = {
    findHost: (macAddress) => Promise.resolve({ macAddress, address: '10.5.50.7', authorized: false }),
    sessionsOf: () => Promise.resolve(sessions),
    endSession: (id) => {
      did.push(`end ${id}`);
      sessions = sessions.filter((other) => other.id !== id);
      return Promise.resolve();
    },
    logIn: () => {
      did.push('log in');
      const reason = left.shift();
      if (reason) return Promise.reject(new RouterFault('refused', 'no', reason));
      sessions = [...sessions, session('*2', MAC)];
      return Promise.resolve();
    },
  };
  const device = { user: 'pin', password: new Secret(''), macAddress: MAC, mayHaveSession: true, isProven };
  return { did, result: await logInDevice(router as RouterSession, device) };
}

describe('a phone is logged in', () => {
  it('after the sessions of its user ended, where the password was proved', async () => {
    const { did, result } = await logIn([], true);
    expect(did).toEqual(['end *1', 'log in']);
    expect(result).toMatchObject({ kind: 'connected', session: { macAddress: MAC } });
  });

  it('beside them, where the router has to prove it and has room', async () => {
    expect(await logIn([], false)).toMatchObject({ did: ['log in'], result: { kind: 'connected' } });
  });

  it('in their place, where it took the password and has no room', async () => {
    const { did, result } = await logIn(['too-many-sessions'], false);
    expect(did).toEqual(['log in', 'end *1', 'log in']);
    expect(result).toMatchObject({ kind: 'connected' });
  });

  it('not at all, and nobody loses a session, where the router knows another password', async () => {
    const { did, result } = await logIn(['bad-credentials'], false);
    expect(did).toEqual(['log in']);
    expect(result).toEqual({ kind: 'refused', reason: 'bad-credentials' });
  });
});
