/** Fills a table as if much had been sold for a year: items as the project writes them, written straight to the table. */
import { BatchWriteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { randomUUID } from 'node:crypto';
import type { Sandbox } from '#shared/local/sandbox.ts';
import { createAwsClients } from '#shared/local/aws-clients.ts';
import { firstPurchaseId, newAccessId, newCompanyId, newRouterId } from '#shared/platform/ids.ts';
import type { Services } from '#shared/services.ts';
import { type Access, accessItem } from '#shared/store/accesses.ts';
import { censusWrite } from '#shared/store/census.ts';
import type { Tally } from '#shared/store/figures.ts';
import { type Purchase, purchaseItem, type PurchaseState } from '#shared/store/purchases.ts';
import { type Attributes, keys, prefixes, type Write } from '#shared/store/table.ts';
import { userItem } from '#shared/store/users.ts';
import type { Shop } from '../stage/market.ts';
import { sideBySide } from './figures.ts';

const YEAR_MS = 365 * 24 * 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
const PER_BATCH = 25;
const AT_ONCE = 4;
/** Numbers of users that no counter of the bench comes to. */
const FIRST_COPY = 1_000_000;
/** Batches held in memory at a time. */
const CHUNK = 400;

/** One sale that was made through the API: every other is a copy of it. */
export interface Pattern {
  readonly purchase: Purchase;
  readonly access: Access;
}

/** In which states they end: by a hundred. */
const stateOf = (number: number): PurchaseState =>
  number % 100 < 80 ? 'paid' : number % 100 < 92 ? 'refunded' : number % 100 < 97 ? 'declined' : 'charged_back';

export class Filler {
  readonly #services: Services;
  readonly #send: (items: readonly Attributes[]) => Promise<void>;
  readonly #itemsOf: (pk: string) => Promise<readonly Attributes[]>;

  constructor({ config }: Sandbox, services: Services) {
    const { dynamo } = createAwsClients(config);
    const name = config.TABLE_NAME ?? '';
    this.#services = services;
    this.#send = async (items) => {
      let requests = items.map((Item) => ({ PutRequest: { Item } }));
      while (requests.length > 0) {
        const { UnprocessedItems } = await dynamo.send(new BatchWriteCommand({ RequestItems: { [name]: requests } }));
        requests = (UnprocessedItems?.[name] ?? []).flatMap(({ PutRequest }) =>
          PutRequest?.Item ? [{ PutRequest: { Item: PutRequest.Item } }] : [],
        );
      }
    };
    this.#itemsOf = async (pk) => {
      const condition = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } };
      return (await dynamo.send(new QueryCommand({ TableName: name, ...condition }))).Items ?? [];
    };
  }

  /**
   * Adds sales of a shop, evenly over the year before the newest, or over its last day.
   *
   * @param over the time they are spread over; they end a minute ago
   */
  async addSales(pattern: Pattern, shop: Shop, count: number, over: 'day' | 'year', now: number): Promise<void> {
    const span = over === 'day' ? DAY_MS : YEAR_MS;
    // The year ends where the day begins.
    const end = over === 'day' ? now - 60_000 : now - 60_000 - DAY_MS;
    const sums = new Map<string, Record<string, number>>();
    const sale = (number: number): readonly Attributes[] => {
      const at = Math.floor(end - (span * number) / count);
      const { purchase, access, tally } = copyOf(pattern, number, at);
      const sumsOfIt = ['COMPANY', `ROUTER#${shop.routerId}`, `PRODUCT#${shop.productId}`, `DAY#${tally.counted?.day}`];
      for (const name of sumsOfIt) addTo(sums, name, tally);
      return [
        { ...keys.purchase(shop.companyId, purchase.id), ...purchaseItem(purchase) },
        { ...keys.access(shop.companyId, access.id), ...accessItem(access) },
        { ...keys.tally(shop.companyId, purchase.id), ...tally },
      ];
    };
    await this.#write(count, sale);
    await this.#add([...sums].map(([of, figures]) => addition(keys.figures(shop.companyId, of), figures)));
  }

  /** Adds companies, each with a router that is watched, a plan and an admin, as copies of a shop's. */
  async addCompanies(shop: Shop, count: number): Promise<void> {
    const own = await this.#itemsOf(keys.company(shop.companyId).pk);
    const kept = ['COMPANY', prefixes.routers, prefixes.watches, prefixes.products, prefixes.health];
    const pattern = JSON.stringify(own.filter(({ sk }) => kept.some((prefix) => String(sk).startsWith(prefix))));
    const admin = (await this.#services.users.list({ role: null, companyId: shop.companyId }))[0];
    if (!admin) throw new Error('The shop has no admin');
    await this.#write(count, (number) => {
      const companyId = newCompanyId();
      const items: readonly Attributes[] = JSON.parse(
        pattern.replaceAll(shop.companyId, companyId).replaceAll(shop.routerId, newRouterId()),
      );
      const user = { ...admin, id: FIRST_COPY + number, email: `${randomUUID()}@wifi.mx`, companyId };
      return [...items, { ...keys.user(user.id), ...userItem(user) }];
    });
    await this.#add([censusWrite({ companies: count, activeCompanies: count, users: count })]);
  }

  async #write(count: number, itemsOf: (number: number) => readonly Attributes[]): Promise<void> {
    for (let next = 0; next < count;) {
      const batches: Attributes[][] = [[]];
      for (; next < count && batches.length < CHUNK; next += 1)
        for (const item of itemsOf(next)) {
          if (batches.at(-1)?.length === PER_BATCH) batches.push([]);
          batches.at(-1)?.push(item);
        }
      await sideBySide(AT_ONCE, batches, this.#send);
    }
  }

  async #add(writes: readonly Write[]): Promise<void> {
    for (let start = 0; start < writes.length; start += 100)
      await this.#services.table.transact(writes.slice(start, start + 100));
  }
}

/** Numbered, so that none is there twice: purchases of one millisecond differ by it. */
function copyOf({ purchase, access }: Pattern, number: number, at: number) {
  const id = firstPurchaseId(at) + (number % 8192);
  const state = stateOf(number);
  const isPaid = state === 'paid';
  const accessId = newAccessId();
  const refunded = state === 'refunded' ? purchase.amountMinor : 0;
  const facts = {
    sales: state === 'declined' ? 0 : 1,
    paid: isPaid ? 1 : 0,
    pending: 0,
    declined: state === 'declined' ? 1 : 0,
    incomeMinor: isPaid ? purchase.amountMinor : 0,
  };
  const { companyId, routerId, productId, currency, version, amountMinor } = purchase;
  const tally: Tally = {
    ...{ purchaseId: id, companyId, routerId, productId, currency, version, at, amountMinor, facts },
    counted: { facts, day: new Date(at).toISOString().slice(0, 10) },
  };
  // Its time is over: a router holds the few that bought today, however many came before.
  const ended: Access = {
    ...{ ...access, id: accessId, createdAt: at, dueAt: null, grants: [] },
    ...{ desired: 'absent', observed: 'absent' },
  };
  return {
    purchase: {
      ...purchase,
      ...{ id, accessId, state, createdAt: at, chargingAt: at, paidAt: at, deliveredAt: at + 1000, dueAt: null },
      ...{ refundedMinor: refunded, refundTargetMinor: refunded, openGuards: [] },
    },
    access: ended,
    tally,
  };
}

function addTo(sums: Map<string, Record<string, number>>, of: string, { facts, currency }: Tally): void {
  const { incomeMinor, ...counts } = facts;
  const sum = sums.get(of) ?? {};
  sums.set(of, sum);
  for (const [name, count] of Object.entries({ ...counts, [currency]: incomeMinor }))
    sum[name] = (sum[name] ?? 0) + count;
}

const addition = (key: Write['key'], figures: Readonly<Record<string, number>>): Write => ({
  kind: 'update',
  key,
  update: `ADD ${Object.keys(figures)
    .map((name) => `#${name} :${name}`)
    .join(', ')}`,
  values: Object.fromEntries(Object.entries(figures).map(([name, count]) => [`:${name}`, count])),
});
