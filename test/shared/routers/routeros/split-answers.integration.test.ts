import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { RouterSimulator } from '#shared/local/router/simulator.ts';
import type { RouterFault, RouterSession } from '#shared/routers/client.ts';
import { Secret } from '#shared/security/secret.ts';
import { connectTo, simulator, targetAt } from './sample-router.ts';

interface Verb {
  readonly path: string;
  /** Makes the same answer possible once more, over a session of its own. @returns what the verb is about */
  readonly prepare?: (hand: RouterSession) => Promise<string>;
  readonly run: (session: RouterSession, subject: string) => Promise<unknown>;
}

const PHONE = { mac: 'AA:BB:CC:00:00:01', ip: '10.5.50.9' };
const USER = { password: new Secret('0042'), profile: '1hora', comment: 'px:1', limitUptimeSeconds: 3600 };

const logIn = (session: RouterSession): Promise<void> =>
  session.logIn({ address: PHONE.ip, macAddress: PHONE.mac, user: 'PT-1', password: USER.password });

async function loggedIn(hand: RouterSession): Promise<string> {
  await logIn(hand);
  return (await hand.sessionsOf('PT-1'))[0]?.id ?? expect.fail('no session');
}

async function removed(hand: RouterSession): Promise<string> {
  const user = await hand.findUser('PT-2');
  if (user) await hand.removeUser(user.id);
  return 'PT-2';
}

async function added(hand: RouterSession): Promise<string> {
  await hand.addUser({ name: await removed(hand), ...USER });
  return (await hand.findUser('PT-2'))?.id ?? expect.fail('no user');
}

/** All that a session can ask; a verb without its row here does not compile. */
const verbs: Readonly<Record<Exclude<keyof RouterSession, 'close' | 'fingerprint'>, Verb>> = {
  identity: { path: '/system/identity/print', run: (session) => session.identity() },
  resource: { path: '/system/resource/print', run: (session) => session.resource() },
  clock: {
    path: '/system/clock/print',
    // It moves on between two answers.
    run: async (session) => (await session.clock()).gmtOffset,
  },
  userCount: { path: '/ip/hotspot/user/print', run: (session) => session.userCount() },
  deviceModeBlocked: { path: '/ip/hotspot/print', run: (session) => session.deviceModeBlocked() },
  profiles: { path: '/ip/hotspot/user/profile/print', run: (session) => session.profiles() },
  users: { path: '/ip/hotspot/user/print', run: (session) => session.users() },
  sessions: { path: '/ip/hotspot/active/print', run: async (session) => (await session.sessions()).length },
  addProfile: {
    path: '/ip/hotspot/user/profile/add',
    run: (session) => session.addProfile({ name: 'split', rateLimit: '1M/2M', sharedUsers: '1', sessionTimeout: '1h' }),
  },
  findUser: { path: '/ip/hotspot/user/print', run: (session) => session.findUser('PT-1') },
  addUser: {
    path: '/ip/hotspot/user/add',
    prepare: removed,
    run: (session, name) => session.addUser({ name, ...USER }),
  },
  setUser: {
    path: '/ip/hotspot/user/set',
    prepare: added,
    run: (session, id) => session.setUser(id, { comment: 'px:2' }),
  },
  removeUser: { path: '/ip/hotspot/user/remove', prepare: added, run: (session, id) => session.removeUser(id) },
  findHost: { path: '/ip/hotspot/host/print', run: (session) => session.findHost(PHONE.mac) },
  sessionsOf: {
    path: '/ip/hotspot/active/print',
    prepare: loggedIn,
    run: async (session) => (await session.sessionsOf('PT-1')).length,
  },
  endSession: { path: '/ip/hotspot/active/remove', prepare: loggedIn, run: (session, id) => session.endSession(id) },
  cookiesOf: {
    path: '/ip/hotspot/cookie/print',
    prepare: loggedIn,
    run: async (session) => (await session.cookiesOf('PT-1')).length,
  },
  removeCookie: {
    path: '/ip/hotspot/cookie/remove',
    prepare: async (hand) => {
      await hand.endSession(await loggedIn(hand));
      await logIn(hand);
      return (await hand.cookiesOf('PT-1'))[0] ?? expect.fail('no cookie');
    },
    run: (session, id) => session.removeCookie(id),
  },
  logIn: {
    path: '/ip/hotspot/active/login',
    prepare: async (hand) => {
      await hand.endSession(await loggedIn(hand));
      return 'PT-1';
    },
    run: logIn,
  },
};

/** Answers of the same verbs that are no row and no plain `!done`. */
const others: Readonly<Record<string, Verb>> = {
  'findUser, nobody': { path: '/ip/hotspot/user/print', run: (session) => session.findUser('nobody') },
  'removeUser, gone': { path: '/ip/hotspot/user/remove', run: (session) => session.removeUser('*99') },
  'addUser, taken': {
    path: '/ip/hotspot/user/add',
    run: (session) =>
      session.addUser({ name: 'PT-1', ...USER }).catch((fault: RouterFault) => fault.reason ?? Promise.reject(fault)),
  },
};

const cases = Object.entries({ ...verbs, ...others });

let router: RouterSimulator;
/** The simulator's ends of all connections, in the order of their coming. */
let served: Socket[];

beforeEach(async () => {
  served = [];
  const see = (message: unknown): void => {
    if (message instanceof Object && 'socket' in message && message.socket instanceof Socket)
      served.push(message.socket);
  };
  subscribe('net.server.socket', see);
  onTestFinished(() => void unsubscribe('net.server.socket', see));
  router = await simulator();
  router.addHost(PHONE);
});

/** A session for the verb and one to prepare with; `bytes` is how much the router has said to the first. */
async function stage(): Promise<{ session: RouterSession; hand: RouterSession; bytes: () => number }> {
  const session = await connectTo(targetAt(router.port));
  const [socket] = served;
  const hand = await connectTo(targetAt(router.port));
  await hand.addUser({ name: 'PT-1', ...USER });
  return { session, hand, bytes: () => socket?.bytesWritten ?? 0 };
}

describe('an answer is understood wherever it is cut in two, and byte by byte (F11, F12)', () => {
  it.each(cases)('%s', async (_name, { path, prepare, run }) => {
    const { session, hand, bytes } = await stage();
    const once = async (fault?: object): Promise<unknown> => {
      const subject = (await prepare?.(hand)) ?? '';
      if (fault) await router.addFault({ ...fault, command: path, times: 1 });
      return run(session, subject);
    };
    const whole = await once();
    let length = 1;
    for (let at = 0; at < length; at++) {
      const before = bytes();
      expect(await once({ name: 'split-answer', at, ms: 0 }), `cut at ${at}`).toEqual(whole);
      length = bytes() - before;
    }
    expect(length).toBeGreaterThan('!done'.length);
    expect(await once({ name: 'slow', bytes: 1, ms: 0 })).toEqual(whole);
    expect(router.faults()).toEqual([]);
  });

  it.each([
    ['in clear', [], 1],
    ['by challenge', [{ name: 'challenge-login' }], 2],
  ])('the login %s', async (_how, old, answers) => {
    const login = async (...faults: object[]): Promise<number> => {
      for (const fault of [...old, ...faults]) await router.addFault(fault);
      const session = await connectTo(targetAt(router.port));
      const length = served.pop()?.bytesWritten ?? 0;
      session.close();
      await router.clearFaults();
      return length;
    };
    const length = await login();
    expect(length).toBeGreaterThan(answers * '!done'.length);
    for (let at = 0; at < length; at++) await login({ name: 'split-answer', command: '/login', at, ms: 0 });
    await login({ name: 'slow', command: '/login', bytes: 1, ms: 0 });
  });
});

describe('an answer that stops is lost, wherever it stops (F2)', () => {
  it.each(cases)('%s', async (_name, { path, prepare, run }) => {
    const { session, hand, bytes } = await stage();
    const said = bytes();
    await run(session, (await prepare?.(hand)) ?? '');
    const length = bytes() - said;
    for (let at = length - 1; at >= 0; at--) {
      const subject = (await prepare?.(hand)) ?? '';
      const cut = await connectTo(targetAt(router.port));
      await router.addFault({ name: 'cut-answer', command: path, at, times: 1 });
      await expect(run(cut, subject), `cut at ${at}`).rejects.toMatchObject({ kind: 'answer-lost' });
    }
  });
});
