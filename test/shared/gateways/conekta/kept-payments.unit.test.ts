import { describe, expect, test } from 'vitest';
import { paymentsAnswer } from '#shared/gateways/conekta/kept-payments.ts';
import { answered, charge, listed, lost, ORDER, order, problem, refund } from './paid-order.ts';

const read = (body: unknown, status = 200) => paymentsAnswer(ORDER, answered(status, body));
const back = (refundedMinor: number, pendingMinor = 0, paymentId = 'ch_1') => ({
  paymentId,
  amount: { minor: 1500, currency: 'MXN' },
  live: false,
  refundedMinor,
  pendingMinor,
  dispute: null,
});
const known = (...payments: object[]) => ({ kind: 'known', payments });
const unreadable = { kind: 'unknown', cause: 'unreadable' };
const serverError = { kind: 'unknown', cause: 'server-error' };
const keyRefused = { kind: 'unknown', cause: 'key-refused' };

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
    for (const status of [404, 429, 500, 302]) expect(read(problem('x'), status)).toEqual(serverError);
    for (const status of [401, 403]) {
      expect(read(problem('x'), status)).toEqual(keyRefused);
      expect(read('<html>Forbidden</html>', status)).toEqual(serverError);
    }
    expect(paymentsAnswer(ORDER, lost)).toEqual({ kind: 'unknown', cause: 'timeout' });
  });
});

describe('a dispute', () => {
  /** As the specification shows it (2.3.0). */
  const chargeback = (status: unknown) => ({
    chargeback: {
      object: 'chargeback',
      id: 'chbk_2zPxWFUnGNLySoumn',
      charge_id: 'ch_1',
      status,
      reason: 'unrecognized',
      created_at: 1768846800,
      evidence_due_by: 1769126399,
      files: [],
    },
  });
  const disputed = (dispute: string | null, refundedMinor = 0) => known({ ...back(refundedMinor), dispute });
  const calling = (payment_status: string, ...charges: object[]) => ({ ...order(0, ...charges), payment_status });

  test.each([
    ['won', 'won'],
    ['lost', 'lost'],
    ['LOST', 'lost'],
    ['under_review', 'open'],
    ['action_required', 'open'],
    ['pending_review', 'open'],
    ['represented', 'open'],
    ['a word not yet invented', 'open'],
    [undefined, 'open'],
    [7, 'open'],
  ])('that the bank calls %s is %s, whatever the charge calls itself', (status, dispute) => {
    for (const own of ['paid', 'charged_back', 'chargeback', 'reversed', 'in_mediation']) {
      expect(read(order(0, charge(own, [], chargeback(status))))).toEqual(disputed(dispute));
    }
  });

  test.each([null, {}, undefined])('written as %j is none', (none) => {
    expect(read(order(0, charge('paid', [], { chargeback: none })))).toEqual(disputed(null));
  });

  test('that nobody describes is open, and the charge counts as kept', () => {
    expect(read(calling('charged_back', charge('charged_back')))).toEqual(disputed('open'));
    expect(read(calling('paid', charge('charged_back')))).toEqual(disputed('open'));
  });

  test('that only the order tells of is open, and is told by the charge once it knows', () => {
    expect(read(calling('charged_back', charge('paid', [])))).toEqual(disputed('open'));
    expect(read(calling('charged_back', charge('paid', [], chargeback('lost'))))).toEqual(disputed('lost'));
    const other = charge('paid', [], { id: 'ch_2', created_at: 101 });
    expect(read(calling('charged_back', charge('paid', [], chargeback('lost')), other))).toEqual(
      known({ ...back(0), dispute: 'lost' }, back(0, 0, 'ch_2')),
    );
    expect(read(calling('charged_back', charge('paid', []), other))).toEqual(
      known({ ...back(0), dispute: 'open' }, { ...back(0, 0, 'ch_2'), dispute: 'open' }),
    );
  });

  test('is what a reversal is when no refund explains it', () => {
    expect(read(order(0, charge('reversed', [])))).toEqual(disputed('open'));
    expect(read(order(1500, charge('reversed', listed(refund(-1500, 'refunded')))))).toEqual(disputed(null, 1500));
  });

  test('stands beside what was given back', () => {
    expect(read(order(700, charge('paid', listed(refund(-700, 'refunded')), chargeback('lost'))))).toEqual(
      disputed('lost', 700),
    );
  });
});
