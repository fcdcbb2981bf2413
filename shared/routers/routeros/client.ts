import { Secret } from '../../security/secret.ts';
import {
  type ActiveSession,
  type DeviceLogin,
  type HotspotHost,
  type HotspotProfile,
  type HotspotUser,
  type ListedUser,
  type NewHotspotUser,
  type NewProfile,
  RouterFault,
  type RouterResource,
  type RouterSession,
  type RouterTransport,
} from '../client.ts';
import { durationSeconds } from '../durations.ts';
import type { RouterClock } from '../router-clock.ts';
import { isAlreadyLoggedIn, refusedFault, refusedReason } from './refusals.ts';
import { ApiSession } from './session.ts';
import type { Row } from './words.ts';

export interface RouterOsOptions {
  /** How long one command may wait for its answer; milliseconds. */
  readonly commandDeadlineMs?: number;
}

const DEFAULT_COMMAND_DEADLINE_MS = 4_000;

/** The RouterOS API behind the port `RouterTransport`. */
export function routerOsTransport(options: RouterOsOptions = {}): RouterTransport {
  const commandDeadlineMs = options.commandDeadlineMs ?? DEFAULT_COMMAND_DEADLINE_MS;
  return {
    connect: async (target, deadlineMs) =>
      new RouterOsSession(await ApiSession.open(target, deadlineMs, commandDeadlineMs)),
  };
}

/** Domain verbs as sentences. Menus are those of contract 9.2; `.proplist` always, or the router computes slow properties. */
class RouterOsSession implements RouterSession {
  readonly #api: ApiSession;

  constructor(api: ApiSession) {
    this.#api = api;
  }

  get fingerprint(): string | null {
    return this.#api.fingerprint;
  }

  async identity(): Promise<string> {
    const [row] = await this.#print('/system/identity/print', ['name']);
    return text(row, 'name');
  }

  async resource(): Promise<RouterResource> {
    const [row] = await this.#print('/system/resource/print', ['version', 'uptime', 'board-name']);
    return {
      version: row?.get('version') ?? null,
      uptime: row?.get('uptime') ?? null,
      boardName: row?.get('board-name') ?? null,
    };
  }

  async clock(): Promise<RouterClock> {
    const [row] = await this.#print('/system/clock/print', ['date', 'time', 'gmt-offset']);
    return {
      date: row?.get('date') ?? null,
      time: row?.get('time') ?? null,
      gmtOffset: row?.get('gmt-offset') ?? null,
    };
  }

  async userCount(): Promise<number | null> {
    // A router that did not know `count-only` would send its ids only.
    const words = ['/ip/hotspot/user/print', '=count-only=', '=.proplist=.id'];
    const answer = await this.#api.command(words);
    if (answer.kind === 'trap') throw refusedFault(answer, words);
    const count = answer.done.get('ret') ?? '';
    return /^\d+$/.test(count) ? Number(count) : null;
  }

  async deviceModeBlocked(): Promise<boolean> {
    const words = ['/ip/hotspot/print', '=.proplist=disabled,comment'];
    const answer = await this.#api.command(words);
    if (answer.kind === 'done')
      return answer.rows.some((row) => isTrue(row, 'disabled') && text(row, 'comment').includes('by device-mode'));
    const refusal = refusedFault(answer, words);
    if (refusal.reason === 'device-mode') return true;
    throw refusal;
  }

  async profiles(): Promise<readonly HotspotProfile[]> {
    const rows = await this.#print('/ip/hotspot/user/profile/print', [
      '.id',
      'name',
      'session-timeout',
      'idle-timeout',
      'keepalive-timeout',
      'status-autorefresh',
      'shared-users',
      'rate-limit',
      'address-list',
      'mac-cookie-timeout',
    ]);
    return rows.map((row) => ({
      id: text(row, '.id'),
      name: text(row, 'name'),
      sessionTimeout: row.get('session-timeout') ?? null,
      idleTimeout: row.get('idle-timeout') ?? null,
      keepaliveTimeout: row.get('keepalive-timeout') ?? null,
      statusAutorefresh: row.get('status-autorefresh') ?? null,
      sharedUsers: row.get('shared-users') ?? null,
      rateLimit: row.get('rate-limit') ?? null,
      addressList: row.get('address-list') ?? null,
      macCookieTimeout: row.get('mac-cookie-timeout') ?? null,
    }));
  }

  async addProfile({ name, rateLimit, sharedUsers, sessionTimeout }: NewProfile): Promise<void> {
    // Names and limits are the operator's own: they go back as they were read.
    const words = [
      '/ip/hotspot/user/profile/add',
      `=name=${name}`,
      ...(rateLimit ? [`=rate-limit=${rateLimit}`] : []),
      ...(sharedUsers ? [`=shared-users=${sharedUsers}`] : []),
      ...(sessionTimeout ? [`=session-timeout=${sessionTimeout}`] : []),
    ];
    const answer = await this.#api.command(words);
    if (answer.kind === 'trap' && refusedReason(answer.text) !== 'profile-taken') throw refusedFault(answer, words);
  }

  async findUser(name: string): Promise<HotspotUser | undefined> {
    const [row] = await this.#print('/ip/hotspot/user/print', [...USER_PROPERTIES, 'password'], `?name=${name}`);
    return row && { ...userOf(row), password: new Secret(text(row, 'password')) };
  }

  async users(): Promise<readonly ListedUser[]> {
    return (await this.#print('/ip/hotspot/user/print', USER_PROPERTIES)).map(userOf);
  }

  async addUser(user: NewHotspotUser): Promise<void> {
    await this.#run(['/ip/hotspot/user/add', `=name=${ascii(user.name)}`, ...userWords(user), '=disabled=no']);
  }

  async setUser(
    id: string,
    changes: Partial<Omit<NewHotspotUser, 'name'>> & { readonly disabled?: boolean },
  ): Promise<void> {
    const words = ['/ip/hotspot/user/set', `=.id=${id}`, ...userWords(changes)];
    // Unlike `add`, where leaving the word out means the same, a user that had a password must be told to lose it.
    if (changes.password?.reveal() === '') words.push('=password=');
    if (changes.disabled !== undefined) words.push(`=disabled=${changes.disabled ? 'yes' : 'no'}`);
    await this.#run(words);
  }

  async removeUser(id: string): Promise<void> {
    await this.#remove('/ip/hotspot/user/remove', id);
  }

  async findHost(macAddress: string): Promise<HotspotHost | undefined> {
    const properties = ['mac-address', 'address', 'to-address', 'authorized'];
    // The router stores MACs in capitals and its queries compare text.
    const query = `?mac-address=${macAddress.toUpperCase()}`;
    const [row] = await this.#print('/ip/hotspot/host/print', properties, query);
    if (!row) return undefined;
    return {
      macAddress: text(row, 'mac-address'),
      // `to-address` is the one the hotspot gave, where it translates; elsewhere it equals `address` or is missing.
      address: row.get('to-address') ?? text(row, 'address'),
      authorized: isTrue(row, 'authorized'),
    };
  }

  async sessionsOf(user: string): Promise<readonly ActiveSession[]> {
    return (await this.#print('/ip/hotspot/active/print', SESSION_PROPERTIES, `?user=${user}`)).map(sessionOf);
  }

  async sessions(): Promise<readonly ActiveSession[]> {
    return (await this.#print('/ip/hotspot/active/print', SESSION_PROPERTIES)).map(sessionOf);
  }

  async endSession(id: string): Promise<void> {
    await this.#remove('/ip/hotspot/active/remove', id);
  }

  async cookiesOf(user: string): Promise<readonly string[]> {
    const rows = await this.#print('/ip/hotspot/cookie/print', ['.id'], `?user=${user}`);
    return rows.map((row) => text(row, '.id'));
  }

  async removeCookie(id: string): Promise<void> {
    await this.#remove('/ip/hotspot/cookie/remove', id);
  }

  async logIn(device: DeviceLogin): Promise<void> {
    const words = [
      '/ip/hotspot/active/login',
      `=ip=${device.address}`,
      `=mac-address=${device.macAddress.toUpperCase()}`,
      `=user=${device.user}`,
      `=password=${device.password.reveal()}`,
    ];
    const answer = await this.#api.command(words);
    if (answer.kind === 'trap' && !isAlreadyLoggedIn(answer.text)) throw refusedFault(answer, words);
  }

  close(): void {
    this.#api.close();
  }

  #print(command: string, properties: readonly string[], ...queries: string[]): Promise<readonly Row[]> {
    return this.#run([command, `=.proplist=${properties.join(',')}`, ...queries]);
  }

  /** What is gone already needs no removing (routeros.md 2.3). */
  async #remove(command: string, id: string): Promise<void> {
    const words = [command, `=.id=${id}`];
    const answer = await this.#api.command(words);
    if (answer.kind === 'trap' && refusedReason(answer.text) !== 'no-such-item') throw refusedFault(answer, words);
  }

  async #run(words: readonly string[]): Promise<readonly Row[]> {
    const answer = await this.#api.command(words);
    if (answer.kind === 'trap') throw refusedFault(answer, words);
    return answer.rows;
  }
}

const USER_PROPERTIES = [
  '.id',
  'name',
  'profile',
  'comment',
  'disabled',
  'limit-uptime',
  'limit-bytes-total',
  'uptime',
  'bytes-in',
  'bytes-out',
] as const;

const userOf = (row: Row): ListedUser => ({
  id: text(row, '.id'),
  name: text(row, 'name'),
  profile: text(row, 'profile'),
  comment: text(row, 'comment'),
  disabled: isTrue(row, 'disabled'),
  // Zero is RouterOS' other way of saying that there is no limit.
  limitUptimeSeconds: durationSeconds(text(row, 'limit-uptime')) || null,
  limitBytesTotal: Number(text(row, 'limit-bytes-total')) || null,
  uptimeSeconds: durationSeconds(text(row, 'uptime')) ?? 0,
  bytes: count(row, 'bytes-in') + count(row, 'bytes-out'),
});

const SESSION_PROPERTIES = ['.id', 'user', 'address', 'mac-address', 'uptime', 'bytes-in', 'bytes-out'] as const;

const sessionOf = (row: Row): ActiveSession => ({
  id: text(row, '.id'),
  user: text(row, 'user'),
  address: text(row, 'address'),
  macAddress: text(row, 'mac-address'),
  uptimeSeconds: durationSeconds(text(row, 'uptime')) ?? 0,
  bytesIn: count(row, 'bytes-in'),
  bytesOut: count(row, 'bytes-out'),
});

const count = (row: Row, property: string): number => Number(text(row, property)) || 0;

/** The writable properties of a user that are given. An empty password (PIN) is left out. */
function userWords(user: Partial<NewHotspotUser>): string[] {
  const password = user.password?.reveal();
  return [
    ...(password ? [`=password=${ascii(password)}`] : []),
    // A profile's name is the operator's own, in whatever letters: it goes back as it was read.
    ...(user.profile === undefined ? [] : [`=profile=${user.profile}`]),
    ...(user.comment === undefined ? [] : [`=comment=${ascii(user.comment)}`]),
    ...(user.limitUptimeSeconds === undefined ? [] : [`=limit-uptime=${user.limitUptimeSeconds}s`]),
    ...(user.limitBytesTotal === undefined ? [] : [`=limit-bytes-total=${user.limitBytesTotal}`]),
  ];
}

/** RouterOS has no character set: what we author is plain ASCII, so that every tool reads it back alike (routeros.md 1.7). */
function ascii(value: string): string {
  if (!/^[\x20-\x7e]*$/.test(value)) throw new RouterFault('usage', 'only printable ASCII is written to a router');
  return value;
}

const text = (row: Row | undefined, property: string): string => row?.get(property) ?? '';

const isTrue = (row: Row, property: string): boolean => ['true', 'yes'].includes(text(row, property));
