/**
 * The one table. Keys and access patterns; no operation ever scans.
 *
 * pk                        sk                       item                       read by
 * ------------------------  -----------------------  -------------------------  ------------------------------------------
 * COMPANY#<company>         COMPANY                  company, sealed gateway    get (in the batch of every portal call)
 *                                                    credentials in force
 * COMPANY#<company>         CREDENTIALS#<gateway>#v  one version of credentials get by the version a purchase was made with
 * COMPANY#<company>         ROUTER#<router>          router                     get; list of a company = query
 * COMPANY#<company>         HEALTH#<router>          what we know of a router,  get (in the batch); written by the worker
 *                                                    and the worker's lease
 * COMPANY#<company>         WATCH#<router>           its heartbeat, and what    get; due at each beat; list of all routers
 *                                                    the operator was told
 * COMPANY#<company>         RECONCILE#<router>       its comparison with what   get; due each day, or more often
 *                                                    should be there
 * COMPANY#<company>         PRODUCT#<id>             product                    get; list of a company = query
 * COMPANY#<company>         PROFILE#<router>#<id>    uniqueness guard           written with the product
 * COMPANY#<company>         PURCHASE#<id>            purchase                   get; list of a company, newest first = query
 * COMPANY#<company>         REFUND#<purchase>#<n>    one attempt to refund      kept for whoever has to explain it
 * COMPANY#<company>         TALLY#<purchase>         what was counted of a       due until counted again; get in the sweep
 *                                                    purchase
 * COMPANY#<company>         FIGURES#<of what>        sums over purchases, as    get, list of days or routers = query; atomic add
 *                                                    they were counted
 * COMPANY#<company>         FORGET#<id>              a walk that takes personal  get; the daily one is due each day
 *                                                    data out of purchases
 * COMPANY#<company>         MESSAGE#<id>             to be sent by Telegram     due until sent; get in the sweep; expires
 * COMPANY#<company>         HINT#<subject>           "ask the gateway about    get by the worker; atomic update; expires
 *                                                    this", from webhooks
 * COMPANY#<company>         REGISTRATION#conekta     webhooks to be registered  written with the key; due
 * COMPANY#<company>         COMPARISON#daily         comparison with the        get; due each day
 *                                                    gateways, and its result
 * COMPANY#<company>         NAMED#<run>#<gateway>#n  purchases on one page of   of a run = query; written with the
 *                                                    the gateway's list         comparison; expires
 * COMPANY#<company>         ACCESS#<id>              access                     get
 * COMPANY#<company>         JOB#<id>                 router job and its outcome get, while someone waits; expires
 * COMPANY#<company>         NAME#<router>#<name>     reserved user name         written with the access; get by a portal
 * COMPANY#<company>         OPEN#<router>#<buyer>    open purchase of a buyer   get after a refused write
 * COMPANY#<company>         IDEMPOTENCY#<router>#<k> purchase made by a key     get after a refused write; expires
 * COMPANY#<company>         APIKEY#<router>#<key>    hash of a key              list of a router's keys = query, then batch
 * COMPANY#<company>         NEWS#<time>#<what>       notice for the operator    newest first = query; written once; expires
 * COMPANY#<company>         AUDIT#<time>#<id>        who did what               newest first = query; expires
 * COMPANY#<company>         ARRIVAL                  that it came from another  get by an import; written with the company
 *                                                    deployment
 * DEPARTED#<company>        DEPARTURE                that it went to another    get by export and import
 * DEPARTED#<company>#<time> <pk>|<sk>                an item that it took along pages of an export; expires
 * DEPLOYMENT                AUDIT#<time>#<id>        the same, to no company    list
 * DEPLOYMENT                PEERS                    who may dial into the     get; due when a router's key comes or goes,
 *                                                    tunnel has to be told     and each day
 * KEY#<sha256>              KEY                      API key, counters          get (in the batch of every portal call)
 * PURCHASE#<id>             OWNER                    company of a purchase      get by the consult link
 * TUNNELKEY#<public key>     TUNNELKEY                uniqueness guard         written with the router's end of the tunnel
 * USER#<id>                 USER                     staff user                 get on every session call
 * EMAIL#<address>           EMAIL                    user id of an address      get at login; uniqueness guard
 * COUNTER#<name>            COUNTER                  last number given out, or  atomic add
 *                                                    how many there are
 * THROTTLE#<what>#<whom>    THROTTLE                 failures in a window       get (in the batch of a sale), atomic add; expires
 *
 * Index `lists` (listPk, listSk), sparse: COMPANIES -> companies; USERS -> users; CATALOGUE#<router> -> products;
 * FLEET -> watches, those of routers that are down first; TUNNEL -> routers with an end of the tunnel; ACCESSES#<router> -> accesses that are or should be there;
 * SALES#<company> -> purchases that a list of transactions shows; UNCOUNTED#<company> -> tallies that the figures lack;
 * AUDIT -> who did what, to all companies; DEPARTURES -> companies that are being taken out.
 * Indexes `lists2` ... `lists5` (listPk2 ..., listSk), sparse: the same items in other lists. lists2: USERS#<company> -> users;
 * SALES#<company>#<state> -> purchases. lists3, 4, 5: SALES#<company>#<router | product | gateway> -> purchases as in `lists`.
 * Index `due` (duePk, dueAt), sparse: everything owed at a time. duePk is one constant; a shard suffix is the way to grow.
 *
 * Putting the company in the partition key makes tenancy structural: no key built for one company reaches another's item.
 */
import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { pause } from '../platform/clock.ts';

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

const inCompany = (companyId: string, sk: string): Key => ({ pk: `COMPANY#${companyId}`, sk });
const padded = (id: number): string => String(id).padStart(16, '0');

export const keys = {
  company: (companyId: string) => inCompany(companyId, 'COMPANY'),
  credentials: (companyId: string, gateway: string, version: number) =>
    inCompany(companyId, `CREDENTIALS#${gateway}#${padded(version)}`),
  router: (companyId: string, routerId: string) => inCompany(companyId, `ROUTER#${routerId}`),
  health: (companyId: string, routerId: string) => inCompany(companyId, `HEALTH#${routerId}`),
  watch: (companyId: string, routerId: string) => inCompany(companyId, `WATCH#${routerId}`),
  reconcile: (companyId: string, routerId: string) => inCompany(companyId, `RECONCILE#${routerId}`),
  product: (companyId: string, productId: number) => inCompany(companyId, `PRODUCT#${padded(productId)}`),
  profileGuard: (companyId: string, routerId: string, profileId: string) =>
    inCompany(companyId, `PROFILE#${routerId}#${profileId}`),
  purchase: (companyId: string, purchaseId: number) => inCompany(companyId, `PURCHASE#${padded(purchaseId)}`),
  refund: (companyId: string, purchaseId: number, attempt: number) =>
    inCompany(companyId, `REFUND#${padded(purchaseId)}#${padded(attempt)}`),
  tally: (companyId: string, purchaseId: number) => inCompany(companyId, `TALLY#${padded(purchaseId)}`),
  figures: (companyId: string, of: string) => inCompany(companyId, `FIGURES#${of}`),
  forget: (companyId: string, id: string) => inCompany(companyId, `FORGET#${id}`),
  message: (companyId: string, id: string) => inCompany(companyId, `MESSAGE#${id}`),
  hint: (companyId: string, name: string) => inCompany(companyId, `HINT#${name}`),
  registration: (companyId: string) => inCompany(companyId, 'REGISTRATION#conekta'),
  comparison: (companyId: string) => inCompany(companyId, 'COMPARISON#daily'),
  named: (companyId: string, runAt: number, gateway: string, page: number) =>
    inCompany(companyId, `NAMED#${padded(runAt)}#${gateway}#${padded(page)}`),
  access: (companyId: string, accessId: string) => inCompany(companyId, `ACCESS#${accessId}`),
  job: (companyId: string, jobId: string) => inCompany(companyId, `JOB#${jobId}`),
  reservedName: (companyId: string, routerId: string, name: string) => inCompany(companyId, `NAME#${routerId}#${name}`),
  openPurchase: (companyId: string, routerId: string, buyer: string) =>
    inCompany(companyId, `OPEN#${routerId}#${buyer}`),
  idempotency: (companyId: string, routerId: string, keyHash: string) =>
    inCompany(companyId, `IDEMPOTENCY#${routerId}#${keyHash}`),
  apiKeyOfRouter: (companyId: string, routerId: string, keyId: string) =>
    inCompany(companyId, `APIKEY#${routerId}#${keyId}`),
  notice: (companyId: string, at: number, what: string) => inCompany(companyId, `NEWS#${padded(at)}#${what}`),
  audit: (companyId: string | null, at: number, id: string): Key => {
    const sk = `AUDIT#${padded(at)}#${id}`;
    return companyId === null ? { pk: 'DEPLOYMENT', sk } : inCompany(companyId, sk);
  },
  arrival: (companyId: string) => inCompany(companyId, 'ARRIVAL'),
  departure: (companyId: string): Key => ({ pk: `DEPARTED#${companyId}`, sk: 'DEPARTURE' }),
  departed: (companyId: string, at: number, { pk, sk }: Key): Key => ({
    pk: `DEPARTED#${companyId}#${padded(at)}`,
    sk: `${pk}|${sk}`,
  }),
  apiKey: (hash: string): Key => ({ pk: `KEY#${hash}`, sk: 'KEY' }),
  purchaseOwner: (purchaseId: number): Key => ({ pk: `PURCHASE#${padded(purchaseId)}`, sk: 'OWNER' }),
  tunnelKey: (publicKey: string): Key => ({ pk: `TUNNELKEY#${publicKey}`, sk: 'TUNNELKEY' }),
  tunnelPeers: (): Key => ({ pk: 'DEPLOYMENT', sk: 'PEERS' }),
  user: (userId: number): Key => ({ pk: `USER#${padded(userId)}`, sk: 'USER' }),
  email: (address: string): Key => ({ pk: `EMAIL#${address.toLowerCase()}`, sk: 'EMAIL' }),
  counter: (name: string): Key => ({ pk: `COUNTER#${name}`, sk: 'COUNTER' }),
  throttle: (what: string, whom: string): Key => ({ pk: `THROTTLE#${what}#${whom}`, sk: 'THROTTLE' }),
} as const;

export const prefixes = {
  routers: 'ROUTER#',
  health: 'HEALTH#',
  watches: 'WATCH#',
  reconciles: 'RECONCILE#',
  products: 'PRODUCT#',
  purchases: 'PURCHASE#',
  refundsOf: (purchaseId: number) => `REFUND#${padded(purchaseId)}#`,
  tallies: 'TALLY#',
  tunnelPeers: 'PEERS',
  tunnelKeys: 'TUNNELKEY',
  messages: 'MESSAGE#',
  forgets: 'FORGET#',
  figures: (of: string) => `FIGURES#${of}`,
  accesses: 'ACCESS#',
  notices: 'NEWS#',
  audit: 'AUDIT#',
  hints: 'HINT#',
  registrations: 'REGISTRATION#',
  credentials: 'CREDENTIALS#',
  jobs: 'JOB#',
  allNamed: 'NAMED#',
  apiKeys: 'APIKEY#',
  comparisons: 'COMPARISON#',
  named: (runAt: number, gateway: string) => `NAMED#${padded(runAt)}#${gateway}#`,
  apiKeysOfRouter: (routerId: string) => `APIKEY#${routerId}#`,
} as const;

export const lists = {
  companies: 'COMPANIES',
  departures: 'DEPARTURES',
  users: 'USERS',
  fleet: 'FLEET',
  tunnel: 'TUNNEL',
  catalogue: (routerId: string) => `CATALOGUE#${routerId}`,
  accesses: (routerId: string) => `ACCESSES#${routerId}`,
  audit: 'AUDIT',
  uncounted: (companyId: string) => `UNCOUNTED#${companyId}`,
  usersOf: (companyId: string) => `USERS#${companyId}`,
  /** Of a company; or those of one state, router, product or gateway. */
  sales: (companyId: string, which: string | number = '') => `SALES#${companyId}${which === '' ? '' : `#${which}`}`,
} as const;

/** Each by its partition attribute. An item can be in one list of each of them. */
const listIndexes = {
  lists: 'listPk',
  lists2: 'listPk2',
  lists3: 'listPk3',
  lists4: 'listPk4',
  lists5: 'listPk5',
} as const;
export type ListIndex = keyof typeof listIndexes;

export const indexes = { lists: 'lists', due: 'due' } as const;
export const DUE_PARTITION = 'DUE#0';

/** Shape of the table, for the stack and for the sandbox, so that both create the same one. */
export const tableShape = {
  key: { partition: 'pk', sort: 'sk' },
  timeToLive: 'expiresAtSeconds',
  indexes: [
    ...Object.entries(listIndexes).map(([name, partition]) => ({
      name,
      partition,
      sort: 'listSk',
      sortType: 'S' as const,
    })),
    { name: indexes.due, partition: 'duePk', sort: 'dueAt', sortType: 'N' },
  ],
} as const;

/** Thrown only for answers DynamoDB gives after its own retries: throttled, unavailable, malformed. */
export class StoreError extends Error {
  override name = 'StoreError';
}

export type Attributes = Record<string, unknown>;

/** An item as it stands in the table. */
export const storedItemSchema = z.looseObject({ pk: z.string(), sk: z.string() });
export type StoredItem = z.infer<typeof storedItemSchema>;
type Values = Record<string, unknown>;

/** A condition a write must meet, in DynamoDB's own expression language. `#name` placeholders are made by `Table`. */
export interface Condition {
  readonly expression: string;
  readonly values?: Values;
}

export type Write =
  | { readonly kind: 'put'; readonly key: Key; readonly item: Attributes; readonly condition?: Condition }
  | {
      readonly kind: 'update';
      readonly key: Key;
      readonly update: string;
      readonly values?: Values;
      readonly condition?: Condition;
    }
  | { readonly kind: 'delete'; readonly key: Key; readonly condition?: Condition }
  | { readonly kind: 'check'; readonly key: Key; readonly condition: Condition };

export type TransactionResult =
  | { readonly kind: 'written' }
  /** `failed[i]` is the item standing at writes[i] when its condition failed, `true` if there was none, else undefined. */
  | { readonly kind: 'refused'; readonly failed: readonly (Attributes | true | undefined)[] };

export const NOT_THERE: Condition = { expression: 'attribute_not_exists(pk)' };
export const THERE: Condition = { expression: 'attribute_exists(pk)' };

/** DynamoDB's limits: 100 keys a batch read. */
export const BATCH_KEYS = 100;
const UNPROCESSED_ATTEMPTS = 6;

/** Above every character, in the order of UTF-8 bytes that sort keys have. */
const LAST = '\u{10FFFF}';
const FIRST = ' ';
const WALK_PAGE = 100;

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

/** Thin typed access to the one table: every item read is checked against a schema, every read is consistent. */
export class Table {
  readonly #client: DynamoDBDocumentClient;
  readonly #name: string;
  readonly #ahead = new Map<string, Attributes | undefined>();

  constructor(client: DynamoDBDocumentClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** As `batchGet`; and what `get` then asks for of it first is answered by this read. A second time it is read anew. */
  async readAhead(wanted: readonly Key[]): Promise<void> {
    const items = await this.batchGet(wanted);
    wanted.forEach((key, index) => this.#ahead.set(nameOf(key), items[index]));
  }

  async get<T>(key: Key, schema: z.ZodType<T>): Promise<T | undefined> {
    const name = nameOf(key);
    if (this.#ahead.has(name)) {
      const item = this.#ahead.get(name);
      this.#ahead.delete(name);
      return item === undefined ? undefined : schema.parse(item);
    }
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#name, Key: { ...key }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : schema.parse(Item);
  }

  /**
   * Reads up to 100 different keys in one call.
   *
   * @returns items in the order of `wanted`, undefined where there is none
   * @throws StoreError when keys stay unprocessed after back-off
   */
  async batchGet(wanted: readonly Key[]): Promise<(Attributes | undefined)[]> {
    if (wanted.length > BATCH_KEYS) throw new StoreError(`A batch read takes ${BATCH_KEYS} keys, not ${wanted.length}`);
    const found = new Map<string, Attributes>();
    let pending: Record<string, unknown>[] = wanted.map((key) => ({ ...key }));
    for (let attempt = 0; pending.length > 0; attempt += 1) {
      if (attempt === UNPROCESSED_ATTEMPTS) throw new StoreError('Keys of a batch read stayed unprocessed');
      if (attempt > 0) await pause(25 * 2 ** attempt);
      const answer = await this.#client.send(
        new BatchGetCommand({ RequestItems: { [this.#name]: { Keys: pending, ConsistentRead: true } } }),
      );
      for (const item of answer.Responses?.[this.#name] ?? [])
        found.set(nameOf({ pk: String(item['pk']), sk: String(item['sk']) }), item);
      pending = answer.UnprocessedKeys?.[this.#name]?.Keys ?? [];
    }
    return wanted.map((key) => found.get(nameOf(key)));
  }

  /** All items of a partition whose sort key begins with `prefix`, ascending unless `newestFirst`; bounded by `limit`. */
  async queryPrefix<T>(
    partition: string,
    prefix: string,
    schema: z.ZodType<T>,
    options: { readonly newestFirst?: boolean; readonly limit?: number; readonly filter?: Condition } = {},
  ): Promise<T[]> {
    return this.#query(schema, options.limit, {
      // `begins_with` says the same, but the embedded engine then reads the partition to its end: all sales of a company.
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :prefix AND :last',
      ExpressionAttributeValues: {
        ':pk': partition,
        ':prefix': prefix,
        ':last': prefix + LAST,
        ...options.filter?.values,
      },
      ...(options.filter && { FilterExpression: options.filter.expression }),
      ConsistentRead: true,
      ScanIndexForward: options.newestFirst !== true,
    });
  }

  /** As `queryPrefix`, newest first: those below `prefix + below`. */
  async queryPrefixBelow<T>(
    partition: string,
    prefix: string,
    below: string,
    schema: z.ZodType<T>,
    limit: number,
  ): Promise<T[]> {
    const found = await this.#query(z.looseObject({ sk: z.string() }), limit + 1, {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :prefix AND :below',
      ExpressionAttributeValues: { ':pk': partition, ':prefix': prefix, ':below': prefix + below },
      ConsistentRead: true,
      ScanIndexForward: false,
    });
    return found
      .filter(({ sk }) => sk !== prefix + below)
      .slice(0, limit)
      .map((item) => schema.parse(item));
  }

  /** Items of one partition as they are, in bounded memory: whoever takes a partition elsewhere reads it all. */
  async *walk(partition: string): AsyncGenerator<StoredItem> {
    for (let from = FIRST, isFirst = true; ; isFirst = false) {
      const to = { pk: partition, sk: LAST };
      const page = await this.queryRange({ pk: partition, sk: from }, to, storedItemSchema, WALK_PAGE);
      const fresh = page.filter(({ sk }) => isFirst || sk !== from);
      yield* fresh;
      const last = fresh.at(-1);
      if (!last || page.length < WALK_PAGE) return;
      from = last.sk;
    }
  }

  /** Items of one partition from one sort key to another, both included, ascending. */
  async queryRange<T>(from: Key, to: Key, schema: z.ZodType<T>, limit: number, filter?: Condition): Promise<T[]> {
    return this.#query(schema, limit, {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': from.pk, ':from': from.sk, ':to': to.sk, ...filter?.values },
      ...(filter && { FilterExpression: filter.expression }),
      ConsistentRead: true,
    });
  }

  /** A list kept by a sparse index: eventually consistent, milliseconds behind the items. */
  async queryList<T>(list: string, schema: z.ZodType<T>, index: ListIndex = 'lists'): Promise<T[]> {
    return this.#query(schema, undefined, {
      IndexName: index,
      KeyConditionExpression: `${listIndexes[index]} = :list`,
      ExpressionAttributeValues: { ':list': list },
    });
  }

  /** A part of a list kept by an index, behind the sort key `after`. */
  async queryListPage<T>(
    list: string,
    schema: z.ZodType<T>,
    after: string,
    limit: number,
    index: ListIndex = 'lists',
  ): Promise<T[]> {
    return this.#query(schema, limit, {
      IndexName: index,
      KeyConditionExpression: `${listIndexes[index]} = :list AND listSk > :after`,
      ExpressionAttributeValues: { ':list': list, ':after': after },
    });
  }

  /**
   * A part of a list, newest first, behind and below sort keys: one Query for as much as a page shows.
   *
   * @param range.from first sort key that may come, included; `range.before` the first that may not
   */
  async queryNewest<T>(
    index: ListIndex,
    list: string,
    schema: z.ZodType<T>,
    range: { readonly from: string; readonly before: string },
    limit: number,
  ): Promise<T[]> {
    // BETWEEN includes both ends: one more is read, and the first that may not come is left out.
    const found = await this.#query(z.looseObject({ listSk: z.string() }), limit + 1, {
      IndexName: index,
      KeyConditionExpression: `${listIndexes[index]} = :list AND listSk BETWEEN :from AND :before`,
      ExpressionAttributeValues: { ':list': list, ':from': range.from, ':before': range.before },
      ScanIndexForward: false,
    });
    return found
      .filter(({ listSk }) => listSk !== range.before)
      .slice(0, limit)
      .map((item) => schema.parse(item));
  }

  /** What is owed by `untilMs`, oldest first. The index lags: re-read each item and act by condition. */
  async queryDue(untilMs: number, limit: number): Promise<Key[]> {
    return this.#query(z.object({ pk: z.string(), sk: z.string() }), limit, {
      IndexName: indexes.due,
      KeyConditionExpression: 'duePk = :due AND dueAt <= :until',
      ExpressionAttributeValues: { ':due': DUE_PARTITION, ':until': untilMs },
      ProjectionExpression: 'pk, sk',
    });
  }

  /**
   * Writes everything or nothing.
   *
   * A repeated send after a lost answer carries the same request token (the SDK's), so it cannot apply twice.
   * @returns `refused` when a condition did not hold; contention is retried here
   */
  async transact(writes: readonly Write[]): Promise<TransactionResult> {
    const TransactItems = writes.map((write) => this.#toTransactItem(write));
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#client.send(new TransactWriteCommand({ TransactItems }));
        return { kind: 'written' };
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const reasons = error.CancellationReasons ?? [];
        if (reasons.some((reason) => reason.Code === 'ConditionalCheckFailed'))
          return {
            kind: 'refused',
            failed: reasons.map(({ Code, Item }) =>
              Code === 'ConditionalCheckFailed' ? (Item ? unmarshall(Item) : true) : undefined,
            ),
          };
        if (attempt === UNPROCESSED_ATTEMPTS) throw error;
        await pause(20 * 2 ** attempt);
      }
    }
  }

  /** One write by condition, at half the cost of a transaction. @returns false when the condition did not hold */
  async write(write: Exclude<Write, { kind: 'check' }>): Promise<boolean> {
    const { Put, Update, Delete } = this.#toTransactItem(write);
    try {
      if (Put) await this.#client.send(new PutCommand(Put));
      if (Update) await this.#client.send(new UpdateCommand(Update));
      if (Delete) await this.#client.send(new DeleteCommand(Delete));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /** Atomic update. @returns the item after it, or undefined when the condition did not hold */
  async update(key: Key, update: string, values: Values, condition?: Condition): Promise<Attributes | undefined> {
    try {
      const names = namesIn(update, condition?.expression);
      const { Attributes: item } = await this.#client.send(
        new UpdateCommand({
          TableName: this.#name,
          Key: { ...key },
          UpdateExpression: update,
          ...(condition && { ConditionExpression: condition.expression }),
          ExpressionAttributeValues: { ...values, ...condition?.values },
          ...(names && { ExpressionAttributeNames: names }),
          ReturnValues: 'ALL_NEW',
        }),
      );
      return item;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  /** The next number of a named counter, starting at 1. Gaps are fine: a crash after it wastes a number. */
  async nextNumber(counter: string): Promise<number> {
    const item = await this.update(keys.counter(counter), 'ADD #last :one', { ':one': 1 });
    return z.object({ last: z.number() }).parse(item).last;
  }

  /** Has a named counter go on behind `last`, if it is not beyond that already: numbers up to it came from elsewhere. */
  async raiseNumber(counter: string, last: number): Promise<void> {
    const isBehind: Condition = { expression: 'attribute_not_exists(pk) OR #last < :last' };
    await this.update(keys.counter(counter), 'SET #last = :last', { ':last': last }, isBehind);
  }

  async #query<T>(
    schema: z.ZodType<T>,
    limit: number | undefined,
    input: Omit<QueryCommandInput, 'TableName'>,
  ): Promise<T[]> {
    const names = namesIn(input.FilterExpression);
    const items: T[] = [];
    let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey'];
    do {
      const page = await this.#client.send(
        new QueryCommand({
          ...input,
          TableName: this.#name,
          ...(names && { ExpressionAttributeNames: names }),
          ...(ExclusiveStartKey && { ExclusiveStartKey }),
          ...(limit !== undefined && !input.FilterExpression && { Limit: limit - items.length }),
        }),
      );
      for (const item of page.Items ?? []) items.push(schema.parse(item));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey && (limit === undefined || items.length < limit));
    return limit === undefined ? items : items.slice(0, limit);
  }

  #toTransactItem(write: Write): NonNullable<TransactWriteCommandInput['TransactItems']>[number] {
    const common = {
      TableName: this.#name,
      ...(write.condition && {
        ConditionExpression: write.condition.expression,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      }),
    };
    const names = namesIn(write.kind === 'update' ? write.update : '', write.condition?.expression);
    const values = { ...(write.kind === 'update' ? write.values : undefined), ...write.condition?.values };
    const expressions = {
      ...(names && { ExpressionAttributeNames: names }),
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    };
    switch (write.kind) {
      case 'put':
        return { Put: { ...common, ...expressions, Item: { ...write.item, ...write.key } } };
      case 'update':
        return { Update: { ...common, ...expressions, Key: { ...write.key }, UpdateExpression: write.update } };
      case 'delete':
        return { Delete: { ...common, ...expressions, Key: { ...write.key } } };
      case 'check':
        return {
          ConditionCheck: {
            ...common,
            ...expressions,
            ConditionExpression: write.condition.expression,
            Key: { ...write.key },
          },
        };
    }
  }
}

/** `#name` in an expression always means the attribute `name`: reserved words need no list of their own. */
function namesIn(...expressions: (string | undefined)[]): Record<string, string> | undefined {
  const found = expressions.flatMap((expression) => expression?.match(/#\w+/g) ?? []);
  return found.length === 0 ? undefined : Object.fromEntries(found.map((name) => [name, name.slice(1)]));
}
