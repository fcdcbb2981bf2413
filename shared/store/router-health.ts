import * as z from 'zod';
import { assignments } from './assignments.ts';
import { type Attributes, keys, prefixes, type Table, type Write } from './table.ts';

/** What a user profile does, as far as a buyer notices it; RouterOS' own words. */
export const profileLimitsSchema = z.object({
  name: z.string(),
  rateLimit: z.string().nullable(),
  sharedUsers: z.string().nullable(),
  sessionTimeout: z.string().nullable(),
});

export type ProfileLimits = Readonly<z.infer<typeof profileLimitsSchema>>;

/** The item is read with every sale: a router with hundreds of profiles must not make that dear. */
const MAX_PROFILE_LIMITS = 50;

const text = z.string().nullable().default(null);
const number = z.number().nullable().default(null);

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
  /** When the failures began that nothing good has ended yet, and how many they are. */
  downSince: number,
  failures: number,
  /** What the last failure was; in our words, never the router's. */
  failedWhy: text,
  boardName: text,
  /** As of `probedAt`, like all that follows; null where the router did not tell. */
  uptimeS: number,
  userCount: number,
  profileLimits: z.array(profileLimitsSchema).nullable().default(null),
  deviceModeBlocked: z.boolean().nullable().default(null),
  /** Seconds by which its clock is ahead of ours. */
  clockErrorS: number,
  /** From dialling to the answer to the login, milliseconds. */
  latencyMs: number,
  leaseOwner: z.string().nullable().default(null),
  leaseUntil: z.number().nullable().default(null),
});
export type Health = z.infer<typeof healthSchema>;

export const neverAsked: Health = healthSchema.parse({});

const leaseSchema = z.object({
  leaseBefore: z.string(),
  accessBefore: z.string(),
  failedAt: z.number().nullable().default(null),
  downSince: number,
  probedAt: number,
  uptimeS: number,
  profileLimits: healthSchema.shape.profileLimits,
});

export interface Lease {
  /** The access a holder was at that never let go: it crashed, so what it last sent to the router is not known. */
  readonly crashedAt: string | undefined;
  /** As in `Health`. */
  readonly failedAt: number | null;
  readonly downSince: number | null;
  readonly probedAt: number | null;
  readonly uptimeS: number | null;
  readonly profileLimits: readonly ProfileLimits[] | null;
}

/** What a probe read, as in `Health`. */
export type Findings = { readonly identity: string } & Pick<
  Health,
  | 'version'
  | 'profileNames'
  | 'boardName'
  | 'uptimeS'
  | 'userCount'
  | 'profileLimits'
  | 'deviceModeBlocked'
  | 'clockErrorS'
>;

export type Contact =
  | { readonly kind: 'answered'; readonly deviceModeBlocked?: true }
  | { readonly kind: 'unreachable'; readonly why?: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'probed'; readonly findings: Findings; readonly latencyMs: number | null };

export class RouterHealthStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async find(companyId: string, routerId: string): Promise<Health> {
    return (await this.#table.get(keys.health(companyId, routerId), healthSchema)) ?? neverAsked;
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
        #leaseOwner = :owner, #leaseAccess = :access, #leaseUntil = :until REMOVE #leaseOutdated`,
      { ':owner': owner, ':access': accessId, ':until': now + leaseMs, ':none': '' },
      {
        expression: 'attribute_not_exists(leaseUntil) OR leaseUntil <= :now OR leaseOwner = :owner',
        values: { ':now': now },
      },
    );
    if (!item) return undefined;
    const { leaseBefore, accessBefore, ...known } = leaseSchema.parse(item);
    const crashed = leaseBefore !== owner && accessBefore !== '';
    return { crashedAt: crashed ? accessBefore : undefined, ...known };
  }

  /**
   * Lets the router go and writes down how it answered. A lease that ran out meanwhile is another's: left alone. So is what
   * was seen of a router that was edited meanwhile.
   *
   * @returns what is known now, undefined when nothing was written down
   */
  async releaseLease(
    companyId: string,
    routerId: string,
    owner: string,
    contact: Contact,
    now: number,
  ): Promise<Health | undefined> {
    const { set, remove, values } = changes(contact, now);
    const key = keys.health(companyId, routerId);
    const isOurs = { expression: '#leaseOwner = :owner', values: { ':owner': owner } };
    const item = await this.#table.update(key, `${set === '' ? '' : `SET ${set} `}REMOVE ${LEASE}${remove}`, values, {
      ...isOurs,
      expression: `${isOurs.expression} AND attribute_not_exists(leaseOutdated)`,
    });
    if (item) return healthSchema.parse(item);
    await this.#table.update(key, `REMOVE ${LEASE}, #leaseOutdated`, {}, isOurs);
    return undefined;
  }

  /** By router, of those that were ever asked anything. */
  async listOfCompany(companyId: string): Promise<ReadonlyMap<string, Health>> {
    const { pk } = keys.company(companyId);
    const found = await this.#table.queryPrefix(pk, prefixes.health, namedHealthSchema);
    return new Map(found.map(({ sk, ...health }) => [sk.slice(prefixes.health.length), health]));
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

const LEASE = '#leaseOwner, #leaseAccess, #leaseUntil';

const facts = Object.keys(healthSchema.omit({ leaseOwner: true, leaseUntil: true }).shape).map((name) => `#${name}`);

/**
 * Of another device, or of one behind another login, nothing is known: part of the write that edits a router. A visit under
 * way goes on holding the router, but what it saw is not written down.
 */
export const healthForgotten = (companyId: string, routerId: string): Extract<Write, { kind: 'update' }> => ({
  kind: 'update',
  key: keys.health(companyId, routerId),
  update: `SET #leaseOutdated = :yes REMOVE ${facts.join(', ')}`,
  values: { ':yes': true },
});

const namedHealthSchema = healthSchema.extend({ sk: z.string() });

/** Something good ends what failed before. */
const UP = ', #downSince, #failures, #failedWhy';

function changes(contact: Contact, now: number): { set: string; remove: string; values: Attributes } {
  switch (contact.kind) {
    case 'none':
      return { set: '', remove: '', values: {} };
    case 'answered':
      return contact.deviceModeBlocked
        ? { set: '#contactAt = :now, #deviceModeBlocked = :yes', remove: UP, values: { ':now': now, ':yes': true } }
        : { set: '#contactAt = :now', remove: UP, values: { ':now': now } };
    case 'unreachable':
      return {
        set: `#failedAt = :now, #failedWhy = :why, #downSince = if_not_exists(#downSince, :now),
          #failures = if_not_exists(#failures, :zero) + :one`,
        remove: '',
        values: { ':now': now, ':why': contact.why ?? 'unreachable', ':zero': 0, ':one': 1 },
      };
    case 'probed': {
      const { profileLimits, ...findings } = contact.findings;
      const shown = profileLimits?.slice(0, MAX_PROFILE_LIMITS) ?? null;
      const read = { ...findings, profileLimits: shown, latencyMs: contact.latencyMs, probedAt: now };
      const { clauses, values } = assignments(read) ?? { clauses: '', values: {} };
      return {
        set: `#contactAt = :now, ${clauses}`,
        remove: UP,
        values: { ':now': now, ...values },
      };
    }
  }
}
