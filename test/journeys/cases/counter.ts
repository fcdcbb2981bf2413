/** A shop that sells by one gateway, and everything that is said of a sale afterwards, from the books of both far ends. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Notification } from '#shared/local/gateway/outbox.ts';
import { grantsAccess } from '#shared/purchases/purchase.ts';
import type { Purchase, PurchaseState } from '#shared/store/purchases.ts';
import { newestPurchases } from '../../stage/newest-purchases.ts';
import type { CardKind, FarCharge } from '../../stage/gateways/far-gateway.ts';
import type { Market } from '../../stage/market.ts';
import type { Answer, Headers } from '../../stage/stage.ts';
import type { Fault, Till } from './till.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface Story {
  readonly id: number;
  readonly status: number;
  readonly email: string;
  readonly answer: Answer;
}

/** What every sale costs, in centavos. */
export const PRICE = 1500;

/** States in which the gateway's books have to show no money of ours. */
const unpaidEnds: ReadonlySet<PurchaseState> = new Set([
  'declined',
  'not_charged',
  'expired',
  'refunded',
  'charged_back',
]);
const keptMinor = ({ amountMinor, refundedMinor, dispute }: FarCharge) =>
  dispute === 'lost' ? 0 : amountMinor - refundedMinor;

export class Counter {
  readonly market: Market;
  readonly till: Till;
  #sold: number[] = [];
  #secrets: string[] = [];
  #toldBefore = 0;

  constructor(market: Market, till: Till) {
    this.market = market;
    this.till = till;
  }

  /** Before each case: nothing is wrong, and no mail or, after `passedMs`, decline of an earlier one counts. */
  begin(passedMs: number): void {
    const { market, till } = this;
    this.#sold = [];
    this.#secrets = [];
    this.#toldBefore = market.log.length;
    till.far.mend();
    till.far.notifications.take();
    market.clock.advance(passedMs);
  }

  fail(...faults: readonly Fault[]): void {
    for (const fault of faults) this.till.fail(fault);
  }

  /** A sale to a new buyer, by a kind of card or by fields of the request; the faults happen during it. */
  async sell(card: CardKind | Readonly<Record<string, unknown>> = 'good', ...faults: readonly Fault[]): Promise<Story> {
    this.fail(...faults);
    const fields = typeof card === 'string' ? this.till.far.payWith(card) : card;
    return this.sellTo(`${randomUUID()}@correo.mx`, fields);
  }

  async sellTo(
    email: string,
    fields: Readonly<Record<string, unknown>> = this.till.far.payWith('good'),
    headers: Headers = {},
  ): Promise<Story> {
    const { shop } = this.market;
    const answer = await this.market.call('POST', this.till.far.buyPath, {
      headers: { 'x-api-key': shop.apiKey, ...headers },
      body: { producto_id: shop.productId, nombre_cliente: 'Luis Mora', email_cliente: email, ...fields },
    });
    const { id_compra: id, usuario_hotspot: user, consulta_url: link } = answer.body;
    this.#remember(fields['token'], fields['token_tarjeta'], user?.contrasena, link?.split('t=')[1]);
    if (typeof id === 'number') this.#sold.push(id);
    return { id, status: answer.status, email, answer };
  }

  /** A sale whose money moved, and whose answer and first look were lost. */
  lost(): Promise<Story> {
    return this.sell(
      'good',
      { on: 'charge', kind: 'reset', when: 'after', times: 1 },
      { on: 'look', kind: 'server-error', when: 'before', times: 1 },
    );
  }

  async find(id: number): Promise<Purchase> {
    const purchase = await this.market.services.purchases.find(this.market.shop.companyId, id);
    if (!purchase) throw new Error('The purchase is gone');
    return purchase;
  }

  /** The purchase that was begun last, or undefined before the first. */
  async newest(): Promise<number | undefined> {
    const [purchase] = await newestPurchases(this.market.services, this.market.shop.companyId, 1);
    return purchase?.id;
  }

  async state(id: number): Promise<PurchaseState> {
    return (await this.find(id)).state;
  }

  /** Users on the router for this purchase. */
  async users(id: number): Promise<number> {
    const { accessId } = await this.find(id);
    return this.market.customers().filter((user) => user['comment'] === `px:${accessId}`).length;
  }

  charges(id: number): readonly FarCharge[] {
    return this.till.far.charges().filter(({ purchaseId }) => purchaseId === id);
  }

  refundedMinor(id: number): number {
    return this.charges(id).reduce((sum, charge) => sum + charge.refundedMinor, 0);
  }

  until(condition: () => boolean | Promise<boolean>): Promise<void> {
    return this.market.until(condition);
  }

  untilState(id: number, ...states: readonly PurchaseState[]): Promise<void> {
    return this.until(async () => states.includes(await this.state(id)));
  }

  async later(...waitsMs: readonly number[]): Promise<void> {
    for (const waitMs of waitsMs) await this.market.later(waitMs);
  }

  /** All looks of a doubt, the cancel and the last look: two minutes at Conekta, a day at Mercado Pago. */
  async doubtEnds(...stories: readonly Story[]): Promise<void> {
    await this.later(31 * SECOND, 91 * SECOND, 61 * SECOND);
    for (let hour = 0; hour < 40; hour += 1) {
      const states = await Promise.all(stories.map(({ id }) => this.state(id)));
      if (!states.includes('in_doubt')) return;
      await this.later(HOUR + SECOND);
    }
  }

  mail(): readonly Notification[] {
    return this.till.far.notifications.take();
  }

  deliver(mail: readonly Notification[]): Promise<Answer[]> {
    return Promise.all(mail.map((one) => this.market.deliver(one)));
  }

  async refund({ id }: Pick<Story, 'id'>, body?: { readonly monto: number }): Promise<Answer> {
    const { market } = this;
    return market.call('POST', `/api/v1/admin/mi-empresa/transacciones/${id}/reembolsar`, {
      headers: await market.asCompanyAdmin(market.shop.companyId),
      ...(body && { body }),
    });
  }

  hasAlarm(name: string): boolean {
    return this.#said().some((line) => line.includes(`"alarm":"${name}"`));
  }

  /** Charged once, paid, one user on the router. */
  async delivered({ id }: Pick<Story, 'id'>): Promise<void> {
    await this.until(async () => (await this.users(id)) === 1);
    expect(await this.state(id)).toBe('paid');
    expect(this.charges(id)).toMatchObject([{ amountMinor: PRICE, refundedMinor: 0, dispute: null }]);
  }

  /** No money was ever taken, nobody is on the router, and the same buyer may buy at once. */
  async notCharged({ id, email }: Story, state: PurchaseState): Promise<void> {
    expect(await this.state(id)).toBe(state);
    expect(this.charges(id)).toEqual([]);
    expect(await this.users(id)).toBe(0);
    this.till.far.mend();
    const again = await this.sellTo(email);
    expect(again.status).toBe(200);
    await this.delivered(again);
  }

  /** All of it is back, once, and nobody is on the router. */
  async refunded({ id }: Pick<Story, 'id'>): Promise<void> {
    await this.untilState(id, 'refunded');
    await this.until(async () => (await this.users(id)) === 0);
    expect(this.charges(id)).toMatchObject([{ amountMinor: PRICE, refundedMinor: PRICE }]);
    expect((await this.find(id)).refundedMinor).toBe(PRICE);
  }

  /** After each case: what payments F asks of every one, from the gateway's own books and the router's. */
  async balances(): Promise<void> {
    for (const id of this.#sold) {
      const purchase = await this.find(id);
      const kept = this.charges(id).filter((charge) => keptMinor(charge) > 0);
      const users = await this.users(id);
      expect(kept.length, 'charges that were kept').toBeLessThanOrEqual(1);
      if (unpaidEnds.has(purchase.state)) expect(kept, purchase.state).toEqual([]);
      if (purchase.state === 'paid') expect(kept).toHaveLength(1);
      if (!grantsAccess(purchase)) expect(users, purchase.state).toBe(0);
      expect(users).toBeLessThanOrEqual(1);
    }
    const said = this.#said().join('\n');
    for (const secret of this.#secrets) expect(isSaid(secret, said), 'a secret in the log').toBe(false);
  }

  #said(): readonly string[] {
    return this.market.log.slice(this.#toldBefore);
  }

  #remember(...secrets: readonly unknown[]): void {
    this.#secrets.push(
      ...secrets.filter((secret): secret is string => typeof secret === 'string' && secret.length > 5),
    );
  }
}

/** As a word of its own: six digits of a password stand in many a longer number by chance. */
const isSaid = (secret: string, text: string): boolean =>
  text.split(secret).some((_, place, parts) => {
    const [before, after] = [parts[place - 1]?.at(-1), parts[place]?.at(0)];
    return place > 0 && ![before, after].some((beside) => beside !== undefined && /[0-9A-Za-z]/.test(beside));
  });
