import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RouterSimulator, startRouterSimulator } from '#shared/local/router/simulator.ts';
import { RouterFault, type RouterSession, type RouterTarget } from '#shared/routers/client.ts';
import { routerOsTransport } from '#shared/routers/routeros/client.ts';
import { ApiSession } from '#shared/routers/routeros/session.ts';
import { Wire } from '#shared/routers/routeros/wire.ts';
import { Secret } from '#shared/security/secret.ts';

const LOGIN = { user: 'api', password: 'Clave-Ñandú-1' };
const MAC = 'aa:bb:cc:00:00:01';
const ADD = '/ip/hotspot/user/add';

let dataDir: string;
let router: RouterSimulator;
let nowMs: number;
const sessions: RouterSession[] = [];

beforeEach(async () => {
  nowMs = Date.UTC(2026, 7, 1);
  dataDir = await mkdtemp(join(tmpdir(), 'router-'));
  router = await startRouterSimulator({ ...LOGIN, port: 0, dataDir, clock: { now: () => nowMs } });
});

afterEach(async () => {
  for (const session of sessions.splice(0)) session.close();
  await router.stop();
  await rm(dataDir, { recursive: true });
});

const target = (password = LOGIN.password): RouterTarget => ({
  host: '127.0.0.1',
  port: router.port,
  username: LOGIN.user,
  password: new Secret(password),
});

async function connect(commandDeadlineMs = 2_000, deadlineMs = 2_000, to = target()): Promise<RouterSession> {
  const session = await routerOsTransport({ commandDeadlineMs }).connect(to, deadlineMs);
  sessions.push(session);
  return session;
}

const user = (name: string, more: object = {}) => ({
  name,
  password: new Secret('0042'),
  profile: '1hora',
  comment: 'px:1',
  ...more,
});

async function fault(work: Promise<unknown>): Promise<RouterFault> {
  const error = await work.then(
    () => expect.fail('it succeeded'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RouterFault);
  return error as RouterFault;
}

describe('the verbs', () => {
  it('read what the router is', async () => {
    const session = await connect();
    expect(await session.identity()).toBe('MikroTik');
    expect(await session.version()).toBe('7.18.2 (stable)');
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
    await session.addUser(user('PT-1', { limitUptime: '90m', limitBytesTotal: 5_000_000 }));
    const found = await session.findUser('PT-1');
    expect(found).toMatchObject({
      name: 'PT-1',
      profile: '1hora',
      comment: 'px:1',
      disabled: false,
      limitUptime: '1h30m',
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
    expect(found).toMatchObject({ limitUptime: null, limitBytesTotal: null });
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

  it('find no user of that name without taking offence at !empty', async () => {
    const session = await connect();
    expect(await session.findUser('nobody')).toBeUndefined();
    expect(await session.identity()).toBe('MikroTik');
  });

  it('change and remove a user; removing it again is success', async () => {
    const session = await connect();
    await session.addUser(user('PT-1'));
    const id = (await session.findUser('PT-1'))?.id ?? '';
    await session.setUser(id, { disabled: true, limitUptime: '2h', comment: 'px:2', password: new Secret('') });
    const changed = await session.findUser('PT-1');
    expect(changed).toMatchObject({ disabled: true, limitUptime: '2h', comment: 'px:2', profile: '1hora' });
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
    expect(active).toMatchObject({ user: 'PT-1', address: '10.5.50.9', uptime: '1m1s', bytesIn: 0, bytesOut: 0 });
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

  it('read names with accents that people gave, and give them back as they are', async () => {
    const api = await ApiSession.open(target(), 2_000, 2_000);
    await api.command(['/ip/hotspot/user/profile/add', '=name=1 día €']);
    api.close();
    const session = await connect();
    expect((await session.profiles()).map(({ name }) => name)).toContain('1 día €');
    await session.addUser(user('PT-1', { profile: '1 día €' }));
    expect(await session.findUser('PT-1')).toMatchObject({ profile: '1 día €' });
  });
});

describe('refusals', () => {
  it('of a taken name and of a missing profile say so', async () => {
    const session = await connect();
    await session.addUser(user('PT-1'));
    expect(await fault(session.addUser(user('PT-1')))).toMatchObject({ kind: 'refused', reason: 'name-taken' });
    expect(await fault(session.addUser(user('PT-2', { profile: 'otro' })))).toMatchObject({
      kind: 'refused',
      reason: 'profile-missing',
    });
  });

  it('of a device login say why', async () => {
    router.addHost({ mac: MAC, ip: '10.5.50.9' });
    const session = await connect();
    await session.addUser(user('PT-1'));
    const device = { address: '10.5.50.9', macAddress: MAC, user: 'PT-1', password: new Secret('0042') };
    const reason = async (change: object) => (await fault(session.logIn({ ...device, ...change }))).reason;
    expect(await reason({ address: '10.5.50.77' })).toBe('unknown-host');
    expect(await reason({ address: 'not an address' })).toBe('unknown-host');
    expect(await reason({ macAddress: 'aa:bb:cc:00:00:02' })).toBe('unknown-host');
    expect(await reason({ macAddress: 'x' })).toBe('unknown-host');
    expect(await reason({ password: new Secret('42') })).toBe('bad-credentials');
    await session.addUser(user('PT-2', { limitUptime: '1m' }));
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
    expect(await fault(session.addUser(user('PT-1')))).toMatchObject({ kind: 'refused', reason });
  });

  it('unknown to us are quoted without the values that we sent', async () => {
    await router.addFault({ name: 'trap', message: 'cannot do this for PT-SECRET1 with 123456 now' });
    const session = await connect();
    const { message } = await fault(session.addUser(user('PT-SECRET1', { password: new Secret('123456') })));
    expect(message).toBe('refused: cannot do this for * with * now');
  });

  it('leave the session usable: a trap is an answer', async () => {
    await router.addFault({ name: 'trap', message: 'no', times: 1 });
    const session = await connect();
    await fault(session.identity());
    expect(await session.identity()).toBe('MikroTik');
  });
});

describe('what cannot be sent', () => {
  it('is refused before a byte leaves', async () => {
    const session = await connect();
    for (const name of ['PT-Ñ', 'PT-\n', 'x'.repeat(2 << 20)]) {
      expect(await fault(session.addUser(user(name)))).toMatchObject({ kind: 'usage' });
    }
    expect(await fault(session.addUser(user('PT-1', { comment: 'señal' })))).toMatchObject({ kind: 'usage' });
    expect(router.books.commands().commands).toBe(0);
    expect(await session.identity()).toBe('MikroTik');
  });

  it('after the session was closed is our own mistake', async () => {
    const session = await connect();
    session.close();
    session.close();
    expect(await fault(session.identity())).toMatchObject({ kind: 'usage' });
  });

  it('includes a port that is none', async () => {
    expect(await fault(connect(500, 500, { ...target(), port: 70_000 }))).toMatchObject({ kind: 'usage' });
  });
});

describe('the login', () => {
  it('with a wrong password is refused and leaves no connection open', async () => {
    expect(await fault(connect(500, 500, target('otra')))).toMatchObject({ kind: 'login-refused' });
  });

  it('answers the MD5 challenge of an old router, accents in the password too', async () => {
    await router.addFault({ name: 'challenge-login' });
    expect(await (await connect()).identity()).toBe('MikroTik');
    expect(await fault(connect(500, 500, target('otra')))).toMatchObject({ kind: 'login-refused' });
  });

  it.each([
    [{ name: 'refuse-connections' }],
    [{ name: 'close-on-accept' }],
    [{ name: 'silent-connection' }],
    [{ name: 'session-limit', sessions: 0 }],
    [{ name: 'silence', command: '/login' }],
    [{ name: 'close', command: '/login' }],
    [{ name: 'reset', command: '/login' }],
    [{ name: 'fatal', command: '/login' }],
    [{ name: 'untagged', command: '/login' }],
    [{ name: 'cut-answer', command: '/login', at: 3 }],
  ])('ends as unreachable under %j', async (input) => {
    await router.addFault(input);
    const { kind, message } = await fault(connect(150, 150));
    expect(kind).toBe('unreachable');
    // Only silence needs the deadline to end; all else is known at once.
    expect(message.includes('within 150 ms')).toBe(input.name.startsWith('silen'));
    await router.clearFaults();
    expect(await (await connect()).identity()).toBe('MikroTik');
  });

  it('of an unknown host is unreachable, and names no host', async () => {
    const { kind, message } = await fault(connect(900, 900, { ...target(), host: 'router.invalid' }));
    expect(kind).toBe('unreachable');
    expect(message).not.toContain('router.invalid');
  });

  it('on port 8729 is never sent in clear', async () => {
    let first: Buffer | undefined;
    const plain = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (chunk: Buffer) => (first = chunk));
    });
    await new Promise<void>((resolve) => plain.listen(8729, '127.0.0.87', resolve));
    expect(await fault(connect(150, 150, { ...target(), host: '127.0.0.87', port: 8729 }))).toMatchObject({
      kind: 'unreachable',
    });
    plain.close();
    const TLS_HANDSHAKE = 0x16;
    expect(first?.[0]).toBe(TLS_HANDSHAKE);
  });

  it('keeps the password out of everything that prints the session', async () => {
    const api = await ApiSession.open(target(), 1_000, 1_000);
    expect(JSON.stringify(api)).toBe('{"open":true}');
    api.close();
  });
});

describe('a command', () => {
  it.each([
    [{ name: 'silence' }, 'before'],
    [{ name: 'silence' }, 'after'],
    [{ name: 'close' }, 'before'],
    [{ name: 'close' }, 'after'],
    [{ name: 'reset' }, 'before'],
    [{ name: 'reset' }, 'after'],
    [{ name: 'fatal' }, 'before'],
    [{ name: 'fatal' }, 'after'],
  ])('under %j %s its effect loses its answer, and only a look tells', async (input, when) => {
    await router.addFault({ ...input, when, command: ADD, times: 1 });
    const session = await connect(100);
    const { kind, message } = await fault(session.addUser(user('PT-1')));
    expect(kind).toBe('answer-lost');
    expect(message.includes('within 100 ms')).toBe(input.name === 'silence');
    expect(await fault(session.identity())).toMatchObject({ kind: 'unreachable' });
    const again = await connect();
    expect((await again.findUser('PT-1')) !== undefined).toBe(when === 'after');
  });

  it.each([[{ name: 'untagged' }], [{ name: 'cut-answer', at: 9 }], [{ name: 'delay', ms: 400 }]])(
    'under %j loses its answer',
    async (input) => {
      await router.addFault({ ...input, command: ADD });
      const session = await connect(100);
      const { kind, message } = await fault(session.addUser(user('PT-1')));
      expect(kind).toBe('answer-lost');
      expect(message.includes('within 100 ms')).toBe(input.name === 'delay');
    },
  );

  it('in flight when the session is closed loses its answer at once', async () => {
    await router.addFault({ name: 'silence' });
    const session = await connect();
    const lost = fault(session.identity());
    session.close();
    expect(await lost).toMatchObject({ kind: 'answer-lost' });
  });

  it.each([
    [{ name: 'tag-first' }],
    [{ name: 'no-empty' }],
    [{ name: 'duplicate-done' }],
    [{ name: 'delay', ms: 20 }],
    [{ name: 'slow', bytes: 7, ms: 0 }],
  ])('does not mind %j', async (input) => {
    await router.addFault(input);
    const session = await connect();
    await session.addUser(user('PT-1'));
    expect(await session.findUser('PT-1')).toMatchObject({ name: 'PT-1' });
    expect(await session.findUser('PT-2')).toBeUndefined();
  });

  it('understands its answer wherever it is cut in two', async () => {
    const session = await connect();
    const whole = await session.profiles();
    for (let at = 0; at <= 640; at += 1) {
      await router.addFault({ name: 'split-answer', at, ms: 0, times: 1 });
      expect(await session.profiles(), `cut at ${at}`).toEqual(whole);
    }
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

  it('may come after any pause, for the session does not time out by itself', () => {
    const wire = new Wire('127.0.0.1', router.port, {
      connected: () => undefined,
      sentence: () => undefined,
      closed: () => undefined,
    });
    wire.connect();
    const socket: unknown = Reflect.get(wire, 'socket');
    // The package's own idle time-out would end the session, or the process.
    expect(socket).toMatchObject({ timeout: 0 });
    wire.destroy();
  });
});

/** Answers that no simulator of a decent router gives: bytes by hand. */
describe('a router that misbehaves', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  const word = (text: string): Buffer => Buffer.concat([Buffer.of(text.length), Buffer.from(text)]);
  const sentence = (...words: string[]): Buffer => Buffer.concat([...words.map(word), Buffer.of(0)]);

  /** Logs anybody in, then answers the first command with these bytes. */
  async function answering(bytes: Buffer): Promise<RouterSession> {
    const misbehaving = createServer((socket) => {
      let step = 0;
      socket.on('error', () => undefined);
      socket.on('data', () => socket.write(step++ === 0 ? sentence('!done', '.tag=1') : bytes));
    });
    server = misbehaving;
    await new Promise<void>((resolve) => misbehaving.listen(0, '127.0.0.1', resolve));
    const address = misbehaving.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    return connect(150, 1_000, { ...target(), port });
  }

  it.each([
    ['a control byte', Buffer.of(0xf8, 1, 2), 'control byte instead of a word'],
    ['a word of 4 GB', Buffer.from([0xf0, 0xff, 0xff, 0xff, 0xff]), 'word too long'],
    ['an untagged answer', sentence('!done'), 'untagged reply'],
    ['a fatal with an attribute', sentence('!fatal', '=message=gone'), 'the router ended the session'],
    ['a trap without a done', sentence('!trap', '=message=no', '.tag=2'), 'no answer within 150 ms'],
    ['an answer to something else', sentence('!done', '.tag=99'), 'no answer within 150 ms'],
  ])('by %s loses the answer', async (_what, bytes, message) => {
    const session = await answering(bytes);
    expect(await fault(session.identity())).toMatchObject({ kind: 'answer-lost', message });
  });

  it('by late, doubled and unknown replies is understood', async () => {
    const session = await answering(
      Buffer.concat([
        sentence('!done', '.tag=1'),
        sentence('!empty', '.tag=2'),
        sentence('!empty', '.tag=2'),
        sentence('!news', '=a=b', '.tag=2'),
        sentence('!re', '.tag=2'),
        sentence('!done', '.tag=2'),
        sentence('!done', '.tag=2'),
      ]),
    );
    // A row without attributes is still a row.
    expect(await session.cookiesOf('PT-1')).toEqual(['']);
  });

  it('by two traps is heard the first time', async () => {
    const session = await answering(
      Buffer.concat([
        sentence('!trap', '=message=no such item', '.tag=2'),
        sentence('!trap', '=message=else', '.tag=2'),
        sentence('!done', '.tag=2'),
      ]),
    );
    expect(await fault(session.identity())).toMatchObject({ kind: 'refused', reason: 'no-such-item' });
  });

  it('by a login challenge that is no hex is unreachable', async () => {
    const misbehaving = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => socket.write(sentence('!done', '=ret=zz', '.tag=1')));
    });
    server = misbehaving;
    await new Promise<void>((resolve) => misbehaving.listen(0, '127.0.0.1', resolve));
    const address = misbehaving.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    expect(await fault(connect(150, 500, { ...target(), port }))).toMatchObject({ kind: 'unreachable' });
  });
});
