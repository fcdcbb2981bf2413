import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { conektaGateway } from '#shared/gateways/conekta/client.ts';
import type { PaymentGateway } from '#shared/gateways/gateway.ts';
import type { ConektaFaultInput } from '#shared/local/conekta/faults.ts';
import { type ConektaSimulator, startConektaSimulator } from '#shared/local/conekta/simulator.ts';
import { systemClock } from '#shared/platform/clock.ts';
import { Secret } from '#shared/security/secret.ts';
import { cardOf, intent } from './intent.ts';

const KEY = 'key_plantedPrivateKey1';
const PRICE = intent.amount.minor;
const UNHURRIED_MS = 15_000;
let dataDir: string;
let conekta: ConektaSimulator;
let gateway: PaymentGateway;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'conekta-'));
  conekta = await startConektaSimulator({ port: 0, dataDir, clock: systemClock });
  gateway = conektaGateway({ baseUrl: conekta.url, clock: systemClock });
});
afterEach(() => conekta.clearFaults());
afterAll(async () => {
  await conekta.stop();
  await rm(dataDir, { recursive: true });
});

const within = (ms: number, key = KEY) => ({ privateKey: new Secret(key), deadlineAt: systemClock.now() + ms });
let minted = 0;
const card = (kind = 'visa_4242') => cardOf(`tok_test_${kind}_planted${++minted}`);

async function opened(): Promise<string> {
  const answer = await gateway.open(intent, within(UNHURRIED_MS));
  if (answer.kind !== 'opened') throw new Error(`not opened: ${JSON.stringify(answer)}`);
  return answer.orderRef;
}

/** An order with a kept charge, and that charge's id. */
async function paid(): Promise<{ orderRef: string; paymentId: string }> {
  const orderRef = await opened();
  const answer = await gateway.charge(orderRef, card(), intent, within(UNHURRIED_MS));
  if (answer.kind !== 'approved') throw new Error(`not approved: ${JSON.stringify(answer)}`);
  return { orderRef, paymentId: answer.approval.paymentId };
}

const refund = (payment: { orderRef: string; paymentId: string }, amountMinor: number, ms = UNHURRIED_MS, key = KEY) =>
  gateway.refund(
    { ...payment, amountMinor, currency: 'MXN', attemptKey: '6c7f9d0e-3c1b-5e53-9a54-1f2d3c4b5a69' },
    within(ms, key),
  );
const paymentsOf = (orderRef: string) => gateway.paymentsOf(orderRef, within(UNHURRIED_MS));
const look = (orderRef: string) => gateway.look(orderRef, within(UNHURRIED_MS));
const back = (paymentId: string, refundedMinor: number, pendingMinor = 0) => ({
  paymentId,
  amount: { minor: PRICE, currency: 'MXN' },
  live: false,
  refundedMinor,
  pendingMinor,
  dispute: null,
});
const known = (...payments: object[]) => ({ kind: 'known', payments });
const refundsIn = (orderRef: string) => conekta.ledger().refunds.filter(({ order_id }) => order_id === orderRef);

describe('giving money back', () => {
  test('in whole and in part is one request, and is read from the order', async () => {
    const payment = await paid();
    const { orderRef, paymentId } = payment;
    expect(await paymentsOf(orderRef)).toEqual(known(back(paymentId, 0)));
    const before = conekta.calls();
    expect(await refund(payment, 700)).toEqual({ kind: 'accepted' });
    const after = conekta.calls();
    expect(after.refund - before.refund).toBe(1);
    expect(after['get-order'] - before['get-order']).toBe(0);
    expect(await paymentsOf(orderRef)).toEqual(known(back(paymentId, 700)));

    expect(await refund(payment, PRICE - 700)).toEqual({ kind: 'accepted' });
    expect(await paymentsOf(orderRef)).toEqual(known(back(paymentId, PRICE)));
  });

  test('in part leaves the order approved, in whole does not', async () => {
    const payment = await paid();
    await refund(payment, 1);
    expect(await look(payment.orderRef)).toMatchObject({
      kind: 'approved',
      approval: { paymentId: payment.paymentId },
    });
    await refund(payment, PRICE - 1);
    expect(await look(payment.orderRef)).toMatchObject({ kind: 'declined', refusal: { reason: 'status:refunded' } });
  });

  test('twice with the same attempt key gives it back twice: Conekta has no keys', async () => {
    const payment = await paid();
    await refund(payment, 700);
    await refund(payment, 700);
    expect(await paymentsOf(payment.orderRef)).toEqual(known(back(payment.paymentId, 1400)));
  });

  test('that the bank thinks about is pending, then done or as if it had never been', async () => {
    for (const [outcome, refundedMinor] of [
      ['refunded', 700],
      ['failed', 0],
      ['canceled', 0],
      ['expired', 0],
    ] as const) {
      const payment = await paid();
      conekta.addFault({ route: 'refund', kind: 'refund-pending', times: 1 });
      expect(await refund(payment, 700)).toEqual({ kind: 'pending' });
      expect(await paymentsOf(payment.orderRef)).toEqual(known(back(payment.paymentId, 0, 700)));
      expect(await look(payment.orderRef)).toMatchObject({ kind: 'approved' });
      conekta.settleRefund(refundsIn(payment.orderRef)[0]?.id ?? '', outcome);
      expect(await paymentsOf(payment.orderRef)).toEqual(known(back(payment.paymentId, refundedMinor)));
    }
  });

  test('from an empty account is refused, and nothing is given back', async () => {
    const payment = await paid();
    conekta.addFault({ route: 'refund', kind: 'no-balance', times: 1 });
    expect(await refund(payment, 700)).toMatchObject({ kind: 'refused', refusal: { httpStatus: 402 } });
    expect(await paymentsOf(payment.orderRef)).toEqual(known(back(payment.paymentId, 0)));
  });

  test('of more than is left, of nothing, or of an unpaid order is refused, and with a wrong key not decided', async () => {
    const payment = await paid();
    expect(await refund(payment, PRICE + 1)).toMatchObject({ kind: 'refused', refusal: { httpStatus: 422 } });
    expect(await refund(payment, 0)).toMatchObject({ kind: 'refused', refusal: { httpStatus: 422 } });
    const unpaid = { orderRef: await opened(), paymentId: 'none' };
    expect(await refund(unpaid, 1)).toMatchObject({ kind: 'refused', refusal: { httpStatus: 422 } });
    expect(await refund(payment, 1, UNHURRIED_MS, 'key_revoked')).toEqual({
      kind: 'unknown',
      cause: 'key-refused',
    });
    expect(await refund(payment, 1, UNHURRIED_MS, 'key_other')).toMatchObject({ kind: 'refused' });
    expect(await paymentsOf(payment.orderRef)).toEqual(known(back(payment.paymentId, 0)));
    expect(await paymentsOf(unpaid.orderRef)).toEqual(known());
  });

  test("read with another company's key is not known, and never 'nothing'", async () => {
    const { orderRef } = await paid();
    expect(await gateway.paymentsOf(orderRef, within(UNHURRIED_MS, 'key_other'))).toMatchObject({ kind: 'unknown' });
  });
});

describe('a lost answer', () => {
  const spoilings: [ConektaFaultInput, string][] = (['before', 'after'] as const).flatMap(
    (when): [ConektaFaultInput, string][] => [
      [{ route: 'refund', kind: 'server-error', when }, 'server-error'],
      [{ route: 'refund', kind: 'reset', when }, 'connection'],
      [{ route: 'refund', kind: 'cut-body', when }, 'unreadable'],
      [{ route: 'refund', kind: 'html-body', when }, 'unreadable'],
      [{ route: 'refund', kind: 'empty-json', when }, 'unreadable'],
      [{ route: 'refund', kind: 'timeout', when }, 'timeout'],
    ],
  );
  spoilings.push(
    [{ route: 'refund', kind: 'delay', when: 'after', ms: 60_000 }, 'timeout'],
    [{ route: 'refund', kind: 'slow-body', when: 'after', ms: 60_000 }, 'timeout'],
  );

  test.each(spoilings)('%j is unknown, was sent once, and a read tells the truth', async (fault, cause) => {
    const payment = await paid();
    conekta.addFault({ ...fault, times: 1 });
    const before = conekta.calls().refund;
    expect(await refund(payment, 700, cause === 'timeout' ? 400 : UNHURRIED_MS)).toEqual({ kind: 'unknown', cause });
    expect(conekta.calls().refund - before).toBe(1);
    expect(await paymentsOf(payment.orderRef)).toEqual(
      known(back(payment.paymentId, fault.when === 'after' ? 700 : 0)),
    );
  });

  test.each(['reset', 'server-error'] as const)(
    'of a refund that Conekta makes only later (%s) is first nothing, then the whole',
    async (answer) => {
      const payment = await paid();
      conekta.addFault({ route: 'refund', kind: 'late', answer, times: 1 });
      expect(await refund(payment, 700)).toMatchObject({ kind: 'unknown' });
      expect(await paymentsOf(payment.orderRef)).toEqual(known(back(payment.paymentId, 0)));
      expect(await conekta.releaseLate()).toBe(1);
      expect(await paymentsOf(payment.orderRef)).toEqual(known(back(payment.paymentId, 700)));
    },
  );

  test.each([
    [
      { kind: 'too-many-requests', retryAfterSeconds: 3 },
      { kind: 'unknown', cause: 'server-error' },
    ],
    [{ kind: 'wrong-key' }, { kind: 'unknown', cause: 'key-refused' }],
    [{ kind: 'not-found' }, { kind: 'refused', refusal: { httpStatus: 404 } }],
    [{ kind: 'wrong-version' }, { kind: 'refused', refusal: { httpStatus: 500 } }],
  ] as const)(
    'it is not when the answer is %j: nothing was given back, and nothing is sent again by itself',
    async (fault, answer) => {
      const payment = await paid();
      conekta.addFault({ route: 'refund', ...fault, times: 1 });
      const before = conekta.calls().refund;
      expect(await refund(payment, 700)).toMatchObject(answer);
      expect(conekta.calls().refund - before).toBe(1);
      expect(await paymentsOf(payment.orderRef)).toEqual(known(back(payment.paymentId, 0)));
    },
  );

  test.each([
    [{ kind: 'server-error', when: 'before' }, 'server-error'],
    [{ kind: 'not-found' }, 'server-error'],
    [{ kind: 'reset', when: 'after' }, 'connection'],
    [{ kind: 'html-body', when: 'after' }, 'unreadable'],
    [{ kind: 'cut-body', when: 'after' }, 'unreadable'],
    [{ kind: 'empty-json', when: 'after' }, 'unreadable'],
  ] as const)('of the read itself (%j) is unknown', async (fault, cause) => {
    const { orderRef } = await paid();
    conekta.addFault({ route: 'get-order', ...fault, times: 1 });
    expect(await paymentsOf(orderRef)).toEqual({ kind: 'unknown', cause });
  });

  test('after the deadline sends nothing', async () => {
    const payment = await paid();
    const before = conekta.calls();
    expect(await refund(payment, 700, 0)).toEqual({ kind: 'unknown', cause: 'timeout' });
    expect(conekta.calls()).toEqual(before);
  });
});

describe('two payments for one purchase', () => {
  test('are both listed, and look always names the same one', async () => {
    const orderRef = await opened();
    conekta.addFault({ route: 'create-charge', kind: 'charged-twice', times: 1 });
    const answer = await gateway.charge(orderRef, card(), intent, within(UNHURRIED_MS));
    expect(answer.kind).toBe('approved');
    const kept = conekta.ledger().charges.filter(({ order_id }) => order_id === orderRef);
    expect(kept).toMatchObject([{ status: 'paid' }, { status: 'paid' }]);
    expect(new Set(kept.map(({ id }) => id)).size).toBe(2);

    const refunds = await paymentsOf(orderRef);
    if (refunds.kind !== 'known') throw new Error('not known');
    expect(refunds.payments.map(({ paymentId }) => paymentId).toSorted()).toEqual(kept.map(({ id }) => id).toSorted());
    expect(await look(orderRef)).toMatchObject({ approval: { paymentId: refunds.payments[0]?.paymentId } });
  });

  test('stay apart when one of them is given back, whichever Conekta chose', async () => {
    const { orderRef, paymentId } = await paid();
    conekta.addFault({ route: 'create-charge', kind: 'unlocked', times: 1 });
    const second = await gateway.charge(orderRef, card('mastercard_4444'), intent, within(UNHURRIED_MS));
    if (second.kind !== 'approved') throw new Error('not approved');
    expect(await refund({ orderRef, paymentId: second.approval.paymentId }, PRICE)).toEqual({ kind: 'accepted' });

    const refunds = await paymentsOf(orderRef);
    if (refunds.kind !== 'known') throw new Error('not known');
    expect(refunds.payments.map((one) => one.refundedMinor).toSorted()).toEqual([PRICE, 0].toSorted());
    const left = refunds.payments.find((one) => one.refundedMinor === 0);
    expect(await look(orderRef)).toMatchObject({ kind: 'approved', approval: { paymentId: left?.paymentId } });
    expect([paymentId, second.approval.paymentId]).toContain(left?.paymentId);
  });
});

describe('a charge that comes too late', () => {
  test('although the order was cancelled in between is an approval all the same', async () => {
    const orderRef = await opened();
    conekta.addFault({ route: 'create-charge', kind: 'late', times: 1 });
    expect(await gateway.charge(orderRef, card(), intent, within(UNHURRIED_MS))).toEqual({
      kind: 'unknown',
      cause: 'connection',
    });
    expect(await look(orderRef)).toEqual({ kind: 'no-charge' });
    expect(await gateway.cancel(orderRef, within(UNHURRIED_MS))).toBe('cancelled');
    expect(await look(orderRef)).toEqual({ kind: 'closed' });
    await conekta.releaseLate();
    expect(await look(orderRef)).toMatchObject({ kind: 'approved' });
  });

  test('like cash paid after the end is an approval, of a cancelled order and of an expired one', async () => {
    const cancelled = await opened();
    await gateway.charge(cancelled, card('pending'), intent, within(UNHURRIED_MS));
    expect(await gateway.cancel(cancelled, within(UNHURRIED_MS))).toBe('cancelled');
    const expired = await opened();
    await gateway.charge(expired, card('pending'), intent, within(UNHURRIED_MS));
    conekta.settle(expired, 'expired');
    for (const orderRef of [cancelled, expired]) {
      expect(await look(orderRef)).toEqual({ kind: 'closed' });
      conekta.settle(orderRef, 'paid');
      expect(await look(orderRef)).toMatchObject({ kind: 'approved' });
    }
  });
});

test('the key stands in no answer about a refund', async () => {
  const payment = await paid();
  const seen: unknown[] = [];
  for (const kind of ['server-error', 'reset', 'cut-body', 'html-body'] as const) {
    conekta.addFault({ route: 'refund', kind, when: 'after', times: 1 });
    seen.push(await refund(payment, 100), await paymentsOf(payment.orderRef));
  }
  seen.push(await refund(payment, PRICE), await refund(payment, 1, UNHURRIED_MS, `${KEY}\nbad`));
  const everything = inspect(seen, { depth: Infinity, showHidden: true }) + JSON.stringify(seen);
  expect(everything).not.toContain(KEY);
  expect(everything).not.toContain('Bearer');
});
