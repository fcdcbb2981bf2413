import { createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../../platform/clock.ts';
import { Books } from './books.ts';
import { Commands } from './commands.ts';
import { serve } from './connection.ts';
import { clockRow } from './device-clock.ts';
import { deviceModeRow } from './device-mode.ts';
import { type Fault, type FaultDescription, type FaultInput, faultCatalogue, Faults, faultSchema } from './faults.ts';
import { HOTSPOT_SERVER, Hotspot } from './hotspot.ts';
import { licenceLevel } from './licence.ts';
import type { Properties } from './queries.ts';
import { parseRequest } from './sentences.ts';
import { type Traffic, TrafficLog } from './traffic.ts';

export interface RouterSimulatorOptions {
  /** Loopback unless told otherwise. */
  readonly host?: string;
  /** 0 = any free one. */
  readonly port: number;
  /** Where `router.jsonl` lies; made if missing. */
  readonly dataDir: string;
  /** The API login. */
  readonly user: string;
  readonly password: string;
  readonly clock: Clock;
  readonly faults?: readonly FaultInput[];
  /** Profiles besides `default` on a router that starts empty. */
  readonly profiles?: Readonly<Record<string, Properties>>;
  readonly version?: string;
  /** How many of the last commands `books.commands()` shows; 1,000 when left out. */
  readonly rememberedCommands?: number;
  /** Of its time zone, minutes east of Greenwich; Mexico's when left out. */
  readonly gmtOffsetMinutes?: number;
}

export interface RouterSimulator {
  readonly port: number;
  /** Rows as the router's API shows them, and what was asked of it. */
  readonly books: {
    users(): readonly Properties[];
    profiles(): readonly Properties[];
    active(): readonly Properties[];
    hosts(): readonly Properties[];
    cookies(): readonly Properties[];
    commands(): Traffic;
  };
  readonly faultCatalogue: readonly FaultDescription[];
  /** A device joins the hotspot's network. */
  addHost(device: { readonly mac: string; readonly ip: string }): void;
  /** It goes away; its session stays until the keepalive time-out. */
  removeHost(mac: string): void;
  /** It moves bytes, seen from the router: in = from the device. */
  transfer(mac: string, bytesIn: number, bytesOut: number): void;
  /** Somebody types a code into the hotspot's own page. @throws Trap with the text that page shows */
  logIn(code: { readonly mac: string; readonly user: string; readonly password: string }): void;
  /** A device logs itself out. */
  logOut(mac: string): void;
  /** What an operator makes by hand, or again after a reset. */
  addProfile(name: string, properties?: Properties): void;
  /** Makes `count` users at once, named `seed-00001` and so on, with the profile `default`. */
  seedUsers(count: number): void;
  /** Makes users at once, with the properties a row of `/ip/hotspot/user` may have; nothing is checked. */
  addUsers(rows: readonly Properties[]): void;
  /** Connections drop, sessions end; users, cookies and hosts stay. */
  reboot(): void;
  /** All users, cookies, sessions, hosts, profiles and the identity are gone but what is built in; the API login stays. */
  factoryReset(): void;
  faults(): readonly Fault[];
  /** @throws z.ZodError for what is no fault */
  addFault(fault: unknown): Promise<void>;
  clearFaults(): Promise<void>;
  stop(): Promise<void>;
}

/** What an operator of the sandbox has on sale. */
const SANDBOX_PROFILES: Readonly<Record<string, Properties>> = {
  '1hora': { 'rate-limit': '5M/10M', 'session-timeout': '1h' },
  '1dia': { 'rate-limit': '5M/10M', 'session-timeout': '1d' },
  '1semana': { 'rate-limit': '10M/20M', 'session-timeout': '1w', 'shared-users': '2' },
};

/** `/ip/service` `max-sessions` (routeros.md 1.6). */
const DEFAULT_SESSION_LIMIT = 20;

const DEFAULT_VERSION = '7.18.2 (stable)';
const DEFAULT_OFFSET_MINUTES = -6 * 60;
const SECOND_OF_JANUARY_1970 = 24 * 60 * 60 * 1000;

/** A MikroTik hotspot router that speaks the RouterOS API over TCP (routeros.md 1 and 4). Books are read from `dataDir`. */
export async function startRouterSimulator(options: RouterSimulatorOptions): Promise<RouterSimulator> {
  const simulator = new Simulator(options);
  await simulator.listen(options.port);
  for (const fault of options.faults ?? []) await simulator.addFault(fault);
  return simulator;
}

class Simulator implements RouterSimulator {
  readonly #options: RouterSimulatorOptions;
  readonly #store: Books;
  readonly #faults = new Faults();
  readonly #traffic: TrafficLog;
  readonly #hotspot: Hotspot;
  readonly #commands: Commands;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #startedAt: number;
  port = 0;
  readonly faultCatalogue = faultCatalogue;
  readonly books: RouterSimulator['books'];

  constructor(options: RouterSimulatorOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
    this.#store = new Books(options.dataDir);
    this.#traffic = new TrafficLog(options.clock, options.rememberedCommands);
    this.#hotspot = new Hotspot(this.#store, options.clock, this.#faults);
    if (this.#hotspot.profiles.size === 0) this.#hotspot.furnish(options.profiles ?? SANDBOX_PROFILES);
    this.#commands = new Commands(this.#hotspot, {
      version: () => this.#version(),
      uptimeMs: () => options.clock.now() - this.#startedAt,
      settings: this.#store.table('setting'),
      clock: () => this.#clockRow(),
      hotspotServer: () => this.#hotspotServer(),
      deviceMode: () => deviceModeRow(this.#faults),
      licenceLevel: () => licenceLevel(this.#faults),
    });
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    const shown = (path: string) => (): readonly Properties[] => {
      this.#hotspot.elapse();
      return this.#commands.run(parseRequest([path])).rows ?? [];
    };
    this.books = {
      users: shown('/ip/hotspot/user/print'),
      profiles: shown('/ip/hotspot/user/profile/print'),
      active: shown('/ip/hotspot/active/print'),
      hosts: shown('/ip/hotspot/host/print'),
      cookies: shown('/ip/hotspot/cookie/print'),
      commands: () => this.#traffic.summary(),
    };
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, this.#options.host ?? '127.0.0.1', () => {
        this.#server.removeListener('error', reject);
        const address = this.#server.address();
        if (address !== null && typeof address === 'object') this.port = address.port;
        resolve();
      });
    });
  }

  addHost({ mac, ip }: { readonly mac: string; readonly ip: string }): void {
    this.#hotspot.elapse();
    this.#hotspot.join(mac, ip);
  }

  removeHost(mac: string): void {
    this.#hotspot.elapse();
    this.#hotspot.leave(mac);
  }

  transfer(mac: string, bytesIn: number, bytesOut: number): void {
    this.#hotspot.elapse();
    this.#hotspot.transfer(mac, bytesIn, bytesOut);
  }

  logIn({ mac, user, password }: { readonly mac: string; readonly user: string; readonly password: string }): void {
    this.#hotspot.elapse();
    this.#hotspot.logInFrom(mac, user, password);
  }

  logOut(mac: string): void {
    this.#hotspot.elapse();
    this.#hotspot.logOut(mac);
  }

  addProfile(name: string, properties: Properties = SANDBOX_PROFILES[name] ?? {}): void {
    this.#hotspot.addProfile(name, properties);
  }

  seedUsers(count: number): void {
    const row = (n: number): Properties => ({
      name: `seed-${String(n).padStart(5, '0')}`,
      password: String(n),
    });
    this.addUsers(Array.from({ length: count }, (_, i) => row(i + 1)));
  }

  addUsers(rows: readonly Properties[]): void {
    this.#hotspot.users.addAll(rows.map((row) => ({ server: 'all', profile: 'default', disabled: 'false', ...row })));
  }

  reboot(): void {
    this.#hotspot.elapse();
    this.#dropConnections();
    this.#hotspot.reboot();
    this.#startedAt = this.#options.clock.now();
  }

  factoryReset(): void {
    this.#dropConnections();
    this.#hotspot.wipe();
    this.#store.table('setting').clear();
    this.#startedAt = this.#options.clock.now();
  }

  faults(): readonly Fault[] {
    return this.#faults.list();
  }

  async addFault(input: unknown): Promise<void> {
    const fault = faultSchema.parse(input);
    this.#faults.add(fault);
    if (fault.name === 'refuse-connections') await this.#closePort();
  }

  async clearFaults(): Promise<void> {
    this.#faults.clear();
    if (!this.#server.listening) await this.listen(this.port);
  }

  async stop(): Promise<void> {
    await this.#closePort();
    this.#store.close();
  }

  #version(): string {
    return this.#faults.last('version')?.version ?? this.#options.version ?? DEFAULT_VERSION;
  }

  #clockRow(): Properties {
    const { clock, gmtOffsetMinutes = DEFAULT_OFFSET_MINUTES } = this.#options;
    const wrong = this.#faults.last('clock-wrong');
    const now = this.#faults.last('clock-1970') ? SECOND_OF_JANUARY_1970 + clock.now() - this.#startedAt : clock.now();
    return clockRow(now + (wrong?.seconds ?? 0) * 1000, gmtOffsetMinutes, this.#version());
  }

  #hotspotServer(): Properties {
    const inactivated = this.#faults.last('hotspot-inactivated') !== undefined;
    return {
      '.id': '*1',
      name: HOTSPOT_SERVER,
      interface: 'bridge',
      'address-pool': 'hs-pool-1',
      profile: 'hsprof1',
      'idle-timeout': '5m',
      'addresses-per-mac': '2',
      disabled: String(inactivated),
      ...(inactivated && { comment: 'inactivated, not allowed by device-mode' }),
    };
  }

  #closePort(): Promise<void> {
    this.#dropConnections();
    return this.#server.listening ? new Promise((resolve) => this.#server.close(() => resolve())) : Promise.resolve();
  }

  #dropConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  #accept(socket: Socket): void {
    const closed = this.#traffic.opened();
    this.#sockets.add(socket);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      closed();
    });
    socket.on('error', () => socket.destroy());
    const limit = this.#faults.strike(['session-limit'])?.sessions ?? DEFAULT_SESSION_LIMIT;
    if (this.#sockets.size > limit || this.#faults.strike(['close-on-accept'])) {
      socket.end();
      socket.resume();
      return;
    }
    if (this.#faults.strike(['silent-connection'])) {
      socket.resume();
      return;
    }
    serve(socket, {
      faults: this.#faults,
      traffic: this.#traffic,
      user: this.#options.user,
      password: this.#options.password,
      version: () => this.#version(),
      run: (request) => {
        this.#hotspot.elapse();
        return this.#commands.run(request);
      },
    });
  }
}
