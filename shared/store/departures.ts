import * as z from 'zod';
import { censusWrite } from './census.ts';
import {
  type Attributes,
  type Condition,
  type Key,
  keys,
  lists,
  NOT_THERE,
  type StoredItem,
  storedItemSchema,
  type Table,
  type Write,
} from './table.ts';

/** That a company went to another deployment, and when. */
const departureSchema = z.object({
  companyId: z.string(),
  /** Of the last time it left: each time it takes its items to a partition of their own. */
  at: z.number(),
  /** When the file that it left in was whole; null until then. */
  endedAt: z.number().nullable(),
});
export type Departure = Readonly<z.infer<typeof departureSchema>>;

/** Long enough to write a file again that got lost; then the buyers' data is gone from here. */
const KEPT_SECONDS = 90 * 24 * 60 * 60;

const takenSchema = z.object({ item: storedItemSchema });
const companySchema = z.object({ active: z.boolean() });

/**
 * Companies that leave for another deployment. What is theirs is put away item by item, each in one transaction with its
 * deletion: from that moment no key leads to it, so that whoever still works on it loses its conditional write. There is no
 * flag that anybody could forget to look at.
 */
export class DepartureStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async find(companyId: string): Promise<Departure | undefined> {
    return this.#table.get(keys.departure(companyId), departureSchema);
  }

  /** Those that began, and whose file was not written to its end. */
  async unfinished(): Promise<Departure[]> {
    return this.#table.queryList(lists.departures, departureSchema);
  }

  async begin(companyId: string, at: number): Promise<Departure> {
    const departure: Departure = { companyId, at, endedAt: null };
    const item = { ...departure, listPk: lists.departures, listSk: companyId };
    await this.#table.write({ kind: 'put', key: keys.departure(companyId), item });
    return departure;
  }

  /** The file that it left in is whole. */
  async end(departure: Departure, endedAt: number): Promise<void> {
    const item = { ...departure, endedAt };
    await this.#table.write({ kind: 'put', key: keys.departure(departure.companyId), item });
  }

  /** Puts one item away as it is now, whatever is written to it meanwhile. @returns false when there is none */
  async takeOut({ companyId, at }: Departure, key: Key): Promise<boolean> {
    const away = keys.departed(companyId, at, key);
    for (;;) {
      const item = await this.#table.get(key, storedItemSchema);
      if (!item) return false;
      const { kind } = await this.#table.transact([
        { kind: 'delete', key, condition: asRead(item) },
        {
          kind: 'put',
          key: away,
          item: { item, expiresAtSeconds: Math.ceil(at / 1000) + KEPT_SECONDS },
          // One that came into being after it was taken out is newer.
        },
        ...leftCensus(item),
      ]);
      if (kind === 'written') return true;
    }
  }

  /** What was put away. */
  async *taken({ companyId, at }: Departure): AsyncGenerator<StoredItem> {
    const { pk } = keys.departed(companyId, at, keys.company(companyId));
    for await (const stored of this.#table.walk(pk)) yield takenSchema.parse(stored).item;
  }
}

/** Every attribute is as it was read: no write of anybody is lost between the reading and the taking. */
function asRead({ pk: _, sk: __, ...attributes }: StoredItem): Condition {
  const names = Object.keys(attributes);
  return {
    expression: ['attribute_exists(pk)', ...names.map((name) => `#${name} = :${name}`)].join(' AND '),
    values: Object.fromEntries(names.map((name) => [`:${name}`, attributes[name]])),
  };
}

/** How many companies and users there are is counted, not read. */
function leftCensus(item: StoredItem): readonly Write[] {
  if (item.sk === 'USER') return [censusWrite({ users: -1 })];
  if (item.sk !== 'COMPANY') return [];
  return [censusWrite({ companies: -1, activeCompanies: companySchema.parse(item).active ? -1 : 0 })];
}

/** That a company came from another deployment. */
const arrivalSchema = z.object({
  companyId: z.string(),
  /** When it left there: names the move. */
  departedAt: z.number(),
  /** Everything that was due there is due here. */
  awake: z.boolean(),
});
export type Arrival = Readonly<z.infer<typeof arrivalSchema>>;

/** Companies that come from another deployment. */
export class ArrivalStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async find(companyId: string): Promise<Arrival | undefined> {
    return this.#table.get(keys.arrival(companyId), arrivalSchema);
  }

  /** @returns false when there is an item under this key */
  async put({ pk, sk, ...item }: StoredItem): Promise<boolean> {
    return this.#table.write({ kind: 'put', key: { pk, sk }, item, condition: NOT_THERE });
  }

  /**
   * The company itself, which comes last: from here on it is one of this deployment's.
   *
   * @param more what else is owed from that moment
   * @returns false when there is one
   */
  async settleIn(company: StoredItem, departedAt: number, more: readonly Write[]): Promise<boolean> {
    const { pk, sk, ...item } = company;
    const companyId = z.string().parse(item['id']);
    const arrival: Arrival = { companyId, departedAt, awake: false };
    const { kind } = await this.#table.transact([
      { kind: 'put', key: { pk, sk }, item, condition: NOT_THERE },
      { kind: 'put', key: keys.arrival(companyId), item: { ...arrival } satisfies Attributes },
      censusWrite({ companies: 1 }),
      ...more,
    ]);
    return kind === 'written';
  }

  /** Has an item stand on the due index that came without. One that moved on since, or went, is left as it is. */
  async wake(key: Key, duePk: string): Promise<void> {
    await this.#table.update(
      key,
      'SET #duePk = :due',
      { ':due': duePk },
      { expression: 'attribute_exists(dueAt) AND attribute_not_exists(duePk)' },
    );
  }

  async finish(arrival: Arrival): Promise<void> {
    await this.#table.write({
      kind: 'put',
      key: keys.arrival(arrival.companyId),
      item: { ...arrival, awake: true } satisfies Attributes,
    });
  }
}
