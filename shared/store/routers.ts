import * as z from 'zod';
import { type ApiKey, newKeyWrites } from './api-keys.ts';
import { keys, NOT_THERE, prefixes, type Table, THERE, type Write } from './table.ts';
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
  location: z.string().nullable(),
  active: z.boolean(),
  createdAt: z.number(),
  /** The one key in force, so that issuing a new one revokes the old in the same transaction. */
  activeKey: z.object({ id: z.string(), hash: z.string() }).nullable(),
  /** What the last kit printed, until the worker has logged in with it: the router may not have run it yet. */
  pendingUsername: z.string().nullable().default(null),
  pendingSealedPassword: z.string().nullable().default(null),
  /** Its own address in the deployment's tunnel, given once and to nobody else after it. */
  tunnelAddress: z.string().nullable().default(null),
  /** Of its end of the tunnel. */
  tunnelPublicKey: z.string().nullable().default(null),
});
export type Router = z.infer<typeof routerSchema>;

/** What a router without a kit has of it. */
export const noKitYet = {
  pendingUsername: null,
  pendingSealedPassword: null,
  tunnelAddress: null,
  tunnelPublicKey: null,
} as const satisfies Partial<Router>;

export class RouterStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async find(companyId: string, routerId: string): Promise<Router | undefined> {
    return this.#table.get(keys.router(companyId, routerId), routerSchema);
  }

  /** By id: that is no order of any meaning, but it is always the same. */
  async listOfCompany(companyId: string): Promise<Router[]> {
    return this.#table.queryPrefix(keys.company(companyId).pk, prefixes.routers, routerSchema);
  }

  /** Writes a router and its first key, and begins the watch over it. */
  async create(router: Router, apiKey: ApiKey): Promise<void> {
    const { kind } = await this.#table.transact([
      { kind: 'put', key: keys.router(router.companyId, router.id), item: { ...router }, condition: NOT_THERE },
      ...newKeyWrites(apiKey),
      watchOwed(router.companyId, router.id, router.createdAt + DEFAULT_HEARTBEAT_MINUTES * 60_000),
    ]);
    if (kind === 'refused') throw new Error('The id of a new router is taken');
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

  /** Replaces what the kit before printed. @returns false when there is no such router */
  async setPending(router: Router, username: string, sealedPassword: string, audit: Write): Promise<boolean> {
    const { kind } = await this.#table.transact([
      {
        kind: 'update',
        key: keys.router(router.companyId, router.id),
        update: 'SET #pendingUsername = :username, #pendingSealedPassword = :sealed',
        values: { ':username': username, ':sealed': sealedPassword },
        condition: THERE,
      },
      audit,
    ]);
    return kind === 'written';
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

  /** @returns false when there is no such router */
  async setTunnelPublicKey({ companyId, id }: Router, publicKey: string, audit: Write): Promise<boolean> {
    const { kind } = await this.#table.transact([
      {
        kind: 'update',
        key: keys.router(companyId, id),
        update: 'SET #tunnelPublicKey = :publicKey',
        values: { ':publicKey': publicKey },
        condition: THERE,
      },
      audit,
    ]);
    return kind === 'written';
  }
}
