import { inspect } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { PaymentGateway } from '#shared/gateways/gateway.ts';
import { mercadoPagoGateway } from '#shared/gateways/mercado-pago/client.ts';
import { mercadoPagoPayments } from '#shared/gateways/mercado-pago/payment-status.ts';
import { systemClock } from '#shared/platform/clock.ts';
import { uuidOf } from '#shared/platform/ids.ts';
import {
  type Act,
  bodyThatNeverEnds,
  closeServers,
  cutBody,
  error,
  json,
  KEY,
  listen,
  noContent,
  page,
  play,
  reset,
  silence,
  UNHURRIED_MS,
  within,
} from './loopback.ts';
import { card, CARD_TOKEN, DEVICE_ID, intent, ORDER_REF, payment, searchOf } from './purchase.ts';

const UUID_V5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

afterEach(closeServers);

/** A gateway in front of a server that does these things. The address has a stroke at its end, as people write it. */
async function gatewayTo(...acts: readonly Act[]) {
  const { baseUrl, seen } = await play(...acts);
  return { gateway: mercadoPagoGateway({ baseUrl: `${baseUrl}/`, clock: systemClock }), seen };
}

const charge = (gateway: PaymentGateway, ms = UNHURRIED_MS) => gateway.charge(ORDER_REF, card, intent, within(ms));
const approval = {
  paymentId: '133000000001',
  amount: { minor: 1999, currency: 'MXN' },
  live: false,
  paidWith: expect.any(Object),
};
const refund = {
  orderRef: ORDER_REF,
  paymentId: '133000000001',
  amountMinor: 510,
  currency: 'MXN',
  attemptKey: '6c7f9d0e-3c1b-5e53-9a54-1f2d3c4b5a69',
} as const;

describe('a charge', () => {
  test('opens without a call, and is one request with the key, the token and the device of this purchase', async () => {
    const { gateway, seen } = await gatewayTo(json(201, payment()));
    expect(await gateway.open(intent, within())).toEqual({ kind: 'opened', orderRef: ORDER_REF });
    expect(seen).toEqual([]);

    expect(await charge(gateway)).toEqual({ kind: 'approved', approval });
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/v1/payments',
        headers: {
          authorization: `Bearer ${KEY}`,
          'x-idempotency-key': uuidOf(`charge ${ORDER_REF}`),
          'x-meli-session-id': DEVICE_ID,
        },
        body: { transaction_amount: 19.99, token: CARD_TOKEN, issuer_id: '25', external_reference: ORDER_REF },
      },
    ]);
    expect(seen[0]?.headers['x-idempotency-key']).toMatch(UUID_V5);
  });

  test('says where Mercado Pago may tell of it later, whose it is and which', async () => {
    const { baseUrl, seen } = await play(json(201, payment()));
    const notificationUrl = 'https://pagos.example/api/v1/webhook/mercado-pago';
    await charge(mercadoPagoGateway({ baseUrl, clock: systemClock, notificationUrl }));
    expect(seen[0]?.body).toMatchObject({
      notification_url: `${notificationUrl}?empresa=EMP_0011223344&compra=7000000001&source_news=webhooks`,
    });
  });

  test('sends the same key for the same purchase for ever, and another one for another', async () => {
    const { gateway, seen } = await gatewayTo(json(201, payment()));
    await charge(gateway);
    await charge(gateway);
    await gateway.charge('HS7000000002', card, intent, within());
    const [first, again, other] = seen.map(({ headers }) => headers['x-idempotency-key']);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  test('leaves nothing behind for the next call: not its key, not its device', async () => {
    const { gateway, seen } = await gatewayTo(
      json(201, payment()),
      json(200, searchOf(payment({ status: 'pending' }))),
      json(200, payment({ status: 'cancelled' })),
    );
    await charge(gateway);
    expect(await gateway.cancel(ORDER_REF, within())).toBe('cancelled');
    expect(seen).toHaveLength(3);
    for (const { headers } of seen.slice(1)) {
      expect(headers['x-idempotency-key']).not.toBe(uuidOf(`charge ${ORDER_REF}`));
      expect(headers).not.toHaveProperty('x-meli-session-id');
    }
  });

  test('of two gateways in one process goes where each one belongs', async () => {
    const [a, b] = [await gatewayTo(json(201, payment({ id: 1 }))), await gatewayTo(json(201, payment({ id: 2 })))];
    const answers = await Promise.all([charge(a.gateway), charge(b.gateway), charge(a.gateway)]);
    expect(answers).toMatchObject([1, 2, 1].map((id) => ({ approval: { paymentId: String(id) } })));
    expect([a.seen.length, b.seen.length]).toEqual([2, 1]);
  });

  test.each([
    ['a cut 201', cutBody, 'unreadable'],
    ['a 201 that is a web page', page(201), 'unreadable'],
    ['an empty 201', json(201, {}), 'unreadable'],
    ['a 201 that is null', json(201, null), 'unreadable'],
    ['a 201 that is a text', json(201, 'approved'), 'unreadable'],
    ['a 204', noContent, 'unreadable'],
    ['a reset', reset, 'connection'],
    ['a 409', error(409), 'server-error'],
    ['a 423', error(423), 'server-error'],
    ['a 500', error(500), 'server-error'],
    ['a 503 that says when to come again', error(503, { 'retry-after': '0' }), 'server-error'],
    ['a 502 page', page(502), 'server-error'],
    ["a proxy's 403 page", page(403), 'unreadable'],
  ])('answered by %s is unknown, and not repeated', async (_, act, cause) => {
    const { gateway, seen } = await gatewayTo(act, json(201, payment()));
    expect(await charge(gateway)).toEqual({ kind: 'unknown', cause });
    expect(seen).toHaveLength(1);
  });

  test.each([
    ['the silence before an answer', silence],
    ['a body that never ends', bodyThatNeverEnds],
  ])('gives up at its deadline during %s', async (_, act) => {
    const { gateway, seen } = await gatewayTo(act);
    expect(await charge(gateway, 300)).toEqual({ kind: 'unknown', cause: 'timeout' });
    expect(seen).toHaveLength(1);
  });

  test('whose deadline has passed is not sent', async () => {
    const { gateway, seen } = await gatewayTo(json(201, payment()));
    expect(await charge(gateway, 0)).toEqual({ kind: 'unknown', cause: 'timeout' });
    await gateway.look(ORDER_REF, within());
    expect(seen.map(({ method }) => method)).toEqual(['GET']);
  });

  test.each([
    [400, 'mp:validation', 400],
    [401, 'mp:invalid_access_token', 500],
    [429, 'mp:default', 500],
  ])('answered %i is declined, and not repeated', async (status, reason, httpStatus) => {
    const { gateway, seen } = await gatewayTo(error(status, { 'retry-after': '0' }), json(201, payment()));
    expect(await charge(gateway)).toEqual({ kind: 'declined', refusal: { reason, httpStatus } });
    expect(seen).toHaveLength(1);
  });

  test('declined by the bank is declined although the answer is 201', async () => {
    const { gateway } = await gatewayTo(
      json(201, payment({ status: 'rejected', status_detail: 'cc_rejected_insufficient_amount' })),
    );
    expect(await charge(gateway)).toEqual({
      kind: 'declined',
      refusal: { reason: 'mp:cc_rejected_insufficient_amount', httpStatus: 402 },
    });
  });

  test.each([302, 307, 308])('does not follow a %i with the card in its hands', async (status) => {
    const strangers: string[] = [];
    const elsewhere = await listen(({ url = '' }, response) => {
      strangers.push(url);
      response.end();
    });
    const { gateway } = await gatewayTo((response) => response.writeHead(status, { location: elsewhere }).end());
    expect(await charge(gateway)).toEqual({ kind: 'unknown', cause: 'connection' });
    expect(strangers).toEqual([]);
  });
});

describe('a look', () => {
  test('searches by the exact reference, newest first', async () => {
    const { gateway, seen } = await gatewayTo(
      json(200, searchOf(payment({ id: 7, external_reference: `${ORDER_REF}1` }), payment())),
    );
    expect(await gateway.look(ORDER_REF, within())).toEqual({ kind: 'approved', approval });
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET /v1/payments/search?external_reference=${ORDER_REF}&sort=date_created&criteria=desc`,
    ]);
    expect(seen[0]?.headers).not.toHaveProperty('x-idempotency-key');
  });

  test('that finds nothing has found no charge, not an end', async () => {
    const { gateway } = await gatewayTo(json(200, searchOf()));
    expect(await gateway.look(ORDER_REF, within())).toEqual({ kind: 'no-charge' });
  });
});

describe('a cancel', () => {
  test('asks to cancel what is open, by its id', async () => {
    const { gateway, seen } = await gatewayTo(
      json(200, searchOf(payment({ status: 'in_process' }))),
      json(200, payment({ status: 'cancelled' })),
    );
    expect(await gateway.cancel(ORDER_REF, within())).toBe('cancelled');
    expect(seen[1]).toMatchObject({
      method: 'PUT',
      url: '/v1/payments/133000000001',
      body: { status: 'cancelled' },
    });
  });

  test.each([
    ['nothing', searchOf(), 'cancelled'],
    ['an approved payment', searchOf(payment()), 'refused'],
  ])('of %s asks for nothing', async (_, found, answer) => {
    const { gateway, seen } = await gatewayTo(json(200, found));
    expect(await gateway.cancel(ORDER_REF, within())).toBe(answer);
    expect(seen).toHaveLength(1);
  });

  test('that is refused for one of two payments is refused', async () => {
    const open = { status: 'pending' };
    const { gateway } = await gatewayTo(
      json(200, searchOf(payment({ id: 1, ...open }), payment({ id: 2, ...open }))),
      error(400),
      json(200, payment({ id: 2, status: 'cancelled' })),
    );
    expect(await gateway.cancel(ORDER_REF, within())).toBe('refused');
  });
});

describe('the payments of an order', () => {
  test('are read from the payment itself, not from the search, which lags behind', async () => {
    const { gateway, seen } = await gatewayTo(
      json(200, searchOf(payment({ status: 'pending' }))),
      json(200, payment({ refunds: [{ amount: 5.1, status: 'approved' }] })),
    );
    expect(await gateway.paymentsOf(ORDER_REF, within())).toEqual({
      kind: 'known',
      payments: [{ ...approval, refundedMinor: 510, pendingMinor: 0, dispute: null }],
    });
    expect(seen[1]).toMatchObject({ method: 'GET', url: '/v1/payments/133000000001' });
  });

  test('are unknown when one of two payments cannot be read', async () => {
    const { gateway } = await gatewayTo(
      json(200, searchOf(payment({ id: 1 }), payment({ id: 2 }))),
      json(200, payment({ id: 1 })),
      error(500),
    );
    expect(await gateway.paymentsOf(ORDER_REF, within())).toEqual({ kind: 'unknown', cause: 'server-error' });
  });
});

describe('a refund', () => {
  test("is one request with the attempt's own key", async () => {
    const { gateway, seen } = await gatewayTo(
      json(201, { id: 1, payment_id: 133_000_000_001, amount: 5.1, status: 'approved' }),
    );
    expect(await gateway.refund(refund, within())).toEqual({ kind: 'accepted' });
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/v1/payments/133000000001/refunds',
        headers: { 'x-idempotency-key': refund.attemptKey },
        body: { amount: 5.1 },
      },
    ]);
  });

  test('whose answer is lost is unknown, and not repeated', async () => {
    const { gateway, seen } = await gatewayTo(reset);
    expect(await gateway.refund(refund, within())).toEqual({ kind: 'unknown', cause: 'connection' });
    expect(seen).toHaveLength(1);
  });
});

test('neither key nor token nor foreign text is in any answer or on the console, whatever happens', async () => {
  const written: unknown[] = [];
  for (const method of ['log', 'warn', 'error', 'info', 'debug'] as const)
    vi.spyOn(console, method).mockImplementation((...words) => void written.push(words));
  const acts = [error(400), error(401), error(409), error(500), page(502), reset, cutBody, silence];
  const answers: unknown[] = [];
  // The second one no header can carry: fetch would name it in its complaint.
  for (const key of [KEY, `${KEY}\n${KEY}`])
    for (const act of acts) {
      const { baseUrl } = await play(act);
      const gateway = mercadoPagoGateway({ baseUrl, clock: systemClock });
      const payments = mercadoPagoPayments({ baseUrl, clock: systemClock });
      const call = () => within(act === silence ? 200 : UNHURRIED_MS, key);
      answers.push(
        ...(await Promise.all([
          gateway.charge(ORDER_REF, card, intent, call()),
          gateway.look(ORDER_REF, call()),
          gateway.cancel(ORDER_REF, call()),
          gateway.paymentsOf(ORDER_REF, call()),
          gateway.refund(refund, call()),
          gateway.trace(refund.paymentId, call()),
          gateway.changes(0, null, call()),
          gateway.check(call()),
          payments.read(refund.paymentId, call()),
        ])),
      );
    }
  vi.restoreAllMocks();
  expect(answers).toHaveLength(2 * acts.length * 9);
  for (const planted of [KEY, CARD_TOKEN, DEVICE_ID, 'planted', 'says'])
    expect(inspect([answers, written], { depth: null })).not.toContain(planted);
});
