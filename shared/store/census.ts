import * as z from 'zod';
import { keys, type Table, type Write } from './table.ts';

const counted = z.number().default(0);
const censusSchema = z.object({ companies: counted, activeCompanies: counted, users: counted });
export type Census = Readonly<z.infer<typeof censusSchema>>;

export const censusKey = keys.counter('CENSUS');

/** Part of the write that makes, switches on or switches off: how many there are is never counted by reading them. */
export function censusWrite(changes: Partial<Census>): Write {
  const names = Object.entries(changes);
  return {
    kind: 'update',
    key: censusKey,
    update: `ADD ${names.map(([name]) => `#${name} :${name}`).join(', ')}`,
    values: Object.fromEntries(names.map(([name, by]) => [`:${name}`, by])),
  };
}

/** How many companies and staff users the whole deployment has. */
export class CensusStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async read(): Promise<Census> {
    return (await this.#table.get(censusKey, censusSchema)) ?? censusSchema.parse({});
  }
}
