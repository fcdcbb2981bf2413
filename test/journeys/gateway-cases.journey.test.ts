/**
 * What a gateway can do to a purchase, and where each purchase ends. `npm run cases` prints the table. Numbers are those of
 * the team's list of cases; those of webhooks, 3-D Secure and other gateways come with them.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ConektaFaultInput } from '#shared/local/conekta/faults.ts';
import { type Market, newToken, startMarket } from '../stage/market.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterEach(() => market.conekta.clearFaults());
afterAll(() => market.stop());

interface Story {
  readonly status: number;
  readonly id: number;
  readonly email: string;
}

async function buy(token = newToken(), ...faults: ConektaFaultInput[]): Promise<Story> {
  for (const fault of faults) market.conekta.addFault(fault);
  const email = `${randomUUID()}@correo.mx`;
  const answer = await market.buy({ token_tarjeta: token, email_cliente: email });
  return { status: answer.status, id: answer.body.id_compra, email };
}

const stateOf = async (id: number) =>
  (await market.services.purchases.find(market.shop.companyId, id))?.state ?? 'gone';

function books(id: number) {
  const { orders, charges, refunds } = market.conekta.ledger();
  const order = orders.find((row) => row.metadata['purchase_id'] === String(id));
  const mine = charges.filter((charge) => charge.order_id === order?.id);
  return {
    order,
    kept: mine.filter((charge) => charge.status === 'paid').length,
    refunded: refunds.filter((refund) => refund.order_id === order?.id).map((refund) => refund.amount),
  };
}

async function usersOf(id: number): Promise<number> {
  const purchase = await market.services.purchases.find(market.shop.companyId, id);
  return market.customers().filter((user) => user['comment'] === `px:${purchase?.accessId}`).length;
}

/** Charged once, one user on the router. */
async function delivered({ id }: Story): Promise<void> {
  await market.until(async () => (await usersOf(id)) === 1);
  expect(await stateOf(id)).toBe('paid');
  expect(books(id)).toMatchObject({ kept: 1, refunded: [] });
}

/** Nothing kept, nobody on the router, and the same buyer may buy at once. */
async function notCharged({ id, email }: Story, state: string): Promise<void> {
  expect(await stateOf(id)).toBe(state);
  expect(books(id).kept).toBe(0);
  expect(await usersOf(id)).toBe(0);
  expect((await market.buy({ email_cliente: email })).status).toBe(200);
}

/** All looks of a doubt, the cancel and the last look. */
async function doubtEnds(): Promise<void> {
  for (const wait of [31 * SECOND, 91 * SECOND, 61 * SECOND]) await market.later(wait);
}

const charge = { route: 'create-charge', times: 1 } as const;

describe('case', () => {
  it('1: approved -> delivered once', async () => {
    const story = await buy();
    expect(story.status).toBe(200);
    await delivered(story);
  });

  it.each(['card_declined', 'insufficient_funds', 'suspected_fraud', 'restricted_card'])(
    '2: declined (%s) -> not charged, a new token works',
    async (kind) => {
      const story = await buy(newToken(kind));
      expect(story.status).toBe(402);
      await notCharged(story, 'declined');
    },
  );

  it.each([
    ['unknown', 'tok_never_made', 422],
    ['expired', newToken('msi_error'), 402],
    ['invalid', newToken('code_conekta.errors.processing.tokenization.invalid'), 402],
  ])('3: token %s -> not charged', async (_what, token, status) => {
    const story = await buy(token);
    expect(story.status).toBe(status);
    await notCharged(story, 'declined');
  });

  it('4: key refused -> not charged, no second try by itself', async () => {
    const calls = market.conekta.calls()['create-order'] ?? 0;
    const story = await buy(newToken(), { route: 'create-order', kind: 'wrong-key', times: 1 });
    expect(story.status).toBe(401);
    expect(market.conekta.calls()['create-order']).toBe(calls + 1);
    await notCharged(story, 'declined');
  });

  it('5: the gateway finds our request malformed -> not charged', async () => {
    const story = await buy(newToken('code_parameter_validation_error'));
    expect(story.status).toBe(422);
    await notCharged(story, 'declined');
  });

  it('7: version conflict on the charge -> not charged', async () => {
    const story = await buy(newToken(), { ...charge, kind: 'wrong-version' });
    await notCharged(story, 'declined');
  });

  it.each([undefined, 5])('8: too many requests (Retry-After %s) -> not charged', async (retryAfterSeconds) => {
    const story = await buy(newToken(), {
      ...charge,
      kind: 'too-many-requests',
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
    expect(story.status).toBe(429);
    await notCharged(story, 'declined');
  });

  it.each(['server-error', 'reset', 'html-body', 'cut-body', 'empty-json'] as const)(
    '9, 12, 13: %s before the charge -> in doubt, then not charged',
    async (kind) => {
      const story = await buy(newToken(), { ...charge, kind, when: 'before' });
      expect(story.status).toBe(504);
      await doubtEnds();
      await notCharged(story, 'not_charged');
    },
  );

  it.each(['server-error', 'reset', 'html-body', 'cut-body', 'empty-json'] as const)(
    '10, 12, 13: %s after the charge -> found, delivered, one charge',
    async (kind) => {
      const story = await buy(newToken(), { ...charge, kind, when: 'after' });
      expect(story.status).toBe(200);
      await delivered(story);
    },
  );

  it('11: no answer at all after the charge -> found, delivered, one charge', async () => {
    const story = await buy(newToken(), { ...charge, kind: 'timeout', when: 'after' });
    await delivered(story);
  });

  it('14: a body that trickles past our deadline -> our deadline holds, delivered, one charge', async () => {
    const startedAt = Date.now();
    const story = await buy(newToken(), { ...charge, kind: 'slow-body', ms: 60_000 });
    expect(Date.now() - startedAt).toBeLessThan(15_000);
    await delivered(story);
  });

  it('16: pending, later approved -> delivered', async () => {
    const story = await buy(newToken('pending'));
    expect(story.status).toBe(402);
    market.conekta.settle(books(story.id).order?.id ?? '', 'paid');
    await market.later(61 * SECOND);
    await delivered(story);
  });

  it('16: pending, later rejected -> not charged', async () => {
    const story = await buy(newToken('pending'));
    market.conekta.settle(books(story.id).order?.id ?? '', 'declined');
    await market.later(61 * SECOND);
    await notCharged(story, 'declined');
  });

  it('16: pending for ever -> cancelled at the gateway after a quarter of an hour, not charged', async () => {
    const story = await buy(newToken('pending'));
    await market.later(16 * MINUTE);
    expect(books(story.id).order?.payment_status).toBe('canceled');
    await notCharged(story, 'expired');
  });

  it('23: the order cannot be read for a while (500, 404) -> no guess, then delivered', async () => {
    const story = await buy(
      newToken(),
      { ...charge, kind: 'reset', when: 'after' },
      { route: 'get-order', kind: 'server-error', when: 'before', times: 1 },
      { route: 'get-order', kind: 'not-found', times: 1 },
    );
    expect(story.status).toBe(504);
    await market.later(31 * SECOND);
    expect(await stateOf(story.id)).toBe('in_doubt');
    await market.later(91 * SECOND);
    await delivered(story);
  });

  it('24: a refund the gateway works on for days -> pending, then refunded', async () => {
    const story = await buy();
    market.conekta.addFault({ route: 'refund', kind: 'refund-pending', times: 1 });
    await refund(story);
    expect(await stateOf(story.id)).toBe('refund_pending');
    const [pending] = market.conekta.ledger().refunds.slice(-1);
    market.conekta.settleRefund(pending?.id ?? '', 'refunded');
    await market.later(6 * MINUTE);
    expect(await stateOf(story.id)).toBe('refunded');
    expect(books(story.id).refunded).toEqual([1500]);
  });

  it('24: a refund that fails after days -> listed for a person, tried again', async () => {
    const story = await buy();
    market.conekta.addFault({ route: 'refund', kind: 'refund-pending', times: 1 });
    await refund(story);
    const [pending] = market.conekta.ledger().refunds.slice(-1);
    market.conekta.settleRefund(pending?.id ?? '', 'failed');
    await market.later(6 * MINUTE);
    expect(await stateOf(story.id)).toBe('refund_failed');
    await market.later(DAY + MINUTE);
    expect(await stateOf(story.id)).toBe('refunded');
  });

  it.each(['before', 'after'] as const)(
    '24: the answer of a refund lost %s it took effect -> refunded once',
    async (when) => {
      const story = await buy();
      market.conekta.addFault({ route: 'refund', kind: 'reset', when, times: 1 });
      await refund(story);
      for (const wait of [31, 31, 31, 61]) await market.later(wait * SECOND);
      expect(await stateOf(story.id)).toBe('refunded');
      expect(books(story.id).refunded).toEqual([1500]);
    },
  );

  it('29: paid after the order was cancelled -> given back a day later, never delivered', async () => {
    const story = await buy(newToken(), { ...charge, kind: 'late', answer: 'reset' });
    await doubtEnds();
    expect(await stateOf(story.id)).toBe('not_charged');
    await market.conekta.releaseLate();
    await market.later(DAY + MINUTE);
    expect(await stateOf(story.id)).toBe('refunded');
    expect(books(story.id).refunded).toEqual([1500]);
    expect(await usersOf(story.id)).toBe(0);
  });

  it('29: paid within its doubt, but after the buyer has gone -> given back', async () => {
    const story = await buy(
      newToken(),
      { ...charge, kind: 'reset', when: 'after' },
      { route: 'get-order', kind: 'server-error', when: 'before' },
    );
    expect(story.status).toBe(504);
    await market.later(11 * MINUTE);
    market.conekta.clearFaults();
    await market.later(2 * MINUTE);
    expect(await stateOf(story.id)).toBe('refunded');
    expect(await usersOf(story.id)).toBe(0);
  });
});

async function refund({ id }: Story): Promise<void> {
  const answer = await market.call('POST', `/api/v1/admin/mi-empresa/transacciones/${id}/reembolsar`, {
    headers: await market.asCompanyAdmin(market.shop.companyId),
  });
  expect(answer.status).toBe(200);
}
