import * as z from 'zod';
import { dueAttributes } from './due.ts';
import { type Attributes, keys, NOT_THERE, type Table, type Write } from './table.ts';

/** Whose data goes: everybody's that is old enough, or one person's. */
const subjectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('old') }),
  z.object({ kind: z.enum(['email', 'phone', 'mac']), value: z.string() }),
]);
export type ForgetSubject = Readonly<z.infer<typeof subjectSchema>>;

/**
 * A walk over a company's purchases, oldest first, that takes names, e-mails, phones and devices out of them. The one of old
 * purchases comes back each day; one that a person asked for ends, and forgets then whom it was about.
 */
export const forgetSchema = z.object({
  companyId: z.string(),
  id: z.string(),
  subject: subjectSchema.nullable(),
  /** Of the next purchase to look at. */
  fromId: z.number(),
  /** The first that is not looked at; of the daily walk it moves on with the time. */
  untilId: z.number(),
  forgotten: z.number(),
  requestedAt: z.number(),
  endedAt: z.number().nullable().default(null),
  version: z.number(),
  dueAt: z.number().nullable().default(null),
});
export type Forget = Readonly<z.infer<typeof forgetSchema>>;

/** The daily walk's. */
export const RETENTION = 'retention';

const forgetItem = (forget: Forget): Attributes => ({ ...forget, ...dueAttributes(forget.dueAt) });

const newForget = (companyId: string, id: string, subject: ForgetSubject, untilId: number, now: number): Forget => ({
  companyId,
  id,
  subject,
  fromId: 0,
  untilId,
  forgotten: 0,
  requestedAt: now,
  endedAt: null,
  version: 0,
  dueAt: now,
});

/** Begins the daily walk: part of the write that makes a company. */
export const retentionOwed = (companyId: string, now: number): Write => ({
  kind: 'put',
  key: keys.forget(companyId, RETENTION),
  item: forgetItem(newForget(companyId, RETENTION, { kind: 'old' }, 0, now)),
});

export class ForgetStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async find(companyId: string, id: string): Promise<Forget | undefined> {
    return this.#table.get(keys.forget(companyId, id), forgetSchema);
  }

  /** @param untilId first number that is not looked at: of purchases made from now on nobody asked */
  async begin(companyId: string, id: string, subject: ForgetSubject, untilId: number, now: number): Promise<Forget> {
    const forget = newForget(companyId, id, subject, untilId, now);
    const key = keys.forget(companyId, id);
    await this.#table.write({ kind: 'put', key, item: forgetItem(forget), condition: NOT_THERE });
    return forget;
  }

  /** @returns false when somebody else went on with it */
  async advance(before: Forget, changes: Partial<Forget>): Promise<boolean> {
    return this.#table.write({
      kind: 'put',
      key: keys.forget(before.companyId, before.id),
      item: forgetItem({ ...before, ...changes, version: before.version + 1 }),
      condition: { expression: '#version = :before', values: { ':before': before.version } },
    });
  }
}
