import type { Secret } from '../security/secret.ts';
import type { RouterClock } from './router-clock.ts';

/** Where a router's RouterOS API answers, and how to log in to it. */
export interface RouterTarget {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: Secret;
  /** Fingerprint of the certificate it has to show over TLS; null at first contact. */
  readonly pinned: string | null;
}

/** RouterOS' `api-ssl` service: the one port that is spoken to over TLS. */
export const TLS_PORT = 8729;

export interface HotspotProfile {
  readonly id: string;
  readonly name: string;
  readonly sessionTimeout: string | null;
  readonly idleTimeout: string | null;
  readonly keepaliveTimeout: string | null;
  readonly statusAutorefresh: string | null;
  readonly sharedUsers: string | null;
  readonly rateLimit: string | null;
  readonly addressList: string | null;
  readonly macCookieTimeout: string | null;
}

/** In RouterOS' own words; what is null is left to its defaults. */
export type NewProfile = Pick<HotspotProfile, 'name' | 'rateLimit' | 'sharedUsers' | 'sessionTimeout'>;

/** What a router says of itself; null where it does not. */
export interface RouterResource {
  /** `7.14.2 (stable)` */
  readonly version: string | null;
  /** RouterOS duration text. */
  readonly uptime: string | null;
  /** `hAP ax^2` */
  readonly boardName: string | null;
}

/** A user as a list shows it. */
export interface ListedUser {
  /** RouterOS item id, `*` and hex: good within one session only. */
  readonly id: string;
  readonly name: string;
  readonly profile: string;
  readonly comment: string;
  readonly disabled: boolean;
  /** null when there is no limit. */
  readonly limitUptimeSeconds: number | null;
  readonly limitBytesTotal: number | null;
  /** Online so far, by its own counter: some versions write a session's part only when it ends (routeros.md 4.3). */
  readonly uptimeSeconds: number;
  /** In both directions, as above. */
  readonly bytes: number;
}

export interface HotspotUser extends ListedUser {
  readonly password: Secret;
}

export interface NewHotspotUser {
  readonly name: string;
  /** Empty for PIN users: the word is then left out. */
  readonly password: Secret;
  readonly profile: string;
  readonly comment: string;
  readonly limitUptimeSeconds?: number;
  readonly limitBytesTotal?: number;
}

export interface HotspotHost {
  readonly macAddress: string;
  readonly address: string;
  readonly authorized: boolean;
}

export interface ActiveSession {
  readonly id: string;
  readonly user: string;
  readonly address: string;
  readonly macAddress: string;
  readonly uptimeSeconds: number;
  /** From the device. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface DeviceLogin {
  readonly address: string;
  readonly macAddress: string;
  readonly user: string;
  readonly password: Secret;
}

/**
 * One logged-in session on one router, in words of the trade. Each method is one command (design 4), with one deadline.
 * Every method may throw a `RouterFault`. Never reused after one.
 */
export interface RouterSession {
  /** SHA-256 of the certificate it showed, in hex as RouterOS prints it; null where nothing is encrypted. */
  readonly fingerprint: string | null;
  /** `/system/identity/print` -> the router's name. */
  identity(): Promise<string>;
  resource(): Promise<RouterResource>;
  clock(): Promise<RouterClock>;
  profiles(): Promise<readonly HotspotProfile[]>;
  /** One that is there already is left as it is. */
  addProfile(profile: NewProfile): Promise<void>;
  /** How many hotspot users there are, the router's own `default-trial` too; only the number travels. */
  userCount(): Promise<number | null>;
  /** Whether the device-mode keeps the hotspot from running (routeros.md 4.2). */
  deviceModeBlocked(): Promise<boolean>;
  /** The whole table, without passwords: for a reconcile, which would otherwise ask for thousands of names. */
  users(): Promise<readonly ListedUser[]>;
  /** `?name=` only, never the whole table. */
  findUser(name: string): Promise<HotspotUser | undefined>;
  /** @throws RouterFault `refused` with reason `name-taken` or `profile-missing` among others */
  addUser(user: NewHotspotUser): Promise<void>;
  setUser(id: string, changes: Partial<Omit<NewHotspotUser, 'name'>> & { readonly disabled?: boolean }): Promise<void>;
  /** Removing what is not there is success. */
  removeUser(id: string): Promise<void>;
  findHost(macAddress: string): Promise<HotspotHost | undefined>;
  /** Everybody who is online; the router's licence bounds them. */
  sessions(): Promise<readonly ActiveSession[]>;
  sessionsOf(user: string): Promise<readonly ActiveSession[]>;
  endSession(id: string): Promise<void>;
  cookiesOf(user: string): Promise<readonly string[]>;
  removeCookie(id: string): Promise<void>;
  /** `/ip/hotspot/active/login` with words as arguments, on every version; never a built script (contract W1). */
  logIn(device: DeviceLogin): Promise<void>;
  /** Destroys the socket; never waits for the router. */
  close(): void;
}

export interface RouterTransport {
  /**
   * Opens a socket and logs in.
   *
   * @param deadlineMs how long connecting and logging in may take together
   * @throws RouterFault `unreachable`, `certificate-changed` or `login-refused`
   */
  connect(target: RouterTarget, deadlineMs: number): Promise<RouterSession>;
}

export type RouterFaultKind =
  /** It was deleted here: nobody goes there any more. */
  | 'removed'
  /** No command was sent: refused, no route, unknown host, silence or close before the login's answer. */
  | 'unreachable'
  /** It showed another certificate than the pinned one. Not a word was said to it. */
  | 'certificate-changed'
  /** The router answered the login with a refusal. */
  | 'login-refused'
  /** A command was sent and its answer never came: it may have taken effect. Reconnect and read before acting. */
  | 'answer-lost'
  /** The router answered the command with a trap; `reason` says which. */
  | 'refused'
  /** We asked for something impossible, such as an empty word; nothing was sent. */
  | 'usage';

export type RefusedReason =
  | 'name-taken'
  | 'profile-taken'
  | 'profile-missing'
  | 'unknown-host'
  | 'bad-credentials'
  | 'limit-reached'
  | 'too-many-sessions'
  | 'device-mode'
  | 'no-such-item'
  | 'not-permitted'
  | 'other';

/** What went wrong with a router. Carries no host, no port and no words of the command: safe to log. */
export class RouterFault extends Error {
  override name = 'RouterFault';
  readonly kind: RouterFaultKind;
  readonly reason: RefusedReason | undefined;

  constructor(kind: RouterFaultKind, detail: string, reason?: RefusedReason) {
    super(detail);
    this.kind = kind;
    this.reason = reason;
  }
}
