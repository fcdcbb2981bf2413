import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Reply } from '#shared/gateways/conekta/outcome.ts';
import { refundAnswer, refundsAnswer } from '#shared/gateways/conekta/refund-outcome.ts';

const ORDER = 'ord_1';
const answered = (status: number, body: unknown): Reply => ({ kind: 'answered', status, body });
const lost: Reply = { kind: 'lost', cause: 'timeout' };
const problem = (code: string) => ({ object: 'error', type: 'api_error', details: [{ code }] });

const refund = (amount: number, status?: string | null, created_at = 200) => ({
  object: 'refund',
  id: `re_${amount}`,
  amount,
  created_at,
  ...(status !== undefined && { status }),
});
const listed = (...refunds: object[]) => ({ object: 'list', has_more: false, data: refunds });
const charge = (status: string, refunds?: unknown, more: object = {}) => ({
  object: 'charge',
  id: 'ch_1',
  order_id: ORDER,
  livemode: false,
  amount: 1500,
  currency: 'MXN',
  status,
  created_at: 100,
  ...(refunds !== undefined && { refunds }),
  ...more,
});
const order = (amount_refunded: number | null | undefined, ...charges: object[]) => ({
  object: 'order',
  id: ORDER,
  ...(amount_refunded !== undefined && { amount_refunded }),
  ...(charges.length > 0 && { charges: listed(...charges) }),
});
const read = (body: unknown, status = 200) => refundsAnswer(ORDER, answered(status, body));
const sent = (body: unknown, status = 200) => refundAnswer(ORDER, 700, answered(status, body));

const back = (refundedMinor: number, pendingMinor = 0, paymentId = 'ch_1') => ({
  paymentId,
  amountMinor: 1500,
  refundedMinor,
  pendingMinor,
});
const known = (...payments: object[]) => ({ kind: 'known', payments });
const unreadable = { kind: 'unknown', cause: 'unreadable' };
const serverError = { kind: 'unknown', cause: 'server-error' };

describe('what was given back', () => {
  test('of a payment nobody touched is nothing', () => {
    expect(read(order(0, charge('paid', listed())))).toEqual(known(back(0)));
    expect(read(order(0, charge('paid', [])))).toEqual(known(back(0)));
    expect(read(order(undefined, charge('paid')))).toEqual(known(back(0)));
    expect(read(order(null, charge('paid', null)))).toEqual(known(back(0)));
  });

  test.each([
    ['refunded', 500, 0],
    ['REFUNDED', 500, 0],
    ['succeeded', 500, 0],
    [undefined, 500, 0],
    [null, 500, 0],
    ['pending', 0, 500],
    ['a word not yet invented', 0, 500],
    ['failed', 0, 0],
    ['declined', 0, 0],
    ['canceled', 0, 0],
    ['expired', 0, 0],
  ])('by a refund that is %s: %i are back and %i under way', (status, refundedMinor, pendingMinor) => {
    for (const amount of [500, -500]) {
      expect(read(order(refundedMinor, charge('paid', listed(refund(amount, status)))))).toEqual(
        known(back(refundedMinor, pendingMinor)),
      );
    }
  });

  test('is the sum of its refunds', () => {
    const refunds = listed(
      refund(-300, 'refunded'),
      refund(-200, 'refunded'),
      refund(-90, 'pending'),
      refund(-7, 'failed'),
    );
    expect(read(order(500, charge('paid', refunds)))).toEqual(known(back(500, 90)));
  });

  test('is the same whether or not the total of the order counts what is under way', () => {
    const refunds = listed(refund(-300, 'refunded'), refund(-90, 'pending'));
    expect(read(order(300, charge('paid', refunds)))).toEqual(known(back(300, 90)));
    expect(read(order(390, charge('paid', refunds)))).toEqual(known(back(300, 90)));
  });

  test("is known from the order's total when its only payment lists no refunds", () => {
    expect(read(order(1500, charge('refunded')))).toEqual(known(back(1500)));
    expect(read(order(600, charge('paid', listed())))).toEqual(known(back(600)));
    expect(read(order(600, charge('declined', [], { id: 'ch_0' }), charge('paid', [])))).toEqual(known(back(600)));
  });

  test('is told apart by payment, oldest first, in whatever order they are listed', () => {
    const first = charge('refunded', listed(refund(-1500, 'refunded')));
    const second = charge('paid', listed(), { id: 'ch_2', created_at: 101 });
    expect(read(order(1500, second, first))).toEqual(known(back(1500), back(0, 0, 'ch_2')));
    const sameSecond = { ...second, created_at: 100 };
    expect(read(order(1500, sameSecond, first))).toEqual(known(back(1500), back(0, 0, 'ch_2')));
  });

  test('of two payments without a list is not known', () => {
    expect(read(order(1500, charge('paid'), charge('paid', [], { id: 'ch_2' })))).toEqual(unreadable);
  });

  test('of an order without a kept charge is no payment at all', () => {
    expect(read(order(0))).toEqual(known());
    expect(read(order(0, charge('declined', listed()), charge('pending_payment')))).toEqual(known());
  });

  test('is not known where a charge is refunded and nothing shows how', () => {
    expect(read(order(0, charge('refunded', listed())))).toEqual(unreadable);
    expect(read(order(undefined, charge('refunded', listed(refund(-500, 'refunded')))))).toEqual(unreadable);
  });

  test('is not known from half a list', () => {
    const refunds = { ...listed(refund(-500, 'refunded')), has_more: true };
    expect(read(order(500, charge('paid', refunds)))).toEqual(unreadable);
    const half = { object: 'order', id: ORDER, charges: { ...listed(charge('paid', [])), has_more: true } };
    expect(read(half)).toEqual(unreadable);
  });

  test.each([undefined, null, '', '<html>', [], {}, { object: 'order', id: ORDER, charges: { data: [{}] } }, 1])(
    'is not known from %j',
    (body) => {
      expect(read(body)).toEqual(unreadable);
    },
  );

  test('is not known from another order, a refusal or no answer', () => {
    expect(read({ ...order(0, charge('paid')), id: 'ord_2' })).toEqual(unreadable);
    for (const status of [401, 404, 429, 500, 302]) expect(read(problem('x'), status)).toEqual(serverError);
    expect(refundsAnswer(ORDER, lost)).toEqual({ kind: 'unknown', cause: 'timeout' });
  });
});

describe('a refund', () => {
  test('that is on the order is accepted', () => {
    expect(sent(order(700, charge('paid', listed(refund(-700, 'refunded')))))).toEqual({ kind: 'accepted' });
  });

  test('that the answered order does not show yet is accepted all the same', () => {
    expect(sent(order(0, charge('paid', listed())))).toEqual({ kind: 'accepted' });
    expect(sent(order(undefined))).toEqual({ kind: 'accepted' });
  });

  test('that the bank thinks about is pending', () => {
    expect(sent(order(0, charge('paid', listed(refund(-700, 'pending')))))).toEqual({ kind: 'pending' });
  });

  test('that is already failed is refused, whatever an older one did', () => {
    const failed = { kind: 'refused', refusal: { reason: 'default', httpStatus: 402 } };
    expect(sent(order(0, charge('paid', listed(refund(-700, 'failed')))))).toEqual(failed);
    const refunds = listed(refund(-700, 'failed', 300), refund(-700, 'refunded', 200));
    expect(sent(order(700, charge('paid', refunds)))).toEqual(failed);
  });

  test('is not taken for an older one that failed, nor for one of another amount', () => {
    const older = listed(refund(-700, 'refunded', 300), refund(-700, 'failed', 200));
    expect(sent(order(700, charge('paid', older)))).toEqual({ kind: 'accepted' });
    const sameSecond = listed(refund(-700, 'failed'), refund(-700, 'refunded'));
    expect(sent(order(700, charge('paid', sameSecond)))).toEqual({ kind: 'accepted' });
    const other = listed(refund(-800, 'failed', 300), refund(-700, 'pending', 200));
    expect(sent(order(0, charge('paid', other)))).toEqual({ kind: 'pending' });
  });

  test.each([400, 401, 402, 403, 404, 409, 422, 429])('refused with %i gave nothing back', (status) => {
    expect(sent(problem('x'), status)).toMatchObject({ kind: 'refused' });
  });

  test('refused by a web page, a proxy or a lock was not refused by Conekta', () => {
    expect(sent('<html>Forbidden</html>', 403)).toEqual(unreadable);
    expect(sent(problem('x'), 408)).toEqual(serverError);
    expect(sent(problem('x'), 428)).toEqual(serverError);
    expect(sent('', 302)).toEqual(serverError);
  });

  test('answered by a 5xx is never refused and never accepted, whatever it says', () => {
    const bodies = fc.oneof(
      fc.anything(),
      fc.constantFrom<unknown>(problem('x'), order(700, charge('paid', listed(refund(-700, 'refunded'))))),
    );
    fc.assert(
      fc.property(fc.integer({ min: 500, max: 599 }), bodies, (status, body) => {
        expect(refundAnswer(ORDER, 700, answered(status, body))).toEqual(serverError);
        expect(refundsAnswer(ORDER, answered(status, body))).toEqual(serverError);
      }),
    );
  });

  test.each([undefined, null, '', '<html>', [], {}, { object: 'charge', id: 'ch_1' }, { ...order(700), id: 'ord_2' }])(
    'answered with %j is unknown',
    (body) => {
      expect(sent(body)).toEqual(unreadable);
    },
  );

  test('whose answer was lost is unknown for the same cause', () => {
    expect(refundAnswer(ORDER, 700, lost)).toEqual({ kind: 'unknown', cause: 'timeout' });
  });
});
