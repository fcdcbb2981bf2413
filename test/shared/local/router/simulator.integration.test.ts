import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect as connectSocket, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RouterSimulator, startRouterSimulator } from '#shared/local/router/simulator.ts';
import { sentenceBytes } from '#shared/local/router/sentences.ts';
import { type Answer, ApiSession } from '#shared/routers/routeros/session.ts';
import { SentenceParser } from '#shared/routers/routeros/words.ts';
import { Secret } from '#shared/security/secret.ts';

const HOUR_MS = 3_600_000;
const PHONE = { mac: 'aa:bb:cc:00:00:01', ip: '10.5.50.9' };
const macOf = (n: number): string =>
  `aa:bb:cc:00:${[n >> 8, n & 255].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`;
const OTHER = { mac: 'aa:bb:cc:00:00:02', ip: '10.5.50.10' };

let dataDir: string;
let router: RouterSimulator;
let nowMs: number;
let api: ApiSession;
const sockets: Socket[] = [];

const start = () =>
  startRouterSimulator({ port: 0, dataDir, user: 'api', password: 'clave', clock: { now: () => nowMs } });

const open = () =>
  ApiSession.open(
    { host: '127.0.0.1', port: router.port, username: 'api', password: new Secret('clave'), pinned: null },
    2_000,
    2_000,
  );

beforeEach(async () => {
  nowMs = Date.UTC(2026, 7, 1);
  dataDir = await mkdtemp(join(tmpdir(), 'router-'));
  router = await start();
  api = await open();
});

afterEach(async () => {
  api.close();
  for (const socket of sockets.splice(0)) socket.destroy();
  await router.stop();
  await rm(dataDir, { recursive: true });
});

async function run(path: string, ...words: string[]): Promise<Extract<Answer, { kind: 'done' }>> {
  const answer = await api.command([path, ...words]);
  if (answer.kind === 'trap') throw new Error(answer.text);
  return answer;
}

async function rows(path: string, ...words: string[]): Promise<Record<string, string>[]> {
  return (await run(path, ...words)).rows.map((row) => Object.fromEntries(row));
}

async function trap(path: string, ...words: string[]): Promise<string> {
  const answer = await api.command([path, ...words]);
  return answer.kind === 'trap' ? answer.text : expect.fail('not refused');
}

const addUser = (name: string, ...words: string[]) => run('/ip/hotspot/user/add', `=name=${name}`, ...words);
const login = (user: string, { mac, ip } = PHONE, password = '') =>
  ['/ip/hotspot/active/login', `=ip=${ip}`, `=mac-address=${mac}`, `=user=${user}`, `=password=${password}`] as const;

describe('users', () => {
  it('get an id that no later user gets, and are unique per server', async () => {
    expect(Object.fromEntries((await addUser('a')).done)).toEqual({ ret: '*1' });
    expect(await trap('/ip/hotspot/user/add', '=name=a')).toBe(
      'failure: already have user with this name for this server',
    );
    await addUser('a', '=server=hotspot1');
    await run('/ip/hotspot/user/remove', '=.id=*2');
    expect((await addUser('b')).done.get('ret')).toBe('*3');
    expect(await trap('/ip/hotspot/user/set', '=.id=*3', '=name=a')).toContain('already have user');
  });

  it('are refused with the words of a real router', async () => {
    const add = '/ip/hotspot/user/add';
    expect(await trap(add, '=name=a', '=profile=x')).toBe('input does not match any value of profile');
    expect(await trap(add, '=name=a', '=server=x')).toBe('input does not match any value of server');
    expect(await trap(add, '=name=a', '=limit-uptime=soon')).toBe('invalid value for argument limit-uptime');
    expect(await trap(add, '=name=a', '=colour=red')).toBe('unknown parameter colour');
    expect(await trap(add, '=profile=default')).toContain('missing value');
    expect(await trap('/ip/hotspot/user/remove', '=.id=*99')).toBe('no such item');
    expect(await trap('/ip/hotspot/user/set', '=numbers=*99', '=comment=x')).toBe('no such item');
    expect(await trap('/ip/hotspot/user/dance')).toBe('no such command');
    expect(await trap('/no/such/thing')).toBe('no such command prefix');
    expect(router.books.users().map(({ name }) => name)).toEqual(['default-trial']);
  });

  it('always include default-trial, which cannot be removed', async () => {
    expect(await trap('/ip/hotspot/user/remove', '=.id=*0')).toContain('failure');
    expect(router.books.users()[0]).toMatchObject({
      name: 'default-trial',
      comment: 'counters and limits for trial users',
    });
  });

  it('show what was asked for, absent properties missing', async () => {
    await addUser('a', '=comment=px:1', '=limit-uptime=90m', '=limit-bytes-total=1M', '=disabled=yes');
    await addUser('b');
    expect(await rows('/ip/hotspot/user/print', '=.proplist=name,comment', '?name=b')).toEqual([{ name: 'b' }]);
    expect(await rows('/ip/hotspot/user/print', '=.proplist=comment', '?name=b')).toEqual([{}]);
    expect(await rows('/ip/hotspot/user/getall', '?name=a')).toMatchObject([
      { '.id': '*1', 'limit-uptime': '1h30m', 'limit-bytes-total': '1048576', disabled: 'true', uptime: '0s' },
    ]);
    expect(await rows('/ip/hotspot/user/print', '=.proplist=name', '?name=a', '?name=b', '?#|')).toHaveLength(2);
    expect((await run('/ip/hotspot/user/print', '=count-only=')).done.get('ret')).toBe('3');
  });

  it('are enabled, disabled, changed and removed by id or by name, several at once', async () => {
    await addUser('a', '=comment=x');
    await addUser('b');
    await run('/ip/hotspot/user/disable', '=numbers=a,*2');
    expect(router.books.users().map(({ disabled }) => disabled)).toEqual(['false', 'true', 'true']);
    await run('/ip/hotspot/user/enable', '=.id=*1');
    await run('/ip/hotspot/user/set', '=.id=a', '=comment=', '=mac-address=aa:bb:cc:dd:ee:ff');
    expect(router.books.users()[1]).toMatchObject({ disabled: 'false', 'mac-address': 'AA:BB:CC:DD:EE:FF' });
    expect(router.books.users()[1]).not.toHaveProperty('comment');
    await run('/ip/hotspot/user/remove', '=numbers=a,b');
    expect(router.books.users()).toHaveLength(1);
  });
});

describe('a device login', () => {
  beforeEach(async () => {
    router.addHost(PHONE);
    router.addHost(OTHER);
    await addUser('a', '=password=1', '=profile=1hora');
  });

  it('is checked host first, then user, state, password, MAC, time, bytes and sessions', async () => {
    const refused = (name: string, device = PHONE, password = '1') => trap(...login(name, device, password));
    expect(await refused('nobody', { ...PHONE, ip: '10.5.50.99' })).toBe('unknown host IP 10.5.50.99');
    expect(await refused('nobody', { ...PHONE, mac: OTHER.mac })).toBe('wrong MAC provided');
    expect(await refused('nobody')).toBe('invalid username or password');
    expect(await refused('default-trial', PHONE, '')).toBe('invalid username or password');
    await run('/ip/hotspot/user/set', '=.id=a', '=disabled=yes', `=mac-address=${OTHER.mac}`);
    expect(await refused('a')).toBe('invalid username or password');
    await run('/ip/hotspot/user/set', '=.id=a', '=disabled=no');
    expect(await refused('a', PHONE, 'x')).toBe('invalid username or password');
    expect(await refused('a')).toBe('user a is not allowed to log in from this MAC address');
    await run('/ip/hotspot/user/set', '=.id=a', '=mac-address=', '=limit-uptime=1m', '=limit-bytes-total=100');
    await run(...login('a', PHONE, '1'));
    router.transfer(PHONE.mac, 60, 40);
    nowMs += 60_000;
    expect(await refused('a')).toBe('user a has reached uptime limit');
    await run('/ip/hotspot/user/set', '=.id=a', '=limit-uptime=1h');
    expect(await refused('a')).toBe('user a has reached traffic limit');
    await run('/ip/hotspot/user/reset-counters', '=.id=a');
    await run(...login('a', PHONE, '1'));
    expect(await refused('a', OTHER)).toBe('no more sessions are allowed for user a');
    expect(await refused('a')).toBe('already logged in');
  });

  it('opens a session, authorises the host and leaves a MAC cookie', async () => {
    await run(...login('a', PHONE, '1'));
    nowMs += 90_000;
    expect(router.books.active()).toMatchObject([
      {
        user: 'a',
        address: PHONE.ip,
        'mac-address': 'AA:BB:CC:00:00:01',
        uptime: '1m30s',
        'session-time-left': '58m30s',
      },
    ]);
    expect(router.books.hosts().map(({ authorized }) => authorized)).toEqual(['true', 'false']);
    expect(router.books.cookies()).toMatchObject([{ user: 'a', 'expires-in': '2d23h58m30s' }]);
    expect(router.books.users()[1]).toMatchObject({ uptime: '1m30s' });
  });

  it('refuses a phone that came back with another MAC until keepalive frees its old session', async () => {
    await run(...login('a', PHONE, '1'));
    router.removeHost(PHONE.mac);
    expect(await trap(...login('a', OTHER, '1'))).toContain('no more sessions');
    nowMs += 120_000;
    await run(...login('a', OTHER, '1'));
    expect(router.books.active()).toHaveLength(1);
  });

  it('lasts as long as the profile and the limit allow, over all sessions together', async () => {
    await run('/ip/hotspot/user/set', '=.id=a', '=limit-uptime=90m');
    await run(...login('a', PHONE, '1'));
    nowMs += 5 * HOUR_MS;
    expect(router.books.active()).toEqual([]);
    expect(router.books.users()[1]).toMatchObject({ uptime: '1h' });
    await run(...login('a', PHONE, '1'));
    expect(router.books.active()[0]).toMatchObject({ 'session-time-left': '30m' });
    nowMs += 5 * HOUR_MS;
    expect(await trap(...login('a', PHONE, '1'))).toContain('uptime limit');
    // The user stays: somebody has to take it away.
    expect(router.books.users()).toHaveLength(2);
  });

  it('goes on when its user is removed, and ends when the session is', async () => {
    await run(...login('a', PHONE, '1'));
    await run('/ip/hotspot/user/remove', '=.id=a');
    expect(router.books.active()).toHaveLength(1);
    await run('/ip/hotspot/active/remove', '=.id=*1');
    expect(router.books.active()).toEqual([]);
    expect(router.books.cookies()).toEqual([]);
  });

  it('happens by itself for a phone with a cookie, until that fails once', async () => {
    await run(...login('a', PHONE, '1'));
    router.removeHost(PHONE.mac);
    nowMs += 600_000;
    router.addHost(PHONE);
    expect(router.books.active()).toMatchObject([{ user: 'a', 'login-by': 'mac-cookie' }]);
    await run('/ip/hotspot/user/remove', '=.id=a');
    router.removeHost(PHONE.mac);
    nowMs += 600_000;
    router.addHost(PHONE);
    expect(router.books.active()).toEqual([]);
    expect(router.books.cookies()).toEqual([]);
  });

  it('lets several in where the profile shares', async () => {
    await addUser('b', '=profile=1semana');
    await run(...login('b', PHONE));
    await run(...login('b', OTHER));
    expect(router.books.active()).toHaveLength(2);
  });

  it('is refused when the licence is full, and on a board whose device-mode forbids it', async () => {
    await router.addFault({ name: 'licence-full' });
    expect(await trap(...login('a', PHONE, '1'))).toContain('session limit reached');
    await router.addFault({ name: 'device-mode' });
    expect(await trap('/ip/hotspot/user/print')).toBe('failure: not allowed by device-mode');
    expect(await rows('/system/identity/print')).toEqual([{ name: 'MikroTik' }]);
  });

  it('counts time when the session ends, where old manuals are right', async () => {
    await router.addFault({ name: 'uptime-at-log-out' });
    await run(...login('a', PHONE, '1'));
    nowMs += 60_000;
    expect(router.books.users()[1]).toMatchObject({ uptime: '0s' });
    await run('/ip/hotspot/active/remove', '=.id=*1');
    expect(router.books.users()[1]).toMatchObject({ uptime: '1m' });
  });
});

describe("the hotspot's own page", () => {
  it('takes a code as the API does, and a phone that logs itself out is not let back in by its cookie', async () => {
    await addUser('a', '=password=1');
    expect(() => router.logIn({ ...PHONE, user: 'a', password: '1' })).toThrow('unknown host');
    router.addHost(PHONE);
    expect(() => router.logIn({ ...PHONE, user: 'a', password: '2' })).toThrow('invalid username or password');
    router.logIn({ ...PHONE, user: 'a', password: '1' });
    expect(router.books.active()).toMatchObject([{ user: 'a', 'login-by': 'http-chap' }]);
    nowMs += 60_000;
    router.logOut(PHONE.mac);
    expect([router.books.active(), router.books.cookies()]).toEqual([[], []]);
    expect(router.books.users()[1]).toMatchObject({ uptime: '1m' });
  });
});

describe('a licence', () => {
  const phone = (n: number) => ({ mac: macOf(n), ip: `10.6.${n >> 8}.${n & 255}` });

  it.each([
    [3, 1],
    [4, 200],
    [5, 500],
    [6, 510],
  ])('of level %i lets %i users be active at once', async (level, allowed) => {
    await router.addFault({ name: 'licence', level });
    await run('/ip/hotspot/user/profile/set', '=.id=default', '=shared-users=unlimited');
    await addUser('a');
    const devices = Array.from({ length: 510 }, (_, n) => phone(n));
    for (const device of devices) router.addHost(device);
    const refusals = devices.flatMap((device) => {
      try {
        router.logIn({ ...device, user: 'a', password: '' });
        return [];
      } catch (error) {
        return [error instanceof Error ? error.message : ''];
      }
    });
    expect(router.books.active()).toHaveLength(allowed);
    expect(refusals).toEqual(Array.from({ length: 510 - allowed }, () => 'session limit reached (license)'));
    expect(await rows('/system/license/print')).toEqual([{ nlevel: String(level) }]);
  });

  it('lets a device change its user when full, and the next one in when somebody leaves', async () => {
    await router.addFault({ name: 'licence', level: 3 });
    await addUser('a');
    await addUser('b');
    for (const n of [1, 2]) router.addHost(phone(n));
    router.logIn({ ...phone(1), user: 'a', password: '' });
    expect(() => router.logIn({ ...phone(2), user: 'b', password: '' })).toThrow('session limit reached');
    router.logIn({ ...phone(1), user: 'b', password: '' });
    router.logOut(phone(1).mac);
    router.logIn({ ...phone(2), user: 'a', password: '' });
    expect(router.books.active()).toMatchObject([{ user: 'a', 'mac-address': phone(2).mac.toUpperCase() }]);
  });
});

describe('a version', () => {
  const clockDate = async () => (await rows('/system/clock/print'))[0]?.['date'];

  it('decides how dates are written and which menus there are', async () => {
    expect(await clockDate()).toBe('2026-07-31');
    expect(await rows('/interface/wireguard/print')).toEqual([]);
    await router.addFault({ name: 'version', version: '7.9.2 (stable)' });
    expect(await rows('/system/resource/print')).toMatchObject([{ version: '7.9.2 (stable)' }]);
    expect(await clockDate()).toBe('jul/31/2026');
    expect(await rows('/interface/wireguard/print')).toEqual([]);
    expect(await trap('/system/device-mode/print')).toBe('no such command prefix');
    await router.addFault({ name: 'version', version: '6.49.10 (long-term)' });
    expect(await clockDate()).toBe('jul/31/2026');
    expect(await trap('/interface/wireguard/print')).toBe('no such command prefix');
    await router.clearFaults();
    expect(await clockDate()).toBe('2026-07-31');
  });

  it('shows the device-mode of its board since 7.17', async () => {
    const mode = async () => (await rows('/system/device-mode/print'))[0];
    await router.addFault({ name: 'version', version: '7.17' });
    expect(await mode()).toMatchObject({ mode: 'advanced', hotspot: 'true', scheduler: 'true', fetch: 'true' });
    await router.addFault({ name: 'hotspot-inactivated' });
    expect(await mode()).toMatchObject({ mode: 'basic', hotspot: 'false', scheduler: 'true', fetch: 'true' });
    await router.addFault({ name: 'device-mode' });
    expect(await mode()).toMatchObject({ mode: 'home', hotspot: 'false', scheduler: 'false', fetch: 'false' });
  });
});

describe('the clock of a board without NTP', () => {
  it('begins in 1970 with each start, and so does uptime', async () => {
    await router.addFault({ name: 'clock-1970' });
    nowMs += HOUR_MS;
    const shown = async () => [await rows('/system/clock/print'), await rows('/system/resource/print')];
    expect(await shown()).toMatchObject([[{ date: '1970-01-01', time: '19:00:00' }], [{ uptime: '1h' }]]);
    for (const begin of [() => router.reboot(), () => router.factoryReset()]) {
      begin();
      nowMs += 60_000;
      api = await open();
      expect(await shown()).toMatchObject([[{ date: '1970-01-01', time: '18:01:00' }], [{ uptime: '1m' }]]);
      nowMs += HOUR_MS;
    }
  });
});

describe('the books', () => {
  it('hold what was answered before a kill -9, and ids go on counting', async () => {
    router.addHost(PHONE);
    await addUser('a', '=comment=px:1');
    await addUser('gone');
    await run('/ip/hotspot/user/remove', '=.id=gone');
    await run(...login('a'));
    await run('/system/identity/set', '=name=Plaza');
    // Nobody stops the first router: as after a kill, only its file is left. It ends in a write cut short.
    await appendFile(join(dataDir, 'router.jsonl'), '{"t":"user","id":"*9","ro');
    const killed = router;
    router = await start();
    await killed.stop();
    // And once more: a removed row's id is remembered although nothing else of it is left.
    await router.stop();
    router = await start();
    api = await open();
    expect(router.books.users()).toMatchObject([{ name: 'default-trial' }, { '.id': '*1', comment: 'px:1' }]);
    expect(router.books.active()).toMatchObject([{ user: 'a' }]);
    expect(router.books.cookies()).toHaveLength(1);
    expect(await rows('/system/identity/print')).toEqual([{ name: 'Plaza' }]);
    expect((await addUser('new')).done.get('ret')).toBe('*3');
  });

  it('are made short at each start', async () => {
    await addUser('a');
    for (let n = 0; n < 50; n++) await run('/ip/hotspot/user/set', '=.id=a', `=comment=${n}`);
    const lines = async () => (await readFile(join(dataDir, 'router.jsonl'), 'utf8')).split('\n').length;
    const before = await lines();
    await router.stop();
    router = await start();
    expect(await lines()).toBeLessThan(before - 40);
    expect(router.books.users()[1]).toMatchObject({ comment: '49' });
  });

  it('survive a reboot but for sessions; time counts unless the router loses it', async () => {
    router.addHost(PHONE);
    await addUser('a');
    await run(...login('a'));
    nowMs += 60_000;
    router.reboot();
    expect(router.books.active()).toEqual([]);
    expect(router.books.users()[1]).toMatchObject({ name: 'a', uptime: '1m' });
    expect(router.books.cookies()).toHaveLength(1);
    api = await open();
    expect(await rows('/system/resource/print')).toMatchObject([{ uptime: '0s', version: '7.18.2 (stable)' }]);
    await router.addFault({ name: 'reboot-loses-uptime' });
    await run(...login('a'));
    nowMs += 60_000;
    router.reboot();
    expect(router.books.users()[1]).toMatchObject({ uptime: '1m' });
  });

  it('are empty after a factory reset, and the API login still works', async () => {
    router.addHost(PHONE);
    await addUser('a');
    await run(...login('a'));
    await run('/system/identity/set', '=name=Plaza');
    router.factoryReset();
    api = await open();
    expect(await rows('/system/identity/print')).toEqual([{ name: 'MikroTik' }]);
    expect(router.books.users()).toMatchObject([{ name: 'default-trial' }]);
    expect(router.books.profiles().map(({ name }) => name)).toEqual(['default']);
    expect([router.books.active(), router.books.hosts(), router.books.cookies()]).toEqual([[], [], []]);
    expect(await trap('/ip/hotspot/user/add', '=name=a', '=profile=1hora')).toContain('value of profile');
  });

  it('list the commands that came, with passwords masked, and count them', async () => {
    await addUser('a', '=password=secreta');
    await rows('/ip/hotspot/user/print', '?name=a');
    const seen = router.books.commands();
    expect(seen).toMatchObject({ connections: 1, logins: 1, commands: 2 });
    expect(seen.byPath).toEqual({ '/login': 1, '/ip/hotspot/user/add': 1, '/ip/hotspot/user/print': 1 });
    expect(seen.recent.map(({ path }) => path)).toEqual(['/login', '/ip/hotspot/user/add', '/ip/hotspot/user/print']);
    expect(JSON.stringify(seen)).not.toMatch(/secreta|clave/);
    for (let n = 0; n < 2_100; n++) void api.command(['/cancel']);
    await run('/cancel');
    expect(router.books.commands().recent).toHaveLength(1_000);
    expect(router.books.commands().commands).toBe(2_103);
  });

  it('take ten thousand users at once, and still answer by name without walking them', async () => {
    router.seedUsers(10_000);
    expect(await rows('/ip/hotspot/user/print', '=.proplist=name', '?name=seed-09999')).toEqual([
      { name: 'seed-09999' },
    ]);
    expect((await run('/ip/hotspot/user/print', '=count-only=')).done.get('ret')).toBe('10001');
    expect(await rows('/ip/hotspot/user/print')).toHaveLength(10_001);
  });
});

describe('the wire', () => {
  /** A client of bytes: sends sentences, reads `count` sentences or what came until the end. */
  async function talk(sentences: readonly (readonly string[])[], count = Infinity): Promise<string[][]> {
    const socket = connectSocket(router.port, '127.0.0.1');
    sockets.push(socket);
    socket.write(Buffer.concat(sentences.map(sentenceBytes)));
    const parser = new SentenceParser();
    const read: string[][] = [];
    return new Promise((resolve) => {
      socket.on('error', () => resolve(read));
      socket.on('close', () => resolve(read));
      socket.on('data', (chunk) => {
        read.push(...parser.push(chunk));
        if (read.length >= count) resolve(read);
      });
    });
  }
  const LOGIN = ['/login', '=name=api', '=password=clave'];
  const NOBODY = ['/ip/hotspot/user/print', '?name=nobody'];

  it('gives no tags to a client that sends none', async () => {
    expect(await talk([LOGIN, NOBODY], 3)).toEqual([['!done'], ['!empty'], ['!done']]);
  });

  it('puts the tag last, or first, and leaves !empty out, as it is told', async () => {
    const tagged = [...NOBODY, '.tag=7'];
    expect(await talk([LOGIN, tagged], 3)).toEqual([['!done'], ['!empty', '.tag=7'], ['!done', '.tag=7']]);
    await router.addFault({ name: 'no-empty' });
    await router.addFault({ name: 'tag-first' });
    const add = ['/ip/hotspot/user/add', '=name=a', '.tag=8'];
    expect(await talk([LOGIN, tagged, add], 3)).toEqual([
      ['!done'],
      ['!done', '.tag=7'],
      ['!done', '.tag=8', '=ret=*1'],
    ]);
  });

  it('leaves !empty out before 7.18 by itself', async () => {
    await router.addFault({ name: 'version', version: '7.17.2 (stable)' });
    expect(await talk([LOGIN, NOBODY], 2)).toEqual([['!done'], ['!done']]);
    await router.addFault({ name: 'version', version: '7.18 (stable)' });
    expect(await talk([LOGIN, NOBODY], 3)).toEqual([['!done'], ['!empty'], ['!done']]);
  });

  it('says how a login failed and lets the next one try', async () => {
    expect(await talk([['/login', '=name=api', '=password=x'], LOGIN], 3)).toEqual([
      ['!trap', '=message=invalid user name or password (6)'],
      ['!done'],
      ['!done'],
    ]);
  });

  it('answers a bare login with a challenge where the router is old', async () => {
    await router.addFault({ name: 'challenge-login' });
    const [challenge] = await talk([['/login']], 1);
    expect(challenge).toEqual(['!done', expect.stringMatching(/^=ret=[0-9a-f]{32}$/)]);
    expect(await talk([['/login', '=name=api', '=response=00']], 2)).toEqual([
      ['!trap', '=message=cannot log in'],
      ['!done'],
    ]);
    await router.clearFaults();
    await router.addFault({ name: 'version', version: '6.43 (stable)' });
    expect(await talk([LOGIN], 1)).toEqual([['!done']]);
    await router.addFault({ name: 'version', version: '6.42.12 (long-term)' });
    expect(await talk([LOGIN], 1)).toEqual([['!done', expect.stringMatching(/^=ret=[0-9a-f]{32}$/)]]);
  });

  it('ends the session on /quit, and for those who never logged in', async () => {
    expect(await talk([LOGIN, ['/quit']])).toEqual([['!done'], ['!fatal', 'session terminated on request']]);
    expect(await talk([NOBODY])).toEqual([['!fatal', 'not logged in']]);
    expect(await talk([LOGIN, ['/cancel', '=tag=7']], 2)).toEqual([['!done'], ['!done']]);
  });

  it('carries categories', async () => {
    expect(await talk([LOGIN, ['/ip/hotspot/user/remove', '=.id=*99']], 3)).toEqual([
      ['!done'],
      ['!trap', '=category=0', '=message=no such item'],
      ['!done'],
    ]);
  });

  it('takes twenty sessions and closes the next, as the service does', async () => {
    const open = await Promise.all(Array.from({ length: 19 }, () => talk([LOGIN], 1)));
    expect(open.flat()).toHaveLength(19);
    expect(await talk([LOGIN])).toEqual([]);
  });

  it('is gone while the router is off and back at the same port', async () => {
    const { port } = router;
    await router.addFault({ name: 'refuse-connections' });
    await expect(open()).rejects.toMatchObject({ kind: 'unreachable' });
    await router.clearFaults();
    expect(router.port).toBe(port);
    api = await open();
    expect(await rows('/system/identity/print')).toHaveLength(1);
  });

  it('refuses a fault that is none', async () => {
    await expect(router.addFault({ name: 'earthquake' })).rejects.toThrow();
    expect(router.faults()).toEqual([]);
  });

  it('says when its port is taken', async () => {
    const second = startRouterSimulator({
      port: router.port,
      dataDir: join(dataDir, 'second'),
      user: 'api',
      password: 'clave',
      clock: { now: () => nowMs },
    });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
