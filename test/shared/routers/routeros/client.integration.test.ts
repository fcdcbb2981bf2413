import { beforeEach, describe, expect, it } from 'vitest';
import { sentenceBytes } from '#shared/local/router/sentences.ts';
import type { RouterSimulator } from '#shared/local/router/simulator.ts';
import type { RouterSession } from '#shared/routers/client.ts';
import { Secret } from '#shared/security/secret.ts';
import { connectTo, faultOf, scriptedRouter, simulator, tagOf, targetAt } from './sample-router.ts';

const MAC = 'aa:bb:cc:00:00:01';
const ADD = '/ip/hotspot/user/add';

let router: RouterSimulator;
let nowMs: number;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 7, 1);
  router = await simulator({ now: () => nowMs });
});

const connect = (): Promise<RouterSession> => connectTo(targetAt(router.port));

const user = (name: string, more: object = {}) => ({
  name,
  password: new Secret('0042'),
  profile: '1hora',
  comment: 'px:1',
  ...more,
});

describe('the verbs', () => {
  it('read what the router is', async () => {
    const session = await connect();
    expect(await session.identity()).toBe('MikroTik');
    expect(await session.resource()).toEqual({ version: '7.18.2 (stable)', uptime: '0s', boardName: 'hAP ax^2' });
    const profiles = await session.profiles();
    expect(profiles.map(({ name }) => name)).toEqual(['default', '1hora', '1dia', '1semana']);
    expect(profiles[1]).toEqual({
      id: '*1',
      name: '1hora',
      sessionTimeout: '1h',
      idleTimeout: 'none',
      keepaliveTimeout: '2m',
      statusAutorefresh: '1m',
      sharedUsers: '1',
      rateLimit: '5M/10M',
      addressList: null,
      macCookieTimeout: '3d',
    });
  });

  it('add a user whose words come back as text, leading zeros and all', async () => {
    const session = await connect();
    await session.addUser(user('PT-1', { limitUptimeSeconds: 5400, limitBytesTotal: 5_000_000 }));
    const found = await session.findUser('PT-1');
    expect(found).toMatchObject({
      name: 'PT-1',
      profile: '1hora',
      comment: 'px:1',
      disabled: false,
      limitUptimeSeconds: 5400,
      limitBytesTotal: 5_000_000,
    });
    expect(found?.password.reveal()).toBe('0042');
  });

  it('send no password word for a PIN user, and no limit words that were not given', async () => {
    const session = await connect();
    await session.addUser(user('PT-1', { password: new Secret('') }));
    const seen = router.books.commands().recent.at(-1);
    expect(seen).toMatchObject({ path: ADD });
    expect(seen?.attributes).toEqual({ name: 'PT-1', profile: '1hora', comment: 'px:1', disabled: 'no' });
    const found = await session.findUser('PT-1');
    expect(found).toMatchObject({ limitUptimeSeconds: null, limitBytesTotal: null });
    expect(found?.password.reveal()).toBe('');
  });

  it('ask for named properties and one name, never for the whole table', async () => {
    router.seedUsers(50);
    const session = await connect();
    await session.findUser('seed-00007');
    const seen = router.books.commands().recent.at(-1);
    expect(seen?.queries).toEqual(['name=seed-00007']);
    expect(seen?.attributes['.proplist']).toContain('.id,name');
  });

  it('change and remove a user; removing it again is success', async () => {
    const session = await connect();
    await session.addUser(user('PT-1'));
    const id = (await session.findUser('PT-1'))?.id ?? '';
    await session.setUser(id, { disabled: true, limitUptimeSeconds: 7200, comment: 'px:2', password: new Secret('') });
    const changed = await session.findUser('PT-1');
    expect(changed).toMatchObject({ disabled: true, limitUptimeSeconds: 7200, comment: 'px:2', profile: '1hora' });
    expect(changed?.password.reveal()).toBe('');
    await session.removeUser(id);
    await session.removeUser(id);
    expect(await session.findUser('PT-1')).toBeUndefined();
  });

  it('find a host by its MAC in any letters and log its device in', async () => {
    router.addHost({ mac: MAC, ip: '10.5.50.9' });
    const session = await connect();
    await session.addUser(user('PT-1'));
    const host = await session.findHost(MAC);
    expect(host).toEqual({ macAddress: MAC.toUpperCase(), address: '10.5.50.9', authorized: false });
    const device = { address: '10.5.50.9', macAddress: MAC, user: 'PT-1', password: new Secret('0042') };
    await session.logIn(device);
    // A second time is what was wanted, not a failure (contract 10).
    await session.logIn(device);
    nowMs += 61_000;
    const [active] = await session.sessionsOf('PT-1');
    expect(active).toMatchObject({ user: 'PT-1', address: '10.5.50.9', uptimeSeconds: 61, bytesIn: 0, bytesOut: 0 });
    expect(await session.findHost(MAC)).toMatchObject({ authorized: true });
    expect(await session.findHost('aa:bb:cc:00:00:99')).toBeUndefined();
  });

  it('end sessions and remove cookies, each also when it is gone already', async () => {
    router.addHost({ mac: MAC, ip: '10.5.50.9' });
    const session = await connect();
    await session.addUser(user('PT-1'));
    await session.logIn({ address: '10.5.50.9', macAddress: MAC, user: 'PT-1', password: new Secret('0042') });
    const [cookie = ''] = await session.cookiesOf('PT-1');
    await session.removeCookie(cookie);
    await session.removeCookie(cookie);
    const [active] = await session.sessionsOf('PT-1');
    await session.endSession(active?.id ?? '');
    await session.endSession(active?.id ?? '');
    expect(await session.sessionsOf('PT-1')).toEqual([]);
    expect(await session.cookiesOf('PT-1')).toEqual([]);
  });
});

describe('refusals', () => {
  it('of a taken name and of a missing profile say so', async () => {
    const session = await connect();
    await session.addUser(user('PT-1'));
    expect(await faultOf(session.addUser(user('PT-1')))).toMatchObject({ kind: 'refused', reason: 'name-taken' });
    expect(await faultOf(session.addUser(user('PT-2', { profile: 'otro' })))).toMatchObject({
      kind: 'refused',
      reason: 'profile-missing',
    });
  });

  it('of a device login say why', async () => {
    router.addHost({ mac: MAC, ip: '10.5.50.9' });
    const session = await connect();
    await session.addUser(user('PT-1'));
    const device = { address: '10.5.50.9', macAddress: MAC, user: 'PT-1', password: new Secret('0042') };
    const reason = async (change: object) => (await faultOf(session.logIn({ ...device, ...change }))).reason;
    expect(await reason({ address: '10.5.50.77' })).toBe('unknown-host');
    expect(await reason({ address: 'not an address' })).toBe('unknown-host');
    expect(await reason({ macAddress: 'aa:bb:cc:00:00:02' })).toBe('unknown-host');
    expect(await reason({ macAddress: 'x' })).toBe('unknown-host');
    expect(await reason({ password: new Secret('42') })).toBe('bad-credentials');
    await session.addUser(user('PT-2', { limitUptimeSeconds: 60 }));
    await session.logIn({ ...device, user: 'PT-2' });
    nowMs += 60_000;
    expect(await reason({ user: 'PT-2' })).toBe('limit-reached');
    await session.logIn(device);
    router.addHost({ mac: 'aa:bb:cc:00:00:02', ip: '10.5.50.10' });
    expect(await reason({ address: '10.5.50.10', macAddress: 'aa:bb:cc:00:00:02' })).toBe('too-many-sessions');
  });

  it.each([
    ['failure: not allowed by device-mode', 'device-mode'],
    ['FAILURE: Already have user with this name for this server', 'name-taken'],
    ['input does not match any value of profile', 'profile-missing'],
    ['no such item (4)', 'no-such-item'],
    ['not enough permissions (9)', 'not-permitted'],
    ['user X is not allowed to log in from this MAC address', 'not-permitted'],
    ['invalid username (X): this MAC address is not yours', 'not-permitted'],
    ['user X has reached traffic limit', 'limit-reached'],
    ['session limit reached (license)', 'too-many-sessions'],
    ['cannot assign ip address - no more free addresses from pool', 'other'],
    ['no such command', 'other'],
  ])('"%s" mean %s', async (message, reason) => {
    await router.addFault({ name: 'trap', message });
    const session = await connect();
    expect(await faultOf(session.addUser(user('PT-1')))).toMatchObject({ kind: 'refused', reason });
  });

  it('unknown to us are quoted without the values that we sent', async () => {
    await router.addFault({ name: 'trap', message: 'cannot do this for PT-SECRET1 with 123456 now' });
    const session = await connect();
    const { message } = await faultOf(session.addUser(user('PT-SECRET1', { password: new Secret('123456') })));
    expect(message).toBe('refused: cannot do this for * with * now');
  });

  it('hide such a value also when it has an equals sign, or begins with another', async () => {
    await router.addFault({ name: 'trap', message: 'not PT-1 with PT-1=abcd=ef' });
    const session = await connect();
    const { message } = await faultOf(session.addUser(user('PT-1', { password: new Secret('PT-1=abcd=ef') })));
    expect(message).toBe('refused: not * with *');
  });

  it('leave the session usable: a trap is an answer', async () => {
    await router.addFault({ name: 'trap', message: 'no', times: 1 });
    const session = await connect();
    await faultOf(session.identity());
    expect(await session.identity()).toBe('MikroTik');
  });
});

describe('what cannot be sent', () => {
  it('is refused before a byte leaves', async () => {
    const session = await connect();
    for (const name of ['PT-Ñ', 'PT-\n', 'x'.repeat(2 << 20)]) {
      expect(await faultOf(session.addUser(user(name)))).toMatchObject({ kind: 'usage' });
    }
    expect(await faultOf(session.addUser(user('PT-1', { comment: 'señal' })))).toMatchObject({ kind: 'usage' });
    expect(router.books.commands().commands).toBe(0);
    expect(await session.identity()).toBe('MikroTik');
  });

  it('includes a port that is none', async () => {
    expect(await faultOf(connectTo(targetAt(70_000)))).toMatchObject({ kind: 'usage' });
  });
});

describe('the login', () => {
  it('with a wrong password is refused and leaves no connection open', async () => {
    expect(await faultOf(connectTo({ ...targetAt(router.port), password: new Secret('otra') }))).toMatchObject({
      kind: 'login-refused',
    });
  });
});

describe('a command', () => {
  it.each([
    [{ name: 'tag-first' }],
    [{ name: 'no-empty' }],
    [{ name: 'delay', ms: 20 }],
    [{ name: 'slow', bytes: 7, ms: 0 }],
  ])('does not mind %j', async (input) => {
    await router.addFault(input);
    const session = await connect();
    await session.addUser(user('PT-1'));
    expect(await session.findUser('PT-1')).toMatchObject({ name: 'PT-1' });
    expect(await session.findUser('PT-2')).toBeUndefined();
  });

  it('runs beside others on the same session, and sessions beside each other', async () => {
    const open = await Promise.all(Array.from({ length: 8 }, () => connect()));
    const names = open.flatMap((session, s) =>
      Array.from({ length: 25 }, (_, n) => ({ session, name: `PT-${s}-${n}` })),
    );
    await Promise.all(names.map(({ session, name }) => session.addUser(user(name))));
    const found = await Promise.all(names.map(({ session, name }) => session.findUser(name)));
    expect(found.map((each) => each?.name)).toEqual(names.map(({ name }) => name));
  });
});

describe('a router that does not speak the protocol', () => {
  it.each([
    ['a control byte', Buffer.of(0xf8, 1, 2), 'control byte instead of a word'],
    ['a word of 4 GB', Buffer.from([0xf0, 0xff, 0xff, 0xff, 0xff]), 'word too long'],
  ])('by %s loses the answer', async (_what, bytes, message) => {
    const { port } = await scriptedRouter((socket, words, turn) =>
      socket.write(turn === 0 ? sentenceBytes(['!done', tagOf(words)]) : bytes),
    );
    const session = await connectTo(targetAt(port));
    expect(await faultOf(session.identity())).toMatchObject({ kind: 'answer-lost', message });
  });
});
