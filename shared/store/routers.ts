import * as z from 'zod';
import { type ApiKey, newKeyWrites, revokeWrite } from './api-keys.ts';
import { assignments } from './assignments.ts';
import type { Changes } from './companies.ts';
import { noticeWrite } from './notices.ts';
import { healthForgotten } from './router-health.ts';
import { keys, lists, NOT_THERE, prefixes, type Table, THERE, type Write } from './table.ts';
import { reconcileOwed } from './reconciles.ts';
import { peersOwed } from './tunnel-peers.ts';
import { DEFAULT_HEARTBEAT_MINUTES, watchOwed } from './watches.ts';

/** A MikroTik router of one company. The password is sealed; only the worker can open it. */
export const routerSchema = z.object({
  id: z.string(),
  companyId: z.string(),
  name: z.string(),
  host: z.string(),
  port: z.number(),
  username: z.string(),
  /** null after host, port or user were changed without giving the password again (design 5). */
  sealedPassword: z.string().nullable(),
  /** Its own in the tunnel range; no other router may have it as its host. */
  tunnelAddress: z.string().nullable().default(null),
  /** SHA-256 of the one certificate it may show over TLS, hex; null until it was logged in to. */
  certFingerprint: z.string().nullable().default(null),
  /** Since when it shows another one and the operator knows. */
  certChangedAt: z.number().nullable().default(null),
  location: z.string().nullable(),
  active: z.boolean(),
  createdAt: z.number(),
  /** The one key in force, so that issuing a new one revokes the old in the same transaction. */
  activeKey: z.object({ id: z.string(), hash: z.string() }).nullable(),
  /** What the last kit printed, until the worker has logged in with it: the router may not have run it yet. */
  pendingUsername: z.string().nullable().default(null),
  pendingSealedPassword: z.string().nullable().default(null),
  /** Of its end of the tunnel. */
  tunnelPublicKey: z.string().nullable().default(null),
  /** When it was deleted: it stays for those who look its purchases up, and is shown to nobody else. */
  removedAt: z.number().nullable().default(null),
});
export type Router = z.infer<typeof routerSchema>;

/** Nothing can be lost before anything was sold. */
const FIRST_RECONCILE_MS = 24 * 60 * 60_000;

/** With a `sealedPassword`, null included, it is another login. */
export type RouterChanges = Changes<
  Pick<Router, 'name' | 'host' | 'port' | 'username' | 'sealedPassword' | 'location'>
>;

/** Of another device, or behind another login: its certificate, and a kit's password that was meant for the other one. */
const FORGOTTEN = {
  certFingerprint: null,
  certChangedAt: null,
  pendingUsername: null,
  pendingSealedPassword: null,
} as const satisfies Partial<Router>;

/** What a router without a kit has of it. */
export const noKitYet = {
  pendingUsername: null,
  pendingSealedPassword: null,
  tunnelPublicKey: null,
} as const satisfies Partial<Router>;

/** In conditions; `:none` is null. */
const NOT_REMOVED = '(attribute_not_exists(removedAt) OR removedAt = :none)';
/** Its end of the tunnel still has the key `:key`, whose guard the same write lets go. */
const KEY_AS_READ = '(attribute_not_exists(tunnelPublicKey) OR tunnelPublicKey = :key)';

const unlessRemoved = (router: Router): Router | undefined => (router.removedAt === null ? router : undefined);

export class RouterStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async find(companyId: string, routerId: string): Promise<Router | undefined> {
    const router = await this.#table.get(keys.router(companyId, routerId), routerSchema);
    return router && unlessRemoved(router);
  }

  /** By id: that is no order of any meaning, but it is always the same. */
  async listOfCompany(companyId: string): Promise<Router[]> {
    const routers = await this.#table.queryPrefix(keys.company(companyId).pk, prefixes.routers, routerSchema);
    return routers.filter(({ removedAt }) => removedAt === null);
  }

  /** Writes a router of ours and its first key. */
  async create(router: Router, apiKey: ApiKey): Promise<void> {
    if (!(await this.add(router, apiKey, router.createdAt))) throw new Error('The id of a new router is taken');
  }

  /**
   * Writes a router with the key that is in force, and begins the watch over it.
   *
   * @param now from when on it is watched
   * @returns false when there is one of this id, or its key is
   */
  async add(router: Router, apiKey: ApiKey | null, now: number): Promise<boolean> {
    const { kind } = await this.#table.transact([
      { kind: 'put', key: keys.router(router.companyId, router.id), item: { ...router }, condition: NOT_THERE },
      ...(apiKey ? newKeyWrites(apiKey) : []),
      watchOwed(router.companyId, router.id, now + DEFAULT_HEARTBEAT_MINUTES * 60_000),
      reconcileOwed(router.companyId, router.id, now + FIRST_RECONCILE_MS),
    ]);
    return kind === 'written';
  }

  /** @returns false when it stood so already */
  async setActive(companyId: string, routerId: string, active: boolean): Promise<boolean> {
    const { kind } = await this.#table.transact([
      {
        kind: 'update',
        key: keys.router(companyId, routerId),
        update: 'SET #active = :active',
        values: { ':active': active },
        condition: { expression: `${THERE.expression} AND #active <> :active` },
      },
      // The heartbeat of one that is switched off ends by itself.
      ...(active ? [watchOwed(companyId, routerId, 0)] : []),
    ]);
    return kind === 'written';
  }

  /**
   * Edits a router whose login is still the one that was read. With another login, what was known of it is forgotten: the
   * certificate and the health; and the next heartbeat is due.
   *
   * @returns the router after it, or undefined when its login was changed meanwhile
   */
  async edit(before: Router, changes: RouterChanges): Promise<Router | undefined> {
    const { companyId, id, host, port, username, sealedPassword, active } = before;
    const isAnotherLogin = changes.sealedPassword !== undefined;
    const set = assignments({ ...changes, ...(isAnotherLogin && FORGOTTEN) });
    if (!set) return before;
    const key = keys.router(companyId, id);
    const update = `SET ${set.clauses}`;
    const condition = {
      expression: '#host = :host AND #port = :port AND #username = :username AND #sealedPassword = :sealed',
      values: { ':host': host, ':port': port, ':username': username, ':sealed': sealedPassword },
    };
    if (!isAnotherLogin) {
      const item = await this.#table.update(key, update, set.values, condition);
      return item && unlessRemoved(routerSchema.parse(item));
    }
    const { kind } = await this.#table.transact([
      { kind: 'update', key, update, values: set.values, condition },
      ...anotherDevice(companyId, id, active),
    ]);
    return kind === 'written' ? this.find(companyId, id) : undefined;
  }

  /**
   * Deletes a router: its key is revoked, its password and all that is known of it forgotten, and nobody goes there any more.
   *
   * @returns false when one of its keys was replaced meanwhile, or it is gone already
   */
  async remove({ companyId, id, activeKey, tunnelPublicKey }: Router, now: number): Promise<boolean> {
    const { kind } = await this.#table.transact([
      {
        kind: 'update',
        key: keys.router(companyId, id),
        update: `SET #removedAt = :now, #active = :no, #activeKey = :none,
          #sealedPassword = :none, #pendingUsername = :none, #pendingSealedPassword = :none,
          #tunnelPublicKey = :none REMOVE #listPk, #listSk`,
        values: { ':now': now, ':no': false, ':none': null },
        condition: activeKey
          ? {
              expression: `#activeKey.#id = :active AND ${KEY_AS_READ}`,
              values: { ':active': activeKey.id, ':key': tunnelPublicKey },
            }
          : {
              expression: `#activeKey = :none AND ${NOT_REMOVED} AND ${KEY_AS_READ}`,
              values: { ':key': tunnelPublicKey },
            },
      },
      ...(activeKey ? [revokeWrite(activeKey.hash, now)] : []),
      { kind: 'delete', key: keys.watch(companyId, id) },
      { kind: 'delete', key: keys.reconcile(companyId, id) },
      { kind: 'delete', key: keys.health(companyId, id) },
      ...(tunnelPublicKey === null ? [] : [freedKey(tunnelPublicKey), peersOwed()]),
    ]);
    return kind === 'written';
  }

  /** Of a router that was edited meanwhile, this was another one's: left alone. */
  async pinCertificate({ companyId, id, host, port }: Router, fingerprint: string): Promise<void> {
    await this.#table.write({
      kind: 'update',
      key: keys.router(companyId, id),
      update: 'SET #certFingerprint = :shown, #certChangedAt = :never',
      values: { ':shown': fingerprint, ':never': null },
      condition: {
        expression: `#host = :host AND #port = :port
          AND (attribute_not_exists(certFingerprint) OR #certFingerprint IN (:never, :shown))`,
        values: { ':host': host, ':port': port },
      },
    });
  }

  /** Writes that it shows another certificate than the pinned one, together with the notice. @returns false when it is known */
  async reportChangedCertificate({ companyId, id, name, certFingerprint }: Router, now: number): Promise<boolean> {
    const { kind } = await this.#table.transact([
      {
        kind: 'update',
        key: keys.router(companyId, id),
        update: 'SET #certChangedAt = :now',
        values: { ':now': now },
        condition: {
          expression: '#certFingerprint = :pinned AND (attribute_not_exists(certChangedAt) OR #certChangedAt = :never)',
          values: { ':pinned': certFingerprint, ':never': null },
        },
      },
      noticeWrite(companyId, {
        kind: 'certificate-changed',
        since: now,
        createdAt: now,
        routerId: id,
        routerName: name,
      }),
    ]);
    return kind === 'written';
  }

  /** Replaces what the kit before printed. @returns false when there is no such router */
  async setPending(router: Router, username: string, sealedPassword: string): Promise<boolean> {
    return this.#table.write({
      kind: 'update',
      key: keys.router(router.companyId, router.id),
      update: 'SET #pendingUsername = :username, #pendingSealedPassword = :sealed',
      values: { ':username': username, ':sealed': sealedPassword },
      condition: THERE,
    });
  }

  /** What was pending is in force, unless a newer kit was printed meanwhile. @returns false then */
  async promotePending({ companyId, id, pendingUsername, pendingSealedPassword }: Router): Promise<boolean> {
    return this.#table.write({
      kind: 'update',
      key: keys.router(companyId, id),
      update: `SET #username = :username, #sealedPassword = :sealed
        REMOVE #pendingUsername, #pendingSealedPassword`,
      values: { ':username': pendingUsername, ':sealed': pendingSealedPassword },
      condition: { expression: '#pendingSealedPassword = :sealed' },
    });
  }

  /** @returns false when the router has one already */
  async giveTunnelAddress({ companyId, id }: Router, address: string): Promise<boolean> {
    return this.#table.write({
      kind: 'update',
      key: keys.router(companyId, id),
      update: 'SET #tunnelAddress = :address',
      values: { ':address': address },
      condition: {
        expression: `${THERE.expression} AND (attribute_not_exists(tunnelAddress) OR #tunnelAddress = :none)`,
        values: { ':none': null },
      },
    });
  }

  /**
   * From now on a router is reached through its tunnel. The password in force was meant for another address and is dropped;
   * the kit's, which is pending, was printed for whoever has the router in hand.
   *
   * @returns why not: `edited` when there is no such router, or it was edited meanwhile; `key-taken` when another router has
   *   the key, which the hub would then know as the one that was listed last
   */
  async enterTunnel(router: Router, end: TunnelEnd): Promise<'entered' | 'edited' | 'key-taken'> {
    const { companyId, id, host, active, tunnelPublicKey: before } = router;
    const isMoved = host !== end.address;
    const left = { host: end.address, sealedPassword: null, certFingerprint: null, certChangedAt: null };
    const listed = { listPk: lists.tunnel, listSk: `${companyId}#${id}` };
    const set = assignments({ tunnelPublicKey: end.publicKey, ...listed, ...(isMoved && left) });
    if (!set) return 'entered';
    const result = await this.#table.transact([
      {
        kind: 'put',
        key: keys.tunnelKey(end.publicKey),
        item: { companyId, routerId: id },
        condition: {
          expression: `${NOT_THERE.expression} OR (companyId = :company AND routerId = :router)`,
          values: { ':company': companyId, ':router': id },
        },
      },
      {
        kind: 'update',
        key: keys.router(companyId, id),
        update: `SET ${set.clauses}`,
        values: set.values,
        condition: {
          expression: `${THERE.expression} AND #host = :before AND ${NOT_REMOVED} AND ${KEY_AS_READ}`,
          values: { ':before': host, ':key': before, ':none': null },
        },
      },
      ...(before === null || before === end.publicKey ? [] : [freedKey(before)]),
      ...(isMoved ? anotherDevice(companyId, id, active) : []),
      peersOwed(),
    ]);
    if (result.kind === 'written') return 'entered';
    return result.failed[0] === undefined ? 'edited' : 'key-taken';
  }
}

const freedKey = (publicKey: string): Write => ({ kind: 'delete', key: keys.tunnelKey(publicKey) });

/** What was known is of another device, or of one behind another login. It knows nobody, and has to be looked at. */
const anotherDevice = (companyId: string, routerId: string, active: boolean): readonly Write[] => [
  healthForgotten(companyId, routerId),
  ...(active ? [watchOwed(companyId, routerId, 0)] : []),
  reconcileOwed(companyId, routerId, 0),
];

/** A router's own end of the deployment's tunnel. */
export interface TunnelEnd {
  readonly address: string;
  readonly publicKey: string;
}
