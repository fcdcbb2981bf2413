import * as z from 'zod';
import { declineReasons, type GatewayName, gatewayNames, unknownCauses } from '../gateways/gateway.ts';
import { currencies } from '../platform/money.ts';
import { type Access, accessItem, accessSchema, newAccessWrites } from './accesses.ts';
import { companySchema } from './companies.ts';
import { dueAttributes } from './due.ts';
import { type Tally, tallyWrite } from './figures.ts';
import { type Job, jobItem, jobSchema } from './jobs.ts';
import { NOTHING_SOLD, timeSoldSchema } from './time-sold.ts';
import {
  type Attributes,
  BATCH_KEYS,
  type Condition,
  type Key,
  keys,
  lists,
  NOT_THERE,
  prefixes,
  type Table,
  type Write,
} from './table.ts';

/** Where the money of a purchase stands. What each means and how it moves: shared/purchases/purchase.ts. */
export const purchaseStates = [
  'created',
  'charging',
  'paid',
  'declined',
  'in_doubt',
  'not_charged',
  'action_required',
  'awaiting_payment',
  'expired',
  'refunding',
  'refund_pending',
  'refunded',
  'refund_failed',
  'disputed',
  'charged_back',
] as const;
export type PurchaseState = (typeof purchaseStates)[number];

/** Attempts that took no money, and from which none can come: lists and figures leave them out (design 3, "On the wire"). */
export const unlistedStates: ReadonlySet<PurchaseState> = new Set(['declined', 'not_charged', 'expired']);

/** Why the pre-flight would not sell on a router. */
export const routerRefusals = ['unreachable', 'hotspot-blocked', 'profile-missing'] as const;
export type RouterRefusal = (typeof routerRefusals)[number];

export const accessKinds = ['usuario_contrasena', 'pin'] as const;
export type AccessKind = (typeof accessKinds)[number];

const refusalSchema = z.object({
  reason: z.enum(declineReasons),
  httpStatus: z.union([
    z.literal(400),
    z.literal(401),
    z.literal(402),
    z.literal(404),
    z.literal(422),
    z.literal(429),
    z.literal(500),
  ]),
});

export const purchaseSchema = z.object({
  id: z.number(),
  companyId: z.string(),
  routerId: z.string(),
  productId: z.number(),
  accessId: z.string(),
  apiKeyId: z.string(),
  state: z.enum(purchaseStates),
  /** Raised by every write; every write is conditional on it. */
  version: z.number(),

  gateway: z.enum(gatewayNames),
  /** The company's credentials this purchase is charged, settled and refunded with. */
  credentialsVersion: z.number(),
  /** The gateway's order, stored before any charge is put on it. */
  orderRef: z.string().nullable(),
  /** The gateway's payment. The same id again is a repeated answer; another id is a second approval. */
  paymentId: z.string().nullable(),
  live: z.boolean().nullable(),
  paidWith: z
    .object({
      statusDetail: z.string(),
      installments: z.number(),
      methodId: z.string().nullable(),
      methodType: z.string().nullable(),
      issuerId: z.string().nullable(),
      lastFour: z.string().nullable(),
    })
    .nullable()
    .default(null),
  refusal: refusalSchema.nullable(),
  /** Why the order could not be made, when no refusal names it: no card was involved then. */
  orderFailure: z.enum(unknownCauses).nullable(),
  /** Why the router could not be sold on, found before the gateway was asked for anything. */
  routerRefusal: z.enum(routerRefusals).nullable().default(null),
  /** The page of the buyer's bank where the charge waits for them, and what it has to be sent. */
  nextActionUrl: z.string().nullable(),
  nextActionCreq: z.string().nullable().default(null),
  amountMinor: z.number(),
  currency: z.enum(currencies),
  /** What is to be given back of what the buyer meant to pay. */
  refundTargetMinor: z.number(),
  /** What the gateway says is back, of all payments of this purchase together. */
  refundedMinor: z.number(),
  /** Payment ids approved beyond the first: each is given back whole. */
  surplusPaymentIds: z.array(z.string()),
  /** The refund that was sent and whose end is not known; how many there were. */
  refundAttempt: z
    .object({ number: z.number(), paymentId: z.string(), amountMinor: z.number(), sentAt: z.number() })
    .nullable(),
  refundAttempts: z.number(),
  /** E-mail of the admin, or which rule. */
  refundDecidedBy: z.string().nullable(),
  /** Since when the money that is owed back now is owed. */
  refundSince: z.number().nullable().default(null),
  refundFailedSince: z.number().nullable(),
  /** Who decided to deliver although a refund had failed: the deadline rule then leaves it alone. */
  keptBy: z.string().nullable(),
  /** Since when the buyer's bank disputes the payment; null when it does not, or no longer. */
  disputedAt: z.number().nullable().default(null),
  /** Since when a dispute keeps the access from the buyer, a won one included. */
  withdrawnAt: z.number().nullable().default(null),
  /** When the buyer's bank took the payment back for good; what of it was owed back is owed no more, a second payment is. */
  chargedBackAt: z.number().nullable().default(null),

  productName: z.string(),
  profileName: z.string(),
  /** As the plan sold it then. */
  timeSold: timeSoldSchema.default(NOTHING_SOLD),
  /** From when the time is counted that it grants; null until it grants any. */
  timeFrom: z.number().nullable().default(null),
  customer: z.object({ name: z.string(), email: z.string(), phone: z.string().nullable() }),
  userKind: z.enum(accessKinds),
  autoConnect: z.boolean(),
  /** As the portal sent them, already known to be well formed. */
  macAddress: z.string().nullable(),
  ipAddress: z.string().nullable(),
  /** When name, e-mail, phone and device were taken out. */
  forgottenAt: z.number().nullable().default(null),
  /** SHA-256 of the secret in `consulta_url`. */
  consultHash: z.string(),
  /** Buyers (a MAC, an e-mail's hash) who have this purchase open: the guards that stand while the charge is not known. */
  openGuards: z.array(z.string()),
  /** The idempotency key's hash; null once the key was given back because no charge was tried with it. */
  idempotencyHash: z.string().nullable(),
  /** The router job sent when the money was known: a repeated request waits for it too, and answers the same. */
  jobId: z.string().nullable(),

  createdAt: z.number(),
  chargingAt: z.number().nullable(),
  paidAt: z.number().nullable(),
  /** How long its company gives the delivery, from the request on, or from when the buyer came back from the bank's page. */
  deliverWithinMs: z.number().default(10 * 60_000),
  /** Until when the access has to be delivered; null until it is paid. */
  deliverBy: z.number().nullable().default(null),
  /** When the user was first seen on the router with this purchase's time. Never taken back (design 3, rule 2). */
  deliveredAt: z.number().nullable().default(null),
  /** Looks at the gateway since the answer was lost or a person was sent to a 3DS page, and when that began. */
  looks: z.number(),
  waitingSince: z.number().nullable(),
  /** Absent, not null, in the table: the index is sparse. */
  dueAt: z.number().nullable().default(null),
});
export type Purchase = z.infer<typeof purchaseSchema>;

/** A purchase made under one idempotency key, kept 24 hours. */
export const idempotencySchema = z.object({ purchaseId: z.number(), bodyHash: z.string(), expiresAt: z.number() });
const openGuardSchema = z.object({ purchaseId: z.number() });
export const ownerSchema = z.object({ companyId: z.string() });

export interface Idempotency {
  readonly keyHash: string;
  readonly bodyHash: string;
  /** Milliseconds; checked in code, since the store removes expired items late. */
  readonly expiresAt: number;
}

export type StartResult =
  | { readonly kind: 'started' }
  | { readonly kind: 'same-request'; readonly purchaseId: number; readonly bodyHash: string }
  | { readonly kind: 'open-purchase'; readonly purchaseId: number }
  /** The drawn name or number was taken: draw again. */
  | { readonly kind: 'collision' };

/** `deliveredAt` is absent, not null, until it is known: the router's visits set it where there is none (accesses.ts). */
export const purchaseItem = (purchase: Purchase): Attributes => ({
  ...purchase,
  deliveredAt: purchase.deliveredAt ?? undefined,
  ...dueAttributes(purchase.dueAt),
  ...listAttributes(purchase),
});

/** In which lists a purchase stands; in that of its state always. */
function listAttributes({ companyId, id, state, routerId, productId, gateway }: Purchase): Attributes {
  const inState = { listSk: listKey(id), listPk2: lists.sales(companyId, state) };
  if (unlistedStates.has(state)) return inState;
  return {
    ...inState,
    listPk: lists.sales(companyId),
    listPk3: lists.sales(companyId, routerId),
    listPk4: lists.sales(companyId, productId),
    listPk5: lists.sales(companyId, gateway),
  };
}

/** Lists are by number, and so by time. */
const listKey = (purchaseId: number): string => String(purchaseId).padStart(16, '0');

/** Which purchases a list shows: all, or those that one thing is true of. */
export type SalesFilter =
  | { readonly kind: 'state'; readonly value: PurchaseState }
  | { readonly kind: 'router'; readonly value: string }
  | { readonly kind: 'product'; readonly value: number }
  | { readonly kind: 'gateway'; readonly value: GatewayName };

const indexOfFilter = { state: 'lists2', router: 'lists3', product: 'lists4', gateway: 'lists5' } as const;

const unchanged = (before: { readonly version: number }): Condition => ({
  expression: '#version = :version',
  values: { ':version': before.version },
});

const moneyUnchanged = (before: Purchase): Condition => ({
  expression: '#version = :version AND #state = :state',
  values: { ':version': before.version, ':state': before.state },
});

/**
 * An idempotency key that was given back ends now, instead of being gone: an equal request that arrived before is answered by
 * this purchase as well, and only a later one begins anew. Else one of two could be told "failed" while the other charges.
 */
const givenBack = (key: Key, at: number): Write => ({
  kind: 'update',
  key,
  update: 'SET expiresAt = :at, expiresAtSeconds = :seconds',
  values: { ':at': at, ':seconds': Math.ceil(at / 1000) },
});

/** Each attempt to give money back has an item of its own, for whoever has to explain what happened. */
const refundRecordSchema = z.object({
  purchaseId: z.number(),
  number: z.number(),
  paymentId: z.string(),
  amountMinor: z.number(),
  sentAt: z.number(),
  decidedBy: z.string().nullable(),
  outcome: z.enum(['sent', 'refused', 'pending', 'given-back']),
});
export type RefundRecord = Readonly<z.infer<typeof refundRecordSchema>>;

function refundRecord(before: Purchase, after: Purchase): RefundRecord | undefined {
  const sent = after.refundAttempt;
  if (sent && sent.sentAt !== before.refundAttempt?.sentAt)
    return { ...sent, purchaseId: after.id, decidedBy: after.refundDecidedBy, outcome: 'sent' };
  const ended = before.refundAttempt;
  if (!ended || sent) return undefined;
  const outcome =
    after.state === 'refund_failed' ? 'refused' : after.state === 'refund_pending' ? 'pending' : 'given-back';
  return { ...ended, purchaseId: after.id, decidedBy: after.refundDecidedBy, outcome };
}

/** A purchase with all that is kept about it. */
export interface PurchaseHistory {
  readonly purchase: Purchase;
  readonly access: Access | undefined;
  readonly refunds: readonly RefundRecord[];
}

/** Who is left of a buyer that was forgotten. */
const NOBODY: Purchase['customer'] = { name: '', email: '', phone: null };

export class PurchaseStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async find(companyId: string, purchaseId: number): Promise<Purchase | undefined> {
    return this.#table.get(keys.purchase(companyId, purchaseId), purchaseSchema);
  }

  /** The company a purchase number belongs to: a consult link carries the number only. */
  async ownerOf(purchaseId: number): Promise<string | undefined> {
    return (await this.#table.get(keys.purchaseOwner(purchaseId), ownerSchema))?.companyId;
  }

  /** What stands under an idempotency key now. */
  async madeBy(
    companyId: string,
    routerId: string,
    keyHash: string,
  ): Promise<z.infer<typeof idempotencySchema> | undefined> {
    return this.#table.get(keys.idempotency(companyId, routerId, keyHash), idempotencySchema);
  }

  /** A purchase with who sold it, in one read. */
  async findWithCompany(companyId: string, purchaseId: number) {
    const [purchase, company] = await this.#table.batchGet([
      keys.purchase(companyId, purchaseId),
      keys.company(companyId),
    ]);
    return {
      purchase: purchase && purchaseSchema.parse(purchase),
      company: company && companySchema.parse(company),
    };
  }

  /** A purchase with what the buyer's answer is made of, in one read. */
  async findWithAccess(companyId: string, purchaseId: number, accessId: string, jobId: string | null) {
    const [purchase, access, job] = await this.#table.batchGet([
      keys.purchase(companyId, purchaseId),
      keys.access(companyId, accessId),
      ...(jobId === null ? [] : [keys.job(companyId, jobId)]),
    ]);
    return {
      purchase: purchase && purchaseSchema.parse(purchase),
      access: access && accessSchema.parse(access),
      job: job && jobSchema.parse(job),
    };
  }

  async history(companyId: string, purchaseId: number): Promise<PurchaseHistory | undefined> {
    const purchase = await this.find(companyId, purchaseId);
    if (!purchase) return undefined;
    const { pk } = keys.company(companyId);
    const [access, refunds] = await Promise.all([
      this.#table.get(keys.access(companyId, purchase.accessId), accessSchema),
      purchase.refundAttempts === 0
        ? []
        : this.#table.queryPrefix(pk, prefixes.refundsOf(purchaseId), refundRecordSchema),
    ]);
    return { purchase, access, refunds };
  }

  /**
   * A page of the list that an operator sees, newest first. Of attempts that took no money only where their state is asked for.
   * Some milliseconds behind the purchases themselves.
   *
   * @param range.fromId lowest number that may come, included; `range.beforeId` the first that may not
   */
  async list(
    companyId: string,
    filter: SalesFilter | undefined,
    range: { readonly fromId: number; readonly beforeId: number },
    limit: number,
  ): Promise<Purchase[]> {
    const between = { from: listKey(range.fromId), before: listKey(range.beforeId) };
    const index = filter ? indexOfFilter[filter.kind] : 'lists';
    return this.#table.queryNewest(index, lists.sales(companyId, filter?.value), purchaseSchema, between, limit);
  }

  /** Those of some numbers that there are. */
  async findMany(companyId: string, ids: readonly number[]): Promise<ReadonlyMap<number, Purchase>> {
    const found = new Map<number, Purchase>();
    for (let start = 0; start < ids.length; start += BATCH_KEYS) {
      const wanted = ids.slice(start, start + BATCH_KEYS).map((id) => keys.purchase(companyId, id));
      const items = (await this.#table.batchGet(wanted)).filter((item) => item !== undefined);
      for (const purchase of items.map((item) => purchaseSchema.parse(item))) found.set(purchase.id, purchase);
    }
    return found;
  }

  /** By number, which is by time: the first `limit` of those from one number to another, both included. */
  async inRange(companyId: string, fromId: number, toId: number, limit: number): Promise<Purchase[]> {
    if (fromId > toId) return [];
    const [from, to] = [keys.purchase(companyId, fromId), keys.purchase(companyId, toId)];
    return this.#table.queryRange(from, to, purchaseSchema, limit);
  }

  /**
   * Those on a router that somebody has to come back to, of which money may still move. Reads everything that was sold since
   * then, on all routers.
   *
   * @param fromId as for `inRange`
   */
  async owedOnRouter(companyId: string, routerId: string, fromId: number): Promise<Purchase[]> {
    const [from, to] = [keys.purchase(companyId, fromId), keys.purchase(companyId, Number.MAX_SAFE_INTEGER)];
    return this.#table.queryRange(from, to, purchaseSchema, Number.MAX_SAFE_INTEGER, {
      expression: 'routerId = :router AND attribute_exists(dueAt)',
      values: { ':router': routerId },
    });
  }

  /**
   * Takes out whom it was sold to; the money stays. Its version moves, so nobody writes back what was read before.
   *
   * @returns false when it moved meanwhile
   */
  async forget({ companyId, id, version, state }: Purchase, now: number): Promise<boolean> {
    return this.#table.write({
      kind: 'update',
      key: keys.purchase(companyId, id),
      update: `SET #customer = :nobody, #macAddress = :none, #ipAddress = :none, #forgottenAt = :now,
        #version = #version + :one`,
      values: { ':nobody': NOBODY, ':none': null, ':now': now, ':one': 1 },
      condition: {
        expression: '#version = :version AND #state = :state',
        values: { ':version': version, ':state': state },
      },
    });
  }

  /**
   * The one write before any money call: purchase, its guards, the reserved name and the access, or nothing.
   *
   * @param access undefined when the purchase adds to one that is there
   * @param receivedAt when the request arrived, milliseconds: a key that ended before is free
   */
  async start(
    purchase: Purchase,
    access: Access | undefined,
    idempotency: Idempotency,
    receivedAt: number,
  ): Promise<StartResult> {
    const { companyId, routerId, id } = purchase;
    const guards: Key[] = purchase.openGuards.map((buyer) => keys.openPurchase(companyId, routerId, buyer));
    const writes: Write[] = [
      {
        kind: 'put',
        key: keys.idempotency(companyId, routerId, idempotency.keyHash),
        item: {
          purchaseId: id,
          bodyHash: idempotency.bodyHash,
          expiresAt: idempotency.expiresAt,
          expiresAtSeconds: Math.ceil(idempotency.expiresAt / 1000),
        },
        condition: { expression: 'attribute_not_exists(pk) OR expiresAt <= :now', values: { ':now': receivedAt } },
      },
      ...guards.map((key): Write => ({ kind: 'put', key, item: { purchaseId: id }, condition: NOT_THERE })),
      { kind: 'put', key: keys.purchaseOwner(id), item: { companyId }, condition: NOT_THERE },
      { kind: 'put', key: keys.purchase(companyId, id), item: purchaseItem(purchase), condition: NOT_THERE },
      ...(access ? newAccessWrites(access) : []),
    ];
    const result = await this.#table.transact(writes);
    if (result.kind === 'written') return { kind: 'started' };
    const [standing, ...others] = result.failed;
    if (standing !== undefined) {
      const { purchaseId, bodyHash } = idempotencySchema.parse(standing);
      return purchaseId === id ? { kind: 'started' } : { kind: 'same-request', purchaseId, bodyHash };
    }
    const open = others.slice(0, guards.length).find((guard) => guard !== undefined);
    if (open !== undefined) return { kind: 'open-purchase', purchaseId: openGuardSchema.parse(open).purchaseId };
    return { kind: 'collision' };
  }

  /**
   * Moves the money, and whatever must move with it, in one transaction.
   *
   * @param move.access the access before and after, when this move grants or revokes it
   * @param move.job a router job that must exist as soon as the money is known
   * @param move.tally what the figures have to be told, if anything
   * @param move.at now, in milliseconds
   * @returns false when somebody else wrote first: re-read, ask the gateway again, step again (design 3, rule 7)
   */
  async move(move: {
    readonly before: Purchase;
    readonly after: Purchase;
    readonly access?: { readonly before: Access; readonly after: Access } | undefined;
    readonly job?: Job | undefined;
    readonly tally?: Tally | undefined;
    readonly at: number;
  }): Promise<boolean> {
    const { before, after, access, job, tally, at } = move;
    const { companyId, routerId } = before;
    const released = before.openGuards.filter((guard) => !after.openGuards.includes(guard));
    const writes: Write[] = [
      {
        kind: 'put',
        key: keys.purchase(companyId, before.id),
        item: purchaseItem(after),
        condition: moneyUnchanged(before),
      },
      ...released.map((buyer): Write => ({ kind: 'delete', key: keys.openPurchase(companyId, routerId, buyer) })),
    ];
    if (before.idempotencyHash !== null && after.idempotencyHash === null)
      writes.push(givenBack(keys.idempotency(companyId, routerId, before.idempotencyHash), at));
    const refund = refundRecord(before, after);
    if (refund)
      writes.push({ kind: 'put', key: keys.refund(companyId, before.id, refund.number), item: { ...refund } });
    if (access)
      writes.push({
        kind: 'put',
        key: keys.access(companyId, access.before.id),
        item: accessItem(access.after),
        condition: unchanged(access.before),
      });
    if (job) writes.push({ kind: 'put', key: keys.job(companyId, job.id), item: jobItem(job), condition: NOT_THERE });
    if (tally) writes.push(tallyWrite(tally, at));
    const [only, ...more] = writes;
    if (only?.kind === 'put' && more.length === 0) return this.#table.write(only);
    return (await this.#table.transact(writes)).kind === 'written';
  }
}
