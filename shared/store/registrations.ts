import * as z from 'zod';
import { dueAttributes } from './due.ts';
import { keys, type Table, type Write } from './table.ts';

/** "Have Conekta send this company's webhooks to us": owed from the moment its key was saved until it is done or refused. */
export const registrationSchema = z.object({
  companyId: z.string(),
  attempts: z.number(),
  dueAt: z.number().nullable().default(null),
});
export type Registration = z.infer<typeof registrationSchema>;

/** Due at once, whatever stood there before: part of the write that saves a key. */
export const registrationOwed = (companyId: string): Write => ({
  kind: 'put',
  key: keys.registration(companyId),
  item: { companyId, attempts: 0, ...dueAttributes(0) },
});

export class RegistrationStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** @returns undefined when somebody else is at it, or a key was saved anew */
  async claim({ companyId, dueAt }: Registration, until: number): Promise<Registration | undefined> {
    const item = await this.#table.update(
      keys.registration(companyId),
      'SET #dueAt = :until, #attempts = #attempts + :one',
      { ':until': until, ':one': 1 },
      { expression: '#dueAt = :seen', values: { ':seen': dueAt } },
    );
    return item && registrationSchema.parse(item);
  }

  /** Nothing is owed any more, unless a key was saved since the claim. */
  async settle({ companyId, dueAt }: Registration): Promise<void> {
    await this.#table.update(
      keys.registration(companyId),
      'SET #attempts = :zero REMOVE #dueAt, #duePk',
      { ':zero': 0 },
      { expression: '#dueAt = :due', values: { ':due': dueAt } },
    );
  }
}
