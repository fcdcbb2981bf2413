import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { keys, lists, NOT_THERE, prefixes, type Table, THERE } from './table.ts';

/** Who did what to what, when, and how it ended. Never a secret. */
export const auditEntrySchema = z.object({
  id: z.string(),
  at: z.number(),
  /** The company it was done to; null for the deployment itself. */
  companyId: z.string().nullable(),
  userId: z.number(),
  email: z.string(),
  role: z.string(),
  /** The row that did it: `products/update`. */
  action: z.string(),
  /** From the path: ids of what it was done to. */
  params: z.record(z.string(), z.unknown()),
  /** What was sent, secrets masked. */
  changes: z.unknown(),
  sourceIp: z.string(),
  correlationId: z.string(),
  /** `begun`, then the status it was answered with and, of a refusal, its name. One that stays so has died half-way. */
  outcome: z.string(),
});
export type AuditEntry = Readonly<z.infer<typeof auditEntrySchema>>;

const KEPT_SECONDS = 5 * 365 * 24 * 60 * 60;
/** Above every time; the list is read downwards. */
const END = '~';

/** Where an entry stands, for who goes on behind it. */
export const placeInTrail = ({ at, id }: Pick<AuditEntry, 'at' | 'id'>): string =>
  `${String(at).padStart(16, '0')}#${id}`;

/**
 * The trail of everything that staff changed, or were shown of secrets. An entry stands there before anything is done, as a
 * purchase does before money moves: what is not in the trail did not happen.
 */
export class AuditStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async begin(entry: Omit<AuditEntry, 'id' | 'outcome'>): Promise<AuditEntry> {
    const begun: AuditEntry = { ...entry, id: randomUUID(), outcome: 'begun' };
    await this.#table.write({
      kind: 'put',
      key: keys.audit(begun.companyId, begun.at, begun.id),
      item: {
        ...begun,
        listPk: lists.audit,
        listSk: placeInTrail(begun),
        expiresAtSeconds: Math.ceil(begun.at / 1000) + KEPT_SECONDS,
      },
      condition: NOT_THERE,
    });
    return begun;
  }

  async end({ companyId, at, id }: AuditEntry, outcome: string): Promise<void> {
    const key = keys.audit(companyId, at, id);
    await this.#table.update(key, 'SET #outcome = :outcome', { ':outcome': outcome }, THERE);
  }

  /** Newest first. @param before the place of the last one that was seen; undefined for the newest */
  async ofCompany(companyId: string, before: string | undefined, limit: number): Promise<AuditEntry[]> {
    const { pk } = keys.company(companyId);
    return this.#table.queryPrefixBelow(pk, prefixes.audit, before ?? END, auditEntrySchema, limit);
  }

  /** Of all companies and the deployment. Milliseconds behind. */
  async ofAll(before: string | undefined, limit: number): Promise<AuditEntry[]> {
    const range = { from: '0', before: before ?? END };
    return this.#table.queryNewest('lists', lists.audit, auditEntrySchema, range, limit);
  }
}
