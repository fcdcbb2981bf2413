import { describe, expect, test } from 'vitest';
import { paymentsAnswer, toRead } from '#shared/gateways/mercado-pago/kept-payments.ts';
import { ORDER_REF, payment, searchOf } from './purchase.ts';
import { answered, lost, refused, unknown } from './replies.ts';

const ID = '133000000001';
const kept = {
  paymentId: ID,
  amount: { minor: 1999, currency: 'MXN' },
  live: false,
  paidWith: expect.objectContaining({ statusDetail: 'accredited' }),
};
const none = { kind: 'known', payments: [] };

describe('what was given back', () => {
  const read = (changes: Readonly<Record<string, unknown>>) =>
    paymentsAnswer(ORDER_REF, ID, answered(payment(changes)));
  const back = (refundedMinor: number, pendingMinor: number) => ({
    kind: 'known',
    payments: [{ ...kept, refundedMinor, pendingMinor, dispute: null }],
  });

  test.each([
    ['nothing', {}, back(0, 0)],
    ['no list at all', { refunds: null }, back(0, 0)],
    ['one done', { refunds: [{ amount: 5.1, status: 'approved' }] }, back(510, 0)],
    ['one without a status', { refunds: [{ amount: 5.1 }] }, back(510, 0)],
    ['one under way', { refunds: [{ amount: 19.99, status: 'in_process' }] }, back(0, 1999)],
    ['one with a new word for its status', { refunds: [{ amount: 19.99, status: 'queued' }] }, back(0, 1999)],
    ['one the bank refused', { refunds: [{ amount: 19.99, status: 'rejected' }] }, back(0, 0)],
    [
      'several',
      { refunds: [{ amount: 5, status: 'approved' }, { amount: 4.99, status: 'in_process' }, { amount: 10 }] },
      back(1500, 499),
    ],
    ['a total that knows more than the list', { transaction_amount_refunded: 7 }, back(700, 0)],
    [
      'a total that counts what is under way',
      { transaction_amount_refunded: 7, refunds: [{ amount: 7, status: 'in_process' }] },
      back(0, 700),
    ],
    ['all of it', { status: 'refunded', transaction_amount_refunded: 19.99 }, back(1999, 0)],
    ['more than there was', { transaction_amount_refunded: 20.99 }, back(2099, 0)],
    ['a payment that never was', { status: 'rejected' }, none],
    ['a payment that was called off', { status: 'cancelled' }, none],
    ['a payment that is not decided', { status: 'pending' }, none],
    ['a payment under review', { status: 'in_process' }, none],
    ['money held and not taken', { status: 'authorized' }, none],
    ['a status we do not know, which may mean money', { status: 'brand_new' }, unknown('unreadable')],
    ['all of it, without a trace', { status: 'refunded' }, unknown('unreadable')],
    ['a refund without an amount', { refunds: [{ status: 'approved' }] }, unknown('unreadable')],
    ['a refund that is negative', { refunds: [{ amount: -5 }] }, unknown('unreadable')],
    ['a total that is no number', { transaction_amount_refunded: 'x' }, unknown('unreadable')],
    ['refunds that are no list', { refunds: {} }, unknown('unreadable')],
    ['no mode', { live_mode: null }, unknown('unreadable')],
    ['half a centavo', { refunds: [{ amount: 0.005 }] }, unknown('unreadable')],
    ['no currency', { currency_id: null }, unknown('unreadable')],
    ['another payment', { id: 7 }, unknown('unreadable')],
    ["another purchase's payment", { external_reference: 'HS1' }, unknown('unreadable')],
  ])('%s', (_, changes, answer) => {
    expect(read(changes)).toEqual(answer);
  });

  test('is read from each payment that had money or may have by now: the search lags behind', () => {
    const statuses = ['approved', 'refunded', 'pending', 'charged_back', 'brand_new', 'rejected', 'cancelled'];
    const found = statuses.map((status, id) => payment({ id: id + 1, status }));
    expect(toRead(ORDER_REF, answered(searchOf(...found, payment({ id: 9, external_reference: 'HS1' }))))).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
    ]);
  });

  test('is unknown without a readable answer', () => {
    expect(toRead(ORDER_REF, answered({}))).toEqual(unknown('unreadable'));
    expect(toRead(ORDER_REF, answered({ paging: { total: 2 }, results: [payment()] }))).toEqual(unknown('unreadable'));
    expect(toRead(ORDER_REF, refused(500))).toEqual(unknown('server-error'));
    expect(toRead(ORDER_REF, lost)).toEqual(unknown('timeout'));
    for (const status of [401, 403]) {
      expect(toRead(ORDER_REF, refused(status))).toEqual(unknown('key-refused'));
      expect(toRead(ORDER_REF, refused(status, false))).toEqual(unknown('server-error'));
      expect(paymentsAnswer(ORDER_REF, ID, refused(status))).toEqual(unknown('key-refused'));
    }
    expect(paymentsAnswer(ORDER_REF, ID, refused(404))).toEqual(unknown('server-error'));
    expect(paymentsAnswer(ORDER_REF, ID, lost)).toEqual(unknown('timeout'));
  });
});

describe('a dispute', () => {
  const disputed = (changes: Readonly<Record<string, unknown>>) => {
    const answer = paymentsAnswer(ORDER_REF, ID, answered(payment(changes)));
    return answer.kind === 'known' ? answer.payments : answer;
  };

  test.each([
    ['in_mediation', 'pending', 'open'],
    ['in_mediation', null, 'open'],
    ['charged_back', 'in_process', 'open'],
    ['charged_back', 'reimbursed', 'won'],
    ['charged_back', 'settled', 'lost'],
    ['Charged_Back', 'SETTLED', 'lost'],
    // Until we know better, it is not over.
    ['charged_back', 'brand_new', 'open'],
    ['charged_back', null, 'open'],
    // Only the status tells of a dispute.
    ['approved', 'settled', null],
  ])('%s / %s is %s, and the payment is one that was kept', (status, status_detail, dispute) => {
    expect(disputed({ status, status_detail })).toMatchObject([
      { paymentId: ID, amount: { minor: 1999, currency: 'MXN' }, refundedMinor: 0, pendingMinor: 0, dispute },
    ]);
  });

  test('tells what had been given back before', () => {
    const refunds = [{ amount: 5, status: 'approved' }];
    expect(disputed({ status: 'charged_back', status_detail: 'in_process', refunds })).toMatchObject([
      { refundedMinor: 500, dispute: 'open' },
    ]);
  });

  test('whose amount cannot be read is unknown', () => {
    expect(disputed({ status: 'in_mediation', transaction_amount: null })).toEqual(unknown('unreadable'));
  });
});
