import type { Table } from './books.ts';
import { formatDuration, parseDuration } from './durations.ts';
import { HOTSPOT_SERVER, type Hotspot, noSuchItem, Trap } from './hotspot.ts';
import { matches, type Properties, wantedValue } from './queries.ts';
import type { Request } from './sentences.ts';
import { hasTrait, type Trait } from './version.ts';

/** What `!re` rows and `!done` carry. A print without a row answers `!empty` since 7.18. */
export interface Answer {
  readonly rows?: readonly Properties[];
  readonly ret?: string;
}

type Command = (request: Request) => Answer;

export interface Device {
  readonly version: () => string;
  /** In milliseconds. */
  readonly uptimeMs: () => number;
  readonly settings: Table;
  readonly clock: () => Properties;
  readonly hotspotServer: () => Properties;
  readonly deviceMode: () => Properties;
  readonly licenceLevel: () => number;
}

/** Menus that older versions do not know. */
const NEW_MENUS: readonly (readonly [menu: string, trait: Trait])[] = [
  ['/interface/wireguard/', 'wireguard'],
  ['/system/device-mode/', 'device-mode'],
];

/** Every command the simulated router knows, by its path. Anything else is refused as a real one refuses it. */
export class Commands {
  readonly #commands: ReadonlyMap<string, Command>;
  readonly #version: () => string;

  constructor(hotspot: Hotspot, device: Device) {
    this.#version = device.version;
    const { users, profiles, sessions, hosts, cookies } = hotspot;
    this.#commands = new Map<string, Command>([
      ...menu('/ip/hotspot/user', users, (id, row) => hotspot.showUser(id, row)),
      ...menu('/ip/hotspot/user/profile', profiles, (id, row) => hotspot.showProfile(id, row)),
      ...menu('/ip/hotspot/active', sessions, (id, row) => hotspot.showSession(id, row)),
      ...menu('/ip/hotspot/host', hosts, (id, row) => hotspot.showHost(id, row)),
      ...menu('/ip/hotspot/cookie', cookies, (id, row) => hotspot.showCookie(id, row)),
      ['/ip/hotspot/user/add', (request) => addUser(hotspot, request)],
      ['/ip/hotspot/user/set', (request) => setUser(hotspot, request)],
      ['/ip/hotspot/user/remove', (request) => each(users, request, (id) => removeUser(users, id))],
      ['/ip/hotspot/user/enable', (request) => each(users, request, (id) => change(users, id, { disabled: 'false' }))],
      ['/ip/hotspot/user/disable', (request) => each(users, request, (id) => change(users, id, { disabled: 'true' }))],
      ['/ip/hotspot/user/reset-counters', (request) => each(users, request, (id) => change(users, id, RESET))],
      ['/ip/hotspot/user/profile/add', (request) => addProfile(profiles, request)],
      ['/ip/hotspot/user/profile/set', (request) => setProfile(profiles, request)],
      ['/ip/hotspot/user/profile/remove', (request) => each(profiles, request, (id) => profiles.remove(id))],
      ['/ip/hotspot/active/remove', (request) => each(sessions, request, (id) => hotspot.endSession(id, 'removed'))],
      ['/ip/hotspot/active/login', (request) => logIn(hotspot, request)],
      ['/ip/hotspot/host/remove', (request) => each(hosts, request, (id) => hosts.remove(id))],
      ['/ip/hotspot/cookie/remove', (request) => each(cookies, request, (id) => cookies.remove(id))],
      ['/system/identity/print', (request) => select(request, [{ name: identityOf(device) }])],
      ['/system/identity/set', ({ attributes }) => rename(device, attributes.get('name') ?? '')],
      ['/system/resource/print', (request) => select(request, [resource(device)])],
      ['/system/clock/print', (request) => select(request, [device.clock()])],
      ['/system/device-mode/print', (request) => select(request, [device.deviceMode()])],
      ['/system/license/print', (request) => select(request, [{ nlevel: String(device.licenceLevel()) }])],
      ['/interface/wireguard/print', (request) => select(request, [])],
      ['/ip/hotspot/print', (request) => select(request, [device.hotspotServer()])],
      ['/cancel', () => ({})],
    ]);
  }

  /** @throws Trap */
  run(request: Request): Answer {
    const command = this.#isThere(request.path) && this.#commands.get(request.path);
    if (command) return command(request);
    const parent = request.path.slice(0, request.path.lastIndexOf('/') + 1);
    const paths = [...this.#commands.keys()].filter((path) => this.#isThere(path));
    const known = parent.length > 1 && paths.some((path) => path.startsWith(parent));
    throw new Trap(known ? 'no such command' : 'no such command prefix', 0);
  }

  #isThere(path: string): boolean {
    const [, trait] = NEW_MENUS.find(([menu]) => path.startsWith(menu)) ?? [];
    return trait === undefined || hasTrait(this.#version(), trait);
  }
}

function menu(
  path: string,
  table: Table,
  show: (id: string, row: Properties) => Properties,
): readonly (readonly [string, Command])[] {
  const print: Command = (request) => {
    // Most lookups name the row they want: then the table is not walked, however long it is.
    const wanted = wantedValue(request.queries, table.indexedBy);
    const rows = wanted === undefined ? table.rows() : table.rowsOf(wanted);
    return select(
      request,
      rows.map(([id, row]) => show(id, row)),
    );
  };
  return [
    [`${path}/print`, print],
    [`${path}/getall`, print],
  ];
}

function select({ queries, attributes }: Request, all: readonly Properties[]): Answer {
  const id = attributes.get('.id');
  const rows = all.filter((row) => matches(row, queries) && (id === undefined || row['.id'] === id));
  if (attributes.has('count-only')) return { ret: String(rows.length) };
  const wanted = attributes.get('.proplist')?.split(',');
  if (!wanted) return { rows };
  return { rows: rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => wanted.includes(name)))) };
}

/** Rows named by `=.id=` or `=numbers=`: ids, or names, several with commas. */
function each(table: Table, { attributes }: Request, act: (id: string) => void): Answer {
  const named = (attributes.get('.id') ?? attributes.get('numbers') ?? '').split(',');
  const ids = named.map((word) => {
    const id = table.get(word) ? word : table.rowsOf(word)[0]?.[0];
    if (id === undefined) throw noSuchItem();
    return id;
  });
  ids.forEach(act);
  return {};
}

const change = (table: Table, id: string, properties: Properties): void =>
  table.put(id, { ...table.get(id), ...properties });

const RESET: Properties = { 'used-seconds': '0', 'bytes-in': '0', 'bytes-out': '0' };

function addUser(hotspot: Hotspot, request: Request): Answer {
  const row = written(request, (name, value) => userProperty(hotspot, name, value));
  const user = { server: 'all', profile: 'default', disabled: 'false', ...row };
  if (!row['name']) throw new Trap('missing value(s) of argument(s) name', 0);
  refuseTakenName(hotspot.users, user, undefined);
  return { ret: hotspot.users.add(withoutUnset(user)) };
}

function setUser(hotspot: Hotspot, request: Request): Answer {
  const row = written(request, (name, value) => userProperty(hotspot, name, value));
  return each(hotspot.users, request, (id) => {
    const user = { ...hotspot.users.get(id), ...row };
    refuseTakenName(hotspot.users, user, id);
    hotspot.users.put(id, withoutUnset(user));
  });
}

function removeUser(users: Table, id: string): void {
  if (users.get(id)?.['name'] === 'default-trial') throw new Trap('failure: default user can not be removed');
  users.remove(id);
}

/** A name is unique per server; the same name under another server is another user (routeros.md 4.3, rule 1). */
function refuseTakenName(users: Table, user: Properties, self: string | undefined): void {
  const taken = users
    .rowsOf(user['name'] ?? '')
    .some(([id, other]) => id !== self && other['server'] === user['server']);
  if (taken) throw new Trap('failure: already have user with this name for this server');
}

function addProfile(profiles: Table, request: Request): Answer {
  const row = written(request, profileProperty);
  if (!row['name']) throw new Trap('missing value(s) of argument(s) name', 0);
  if (profiles.rowsOf(row['name']).length > 0) {
    throw new Trap('failure: item with this name already exists');
  }
  return { ret: profiles.add(withoutUnset({ 'shared-users': '1', 'add-mac-cookie': 'true', ...row })) };
}

function setProfile(profiles: Table, request: Request): Answer {
  const row = written(request, profileProperty);
  return each(profiles, request, (id) => profiles.put(id, withoutUnset({ ...profiles.get(id), ...row })));
}

function logIn(hotspot: Hotspot, { attributes }: Request): Answer {
  const ip = attributes.get('ip') ?? '';
  const mac = attributes.get('mac-address');
  if (!IPV4.test(ip)) throw new Trap('invalid value for argument ip', 1);
  if (mac !== undefined && !MAC.test(mac)) throw new Trap('invalid value of mac-address, mac address required', 1);
  const [user = '', password = ''] = [attributes.get('user'), attributes.get('password')];
  hotspot.logIn({ ip, mac, user, password }, 'admin');
  return {};
}

/** The one row of settings. */
const SETTINGS = '*0';

const identityOf = ({ settings }: Device): string => settings.get(SETTINGS)?.['identity'] ?? 'MikroTik';

function rename({ settings }: Device, identity: string): Answer {
  settings.put(SETTINGS, { identity });
  return {};
}

const resource = (device: Device): Properties => ({
  uptime: formatDuration(device.uptimeMs() / 1000),
  version: device.version(),
  'board-name': 'hAP ax^2',
  'architecture-name': 'arm64',
  'cpu-load': '3',
  'free-memory': '679477248',
  'total-memory': '1073741824',
  platform: 'MikroTik',
});

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const MAC = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i;

/** The attributes of an `add` or `set` as a row, each checked; an empty text means "not set". */
function written({ attributes }: Request, check: (name: string, value: string) => string): Record<string, string> {
  return Object.fromEntries(
    [...attributes]
      .filter(([name]) => name !== '.id' && name !== 'numbers')
      .map(([name, value]) => [name, check(name, value)]),
  );
}

const withoutUnset = (row: Properties): Properties =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== ''));

function userProperty(hotspot: Hotspot, name: string, value: string): string {
  switch (name) {
    case 'name':
    case 'password':
    case 'comment':
    case 'email':
    case 'address':
    case 'routes':
      return value;
    case 'server':
      if (value !== 'all' && value !== HOTSPOT_SERVER) throw noMatch('server');
      return value;
    case 'profile':
      if (hotspot.profiles.rowsOf(value).length === 0) throw noMatch('profile');
      return value;
    case 'disabled':
      return flag(name, value);
    case 'mac-address':
      if (value !== '' && !MAC.test(value)) throw new Trap('invalid value of mac-address, mac address required', 1);
      return value.toUpperCase();
    case 'limit-uptime':
      return duration(name, value);
    case 'limit-bytes-in':
    case 'limit-bytes-out':
    case 'limit-bytes-total':
      return byteCount(name, value);
    default:
      throw new Trap(`unknown parameter ${name}`, 0);
  }
}

const PROFILE_TEXTS = ['name', 'address-pool', 'address-list', 'rate-limit', 'shared-users', 'on-login', 'on-logout'];
const PROFILE_DURATIONS = [
  'session-timeout',
  'idle-timeout',
  'keepalive-timeout',
  'status-autorefresh',
  'mac-cookie-timeout',
];

function profileProperty(name: string, value: string): string {
  if (PROFILE_TEXTS.includes(name)) return value;
  if (PROFILE_DURATIONS.includes(name)) return value === 'none' ? value : duration(name, value);
  if (name === 'add-mac-cookie') return flag(name, value);
  throw new Trap(`unknown parameter ${name}`, 0);
}

const noMatch = (property: string): Trap => new Trap(`input does not match any value of ${property}`, 1);

function flag(name: string, value: string): string {
  if (['yes', 'true'].includes(value)) return 'true';
  if (['no', 'false'].includes(value)) return 'false';
  throw new Trap(`invalid value for argument ${name}`, 1);
}

/** Stored as the router writes it: `90m` reads back as `1h30m`. */
function duration(name: string, value: string): string {
  if (value === '') return value;
  const parsed = parseDuration(value);
  if (parsed === undefined) throw new Trap(`invalid value for argument ${name}`, 1);
  return formatDuration(parsed);
}

const BYTES = new Map([
  ['k', 1024],
  ['M', 1024 ** 2],
  ['G', 1024 ** 3],
]);

function byteCount(name: string, value: string): string {
  if (value === '' || value === '0') return '';
  const [, digits, unit] = /^(\d+)([kMG])?$/.exec(value) ?? [];
  if (digits === undefined) throw new Trap(`invalid value for argument ${name}`, 1);
  return String(Number(digits) * (BYTES.get(unit ?? '') ?? 1));
}
