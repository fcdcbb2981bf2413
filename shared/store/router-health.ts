import * as z from 'zod';
import { keys, type Table } from './table.ts';

/** What we know of a router without asking it, and who may talk to it now. */
export const healthSchema = z.object({
  /** Last time it answered anything. */
  contactAt: z.number().nullable().default(null),
  /** Last time identity and profiles were read. */
  probedAt: z.number().nullable().default(null),
  /** Last time it could not be reached; the circuit is open while this is later than `contactAt`. */
  failedAt: z.number().nullable().default(null),
  /** Last time somebody sent a probe, so that one is in flight at most. */
  probeAskedAt: z.number().nullable().default(null),
  identity: z.string().nullable().default(null),
  version: z.string().nullable().default(null),
  profileNames: z.array(z.string()).default([]),
  leaseOwner: z.string().nullable().default(null),
  leaseUntil: z.number().nullable().default(null),
});
export type Health = z.infer<typeof healthSchema>;

const leaseSchema = z.object({
  leaseBefore: z.string(),
  accessBefore: z.string(),
  failedAt: z.number().nullable().default(null),
});

export interface Lease {
  /** The access a holder was at that never let go: it crashed, so what it last sent to the router is not known. */
  readonly crashedAt: string | undefined;
  /** As in `Health`. */
  readonly failedAt: number | null;
}

export type Contact =
  | { readonly kind: 'answered' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'none' }
  | {
      readonly kind: 'probed';
      readonly identity: string;
      readonly version: string;
      readonly profileNames: readonly string[];
    };

export class RouterHealthStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async find(companyId: string, routerId: string): Promise<Health> {
    return (await this.#table.get(keys.health(companyId, routerId), healthSchema)) ?? healthSchema.parse({});
  }

  /**
   * @param owner of this one visit, never used again: the same asks twice only when the answer was lost
   * @returns undefined while another worker holds the router (design 3, rule 6)
   */
  async takeLease(
    companyId: string,
    routerId: string,
    owner: string,
    work: { readonly accessId: string | undefined; readonly now: number; readonly leaseMs: number },
  ): Promise<Lease | undefined> {
    const { accessId = '', now, leaseMs } = work;
    const item = await this.#table.update(
      keys.health(companyId, routerId),
      `SET #leaseBefore = if_not_exists(#leaseOwner, :none), #accessBefore = if_not_exists(#leaseAccess, :none),
        #leaseOwner = :owner, #leaseAccess = :access, #leaseUntil = :until`,
      { ':owner': owner, ':access': accessId, ':until': now + leaseMs, ':none': '' },
      {
        expression: 'attribute_not_exists(leaseUntil) OR leaseUntil <= :now OR leaseOwner = :owner',
        values: { ':now': now },
      },
    );
    if (!item) return undefined;
    const { leaseBefore, accessBefore, failedAt } = leaseSchema.parse(item);
    const crashed = leaseBefore !== owner && accessBefore !== '';
    return { crashedAt: crashed ? accessBefore : undefined, failedAt };
  }

  /** Lets the router go and writes down how it answered. A lease that ran out meanwhile is another's: left alone. */
  async releaseLease(companyId: string, routerId: string, owner: string, contact: Contact, now: number): Promise<void> {
    const { set, values } = changes(contact, now);
    await this.#table.update(
      keys.health(companyId, routerId),
      `${set === '' ? '' : `SET ${set} `}REMOVE #leaseOwner, #leaseAccess, #leaseUntil`,
      values,
      { expression: '#leaseOwner = :owner', values: { ':owner': owner } },
    );
  }

  /** @returns true for the one caller in `quietMs` who may send a probe */
  async claimProbe(companyId: string, routerId: string, now: number, quietMs: number): Promise<boolean> {
    const item = await this.#table.update(
      keys.health(companyId, routerId),
      'SET #probeAskedAt = :now',
      { ':now': now },
      {
        expression: 'attribute_not_exists(probeAskedAt) OR probeAskedAt <= :quiet',
        values: { ':quiet': now - quietMs },
      },
    );
    return item !== undefined;
  }
}

function changes(contact: Contact, now: number): { set: string; values: Record<string, unknown> } {
  switch (contact.kind) {
    case 'none':
      return { set: '', values: {} };
    case 'answered':
      return { set: '#contactAt = :now', values: { ':now': now } };
    case 'unreachable':
      return { set: '#failedAt = :now', values: { ':now': now } };
    case 'probed':
      return {
        set: '#contactAt = :now, #probedAt = :now, #identity = :identity, #version = :version, #profileNames = :names',
        values: {
          ':now': now,
          ':identity': contact.identity,
          ':version': contact.version,
          ':names': contact.profileNames,
        },
      };
  }
}
