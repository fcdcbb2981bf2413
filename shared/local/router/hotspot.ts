import type { Clock } from '../../platform/clock.ts';
import type { Books, Table } from './books.ts';
import { formatDuration, parseDuration } from './durations.ts';
import type { Faults } from './faults.ts';
import { activeUsersAllowed } from './licence.ts';
import type { Properties } from './queries.ts';

export const HOTSPOT_SERVER = 'hotspot1';
const DEFAULT_TRIAL = 'default-trial';
const DEFAULT_KEEPALIVE_S = 120;
const DEFAULT_COOKIE_S = 3 * 86_400;

/** What the router says instead of doing something. Texts and categories: routeros.md 4.2. */
export class Trap extends Error {
  readonly category: number | undefined;

  constructor(message: string, category?: number) {
    super(message);
    this.category = category;
  }
}

const invalidLogin = (): Trap => new Trap('invalid username or password');

type SessionEnd =
  'removed' | 'logged-out' | 'replaced' | 'lost' | 'rebooted' | 'uptime-limit' | 'session-timeout' | 'traffic-limit';

/** Ends after which the device is not let back in by its MAC cookie (routeros.md 4.3, rule 7). */
const endsCookie: readonly SessionEnd[] = ['removed', 'logged-out', 'session-timeout', 'traffic-limit'];

/**
 * The hotspot's rules (routeros.md 4.3): who may log in, how long, what a login leaves behind. Rows keep what a real router
 * would keep; everything that moves with time is computed from the clock when asked.
 */
export class Hotspot {
  readonly #clock: Clock;
  readonly #faults: Faults;
  readonly users: Table;
  readonly profiles: Table;
  readonly sessions: Table;
  readonly hosts: Table;
  readonly cookies: Table;

  constructor(books: Books, clock: Clock, faults: Faults) {
    this.#clock = clock;
    this.#faults = faults;
    this.users = books.table('user');
    this.profiles = books.table('profile');
    this.sessions = books.table('active');
    this.hosts = books.table('host');
    this.cookies = books.table('cookie');
  }

  /** @param profiles what the operator made besides `default`, by name */
  furnish(profiles: Readonly<Record<string, Properties>>): void {
    this.profiles.put('*0', { name: 'default', 'shared-users': '1', 'add-mac-cookie': 'true', ...PROFILE_DEFAULTS });
    for (const [name, properties] of Object.entries(profiles)) this.addProfile(name, properties);
    this.users.put('*0', {
      name: DEFAULT_TRIAL,
      server: 'all',
      profile: 'default',
      comment: 'counters and limits for trial users',
      disabled: 'false',
    });
  }

  addProfile(name: string, properties: Properties): void {
    if (this.profiles.rowsOf(name).length > 0) return;
    this.profiles.add({ ...PROFILE_DEFAULTS, 'shared-users': '1', 'add-mac-cookie': 'true', ...properties, name });
  }

  wipe(): void {
    for (const table of [this.users, this.profiles, this.sessions, this.hosts, this.cookies]) table.clear();
    this.furnish({});
  }

  reboot(): void {
    for (const [id] of this.sessions.rows()) this.endSession(id, 'rebooted');
  }

  /** Ends what time has ended since the last command. Called before each one. */
  elapse(): void {
    const now = this.#clock.now();
    for (const [id, session] of this.sessions.rows()) {
      const leftAt = session['left-at'];
      if (leftAt !== undefined && now >= Number(leftAt) + this.#keepaliveMs(session)) this.endSession(id, 'lost');
      else if (this.#secondsLeft(session) <= 0) {
        this.endSession(id, session['ends-by'] === 'session-timeout' ? 'session-timeout' : 'uptime-limit');
      } else if (this.#trafficUsedUp(session)) this.endSession(id, 'traffic-limit');
    }
    for (const [id, cookie] of this.cookies.rows()) if (now >= Number(cookie['expires-at'])) this.cookies.remove(id);
  }

  /** A device joins the network. One with a MAC cookie is logged in by it. */
  join(mac: string, address: string): void {
    const macAddress = mac.toUpperCase();
    for (const [id, host] of this.hosts.rows()) {
      if (host['mac-address'] === macAddress || host['address'] === address) this.hosts.remove(id);
    }
    this.hosts.add({
      'mac-address': macAddress,
      address,
      server: HOTSPOT_SERVER,
      'seen-at': String(this.#clock.now()),
    });
    const [id, session] = this.#sessionOf(macAddress) ?? [];
    if (id !== undefined && session !== undefined) {
      const { 'left-at': _, ...present } = session;
      this.sessions.put(id, present);
    } else this.#logInByCookie(macAddress, address);
  }

  /** A device goes. Its session lives on until keepalive frees it, as a phone with a new MAC finds out. */
  leave(mac: string): void {
    const macAddress = mac.toUpperCase();
    for (const [id] of this.hosts.rowsOf(macAddress)) this.hosts.remove(id);
    const [id, session] = this.#sessionOf(macAddress) ?? [];
    if (id !== undefined) this.sessions.put(id, { ...session, 'left-at': String(this.#clock.now()) });
  }

  /** @param bytesIn from the device, @param bytesOut to the device */
  transfer(mac: string, bytesIn: number, bytesOut: number): void {
    const [id, session] = this.#sessionOf(mac.toUpperCase()) ?? [];
    if (id === undefined || session === undefined) return;
    this.sessions.put(id, {
      ...session,
      'bytes-in': String(count(session, 'bytes-in') + bytesIn),
      'bytes-out': String(count(session, 'bytes-out') + bytesOut),
    });
  }

  /** The device's own log-in page. @throws Trap with the text that page shows */
  logInFrom(mac: string, user: string, password: string): void {
    const host = this.hosts.rowsOf(mac.toUpperCase())[0]?.[1];
    this.logIn({ ip: host?.['address'] ?? '', mac, user, password }, 'http-chap');
  }

  /** Its log-out page. */
  logOut(mac: string): void {
    const [id] = this.#sessionOf(mac.toUpperCase()) ?? [];
    if (id !== undefined) this.endSession(id, 'logged-out');
  }

  /** `/ip/hotspot/active/login`. The order of checks is that of routeros.md 4.3, rule 2. */
  logIn(given: { ip: string; mac: string | undefined; user: string; password: string }, by: string): void {
    const host = this.hosts.rows().find(([, row]) => row['address'] === given.ip)?.[1];
    if (!host) throw new Trap(`unknown host IP ${given.ip}`);
    const macAddress = host['mac-address'] ?? '';
    if (given.mac !== undefined && given.mac.toUpperCase() !== macAddress) throw new Trap('wrong MAC provided');
    const user = this.users.rowsOf(given.user).find(([, row]) => serves(row))?.[1];
    if (!user || given.user === DEFAULT_TRIAL) throw invalidLogin();
    if (user['disabled'] === 'true' || (user['password'] ?? '') !== given.password) throw invalidLogin();
    const lock = user['mac-address'];
    if (lock !== undefined && lock !== macAddress) {
      throw new Trap(`user ${given.user} is not allowed to log in from this MAC address`);
    }
    const present = this.#sessionOf(macAddress);
    if (present?.[1]['user'] === given.user) throw new Trap('already logged in');
    this.#checkLimits(user, given.user, present?.[0]);
    if (present) this.endSession(present[0], 'replaced');
    this.#open(user, host, by);
  }

  #checkLimits(user: Properties, name: string, replaced: string | undefined): void {
    const uptimeLeft = this.#uptimeLeft(user);
    if (uptimeLeft !== undefined && uptimeLeft <= 0) throw new Trap(`user ${name} has reached uptime limit`);
    if (LIMITED.some(([limit, used]) => user[limit] !== undefined && count(user, limit) <= used(user))) {
      throw new Trap(`user ${name} has reached traffic limit`);
    }
    const shared = this.#profileOf(user)?.['shared-users'] ?? '1';
    const open = this.sessions.rowsOf(name).filter(([id]) => id !== replaced).length;
    if (shared !== 'unlimited' && open >= Number(shared)) {
      throw new Trap(`no more sessions are allowed for user ${name}`);
    }
    const active = this.sessions.size - (replaced === undefined ? 0 : 1);
    if (active >= activeUsersAllowed(this.#faults) || this.#faults.strike(['licence-full'])) {
      throw new Trap('session limit reached (license)');
    }
  }

  #open(user: Properties, host: Properties, by: string): void {
    const profile = this.#profileOf(user);
    const macAddress = host['mac-address'] ?? '';
    const name = user['name'] ?? '';
    const used = count(user, 'used-seconds');
    const byUptime = seconds(user['limit-uptime']);
    const bySession = seconds(profile?.['session-timeout']);
    const uptimeLeft = byUptime === undefined ? Infinity : byUptime - used;
    const ends = Math.min(uptimeLeft, bySession ?? Infinity);
    this.sessions.add({
      server: HOTSPOT_SERVER,
      user: name,
      address: host['address'] ?? '',
      'mac-address': macAddress,
      'login-by': by,
      'started-at': String(this.#clock.now()),
      'bytes-in': '0',
      'bytes-out': '0',
      ...(Number.isFinite(ends) && {
        'ends-after': String(ends),
        'ends-by': ends < uptimeLeft ? 'session-timeout' : 'uptime-limit',
      }),
    });
    if (profile?.['add-mac-cookie'] !== 'true') return;
    for (const [id, cookie] of this.cookies.rows()) if (cookie['mac-address'] === macAddress) this.cookies.remove(id);
    const cookieMs = (seconds(profile['mac-cookie-timeout']) ?? DEFAULT_COOKIE_S) * 1000;
    this.cookies.add({
      user: name,
      'mac-address': macAddress,
      password: user['password'] ?? '',
      'expires-at': String(this.#clock.now() + cookieMs),
    });
  }

  /** The session's time and bytes go to its user, if there still is one: removing a user does not end its session. */
  endSession(id: string, why: SessionEnd): void {
    const session = this.sessions.get(id);
    if (!session) throw noSuchItem();
    this.sessions.remove(id);
    const forgotten = why === 'rebooted' && this.#faults.strike(['reboot-loses-uptime']) !== undefined;
    const [userId, user] = this.users.rowsOf(session['user'] ?? '').find(([, row]) => serves(row)) ?? [];
    if (userId !== undefined && user !== undefined && !forgotten) {
      this.users.put(userId, {
        ...user,
        'used-seconds': String(count(user, 'used-seconds') + this.#elapsedOf(session)),
        'bytes-in': String(count(user, 'bytes-in') + count(session, 'bytes-in')),
        'bytes-out': String(count(user, 'bytes-out') + count(session, 'bytes-out')),
      });
    }
    if (!endsCookie.includes(why)) return;
    for (const [cookieId, cookie] of this.cookies.rowsOf(session['user'] ?? '')) {
      if (cookie['mac-address'] === session['mac-address']) this.cookies.remove(cookieId);
    }
  }

  #logInByCookie(macAddress: string, ip: string): void {
    const [id, cookie] = this.cookies.rows().find(([, row]) => row['mac-address'] === macAddress) ?? [];
    if (id === undefined || cookie === undefined) return;
    try {
      this.logIn({ ip, mac: macAddress, user: cookie['user'] ?? '', password: cookie['password'] ?? '' }, 'mac-cookie');
    } catch (error) {
      if (!(error instanceof Trap)) throw error;
      this.cookies.remove(id);
    }
  }

  showUser(id: string, row: Properties): Properties {
    const live = this.#faults.last('uptime-at-log-out') ? 0 : this.#onlineSeconds(row);
    const { 'used-seconds': used = '0', server, disabled = 'false', ...rest } = row;
    return {
      '.id': id,
      ...(server !== 'all' && server !== undefined && { server }),
      ...rest,
      uptime: formatDuration(Number(used) + live),
      'bytes-in': row['bytes-in'] ?? '0',
      'bytes-out': row['bytes-out'] ?? '0',
      'packets-in': '0',
      'packets-out': '0',
      dynamic: 'false',
      disabled,
      ...(row['name'] === DEFAULT_TRIAL && { default: 'true' }),
    };
  }

  showProfile(id: string, row: Properties): Properties {
    return { '.id': id, ...row, default: String(row['name'] === 'default') };
  }

  showSession(id: string, row: Properties): Properties {
    const { 'started-at': _s, 'ends-after': ends, 'ends-by': _e, 'left-at': _l, ...rest } = row;
    return {
      '.id': id,
      ...rest,
      uptime: formatDuration(this.#elapsedOf(row)),
      ...(ends !== undefined && { 'session-time-left': formatDuration(this.#secondsLeft(row)) }),
      'idle-time': '0s',
      'keepalive-timeout': formatDuration(this.#keepaliveMs(row) / 1000),
      'packets-in': '0',
      'packets-out': '0',
      radius: 'false',
      blocked: 'false',
    };
  }

  showHost(id: string, row: Properties): Properties {
    const { 'seen-at': seenAt, ...rest } = row;
    return {
      '.id': id,
      ...rest,
      'to-address': row['address'] ?? '',
      uptime: formatDuration((this.#clock.now() - Number(seenAt)) / 1000),
      'idle-time': '0s',
      authorized: String(this.#sessionOf(row['mac-address'] ?? '') !== undefined),
      bypassed: 'false',
      dynamic: 'true',
    };
  }

  showCookie(id: string, row: Properties): Properties {
    const { 'expires-at': expiresAt, password: _, ...rest } = row;
    return {
      '.id': id,
      ...rest,
      'mac-cookie': 'true',
      'expires-in': formatDuration((Number(expiresAt) - this.#clock.now()) / 1000),
    };
  }

  #sessionOf(macAddress: string): readonly [string, Properties] | undefined {
    return this.sessions.rows().find(([, row]) => row['mac-address'] === macAddress);
  }

  #profileOf(user: Properties): Properties | undefined {
    return this.profiles.rowsOf(user['profile'] ?? 'default')[0]?.[1];
  }

  #keepaliveMs(session: Properties): number {
    const user = this.users.rowsOf(session['user'] ?? '')[0]?.[1];
    return (seconds(user && this.#profileOf(user)?.['keepalive-timeout']) ?? DEFAULT_KEEPALIVE_S) * 1000;
  }

  #elapsedOf(session: Properties): number {
    // A session whose end came while nobody asked was cut at its end, not when it was noticed.
    const leftAt = session['left-at'];
    const lostAt = leftAt === undefined ? Infinity : Number(leftAt) + this.#keepaliveMs(session);
    const elapsed = Math.floor((Math.min(this.#clock.now(), lostAt) - Number(session['started-at'])) / 1000);
    return Math.min(elapsed, Number(session['ends-after'] ?? Infinity));
  }

  #secondsLeft(session: Properties): number {
    return Number(session['ends-after'] ?? Infinity) - this.#elapsedOf(session);
  }

  #onlineSeconds(user: Properties): number {
    return this.sessions.rowsOf(user['name'] ?? '').reduce((sum, [, session]) => sum + this.#elapsedOf(session), 0);
  }

  #uptimeLeft(user: Properties): number | undefined {
    const limit = seconds(user['limit-uptime']);
    return limit === undefined ? undefined : limit - count(user, 'used-seconds') - this.#onlineSeconds(user);
  }

  #trafficUsedUp(session: Properties): boolean {
    const user = this.users.rowsOf(session['user'] ?? '')[0]?.[1];
    if (!user) return false;
    const total = {
      'bytes-in': String(count(user, 'bytes-in') + count(session, 'bytes-in')),
      'bytes-out': String(count(user, 'bytes-out') + count(session, 'bytes-out')),
    };
    return LIMITED.some(([limit, used]) => user[limit] !== undefined && count(user, limit) <= used(total));
  }
}

const PROFILE_DEFAULTS: Properties = {
  'idle-timeout': 'none',
  'keepalive-timeout': '2m',
  'status-autorefresh': '1m',
  'mac-cookie-timeout': '3d',
};

const LIMITED: readonly (readonly [limit: string, used: (row: Properties) => number])[] = [
  ['limit-bytes-in', (row) => count(row, 'bytes-in')],
  ['limit-bytes-out', (row) => count(row, 'bytes-out')],
  ['limit-bytes-total', (row) => count(row, 'bytes-in') + count(row, 'bytes-out')],
];

export const noSuchItem = (): Trap => new Trap('no such item', 0);

const serves = (user: Properties): boolean => [undefined, 'all', HOTSPOT_SERVER].includes(user['server']);

const count = (row: Properties, property: string): number => Number(row[property] ?? 0);

/** RouterOS writes "no limit" as nothing, `none` or zero. */
function seconds(text: string | undefined): number | undefined {
  return text === undefined || text === 'none' ? undefined : parseDuration(text) || undefined;
}
