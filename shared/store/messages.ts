import * as z from 'zod';
import { dueAttributes } from './due.ts';
import { keys, type Table, type Write } from './table.ts';

/** What an operator is told by Telegram as it happens: numbers only, the words come when it is sent. */
const newsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sale'), purchaseId: z.number() }),
  z.object({ kind: z.literal('declined'), purchaseId: z.number() }),
  /** Of many at once, all in one. */
  z.object({ kind: z.literal('declines'), count: z.number() }),
  /** Money left again: given back, disputed, or taken by a bank. @property minor how much */
  z.object({ kind: z.literal('reversal'), purchaseId: z.number(), minor: z.number() }),
]);
export type News = Readonly<z.infer<typeof newsSchema>>;

/** A message that is owed until it was sent, or given up. */
export const messageSchema = z.object({
  companyId: z.string(),
  id: z.string(),
  news: newsSchema,
  createdAt: z.number(),
  attempts: z.number(),
  dueAt: z.number(),
});
export type Message = Readonly<z.infer<typeof messageSchema>>;

const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** Part of the write it follows from. @param id the same for the same news: written twice, it is one message */
export const messageWrite = (companyId: string, id: string, news: News, now: number): Write => ({
  kind: 'put',
  key: keys.message(companyId, id),
  item: {
    companyId,
    id,
    news,
    createdAt: now,
    attempts: 0,
    ...dueAttributes(now),
    expiresAtSeconds: Math.ceil((now + KEPT_MS) / 1000),
  },
});

export class MessageStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Takes a message for one attempt: whoever dies over it leaves it due at `until`.
   *
   * @returns false when somebody else took it
   */
  async claim({ companyId, id, attempts }: Message, until: number): Promise<boolean> {
    return this.#table.write({
      kind: 'update',
      key: keys.message(companyId, id),
      update: 'SET #dueAt = :until, #attempts = #attempts + :one',
      values: { ':until': until, ':one': 1 },
      condition: { expression: '#attempts = :seen', values: { ':seen': attempts } },
    });
  }

  /** It was sent, or nobody is to hear it. */
  async settle({ companyId, id }: Message): Promise<void> {
    await this.#table.write({ kind: 'delete', key: keys.message(companyId, id) });
  }
}
