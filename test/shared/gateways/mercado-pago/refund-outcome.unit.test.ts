import { describe, expect, test } from 'vitest';
import type { Reply } from '#shared/gateways/mercado-pago/payment.ts';
import { refundAnswer, refundsAnswer, toRead } from '#shared/gateways/mercado-pago/refund-outcome.ts';
import { ORDER_REF, payment, searchOf } from './purchase.ts';

const ID = '133000000001';
const answered = (body: unknown): Reply => ({ kind: 'answered', body });
const refused = (status: number, readable = true): Reply => ({ kind: 'refused', status, readable });
const unknown = (cause: string) => ({ kind: 'unknown', cause });

describe('what was given back', () => {
  const read = (changes: Readonly<Record<string, unknown>>) => refundsAnswer(ORDER_REF, ID, answered(payment(changes)));
  const back = (refundedMinor: number, pendingMinor: number) => ({
    kind: 'known',
    payments: [{ paymentId: ID, amountMinor: 1999, refundedMinor, pendingMinor }],
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
    ['a dispute', { status: 'in_mediation' }, back(0, 0)],
    ['what the bank took back', { status: 'charged_back' }, { kind: 'known', payments: [] }],
    ['a payment that never was', { status: 'rejected' }, { kind: 'known', payments: [] }],
    ['all of it, without a trace', { status: 'refunded' }, unknown('unreadable')],
    ['a refund without an amount', { refunds: [{ status: 'approved' }] }, unknown('unreadable')],
    ['half a centavo', { refunds: [{ amount: 0.005 }] }, unknown('unreadable')],
    ['no currency', { currency_id: null }, unknown('unreadable')],
    ['another payment', { id: 7 }, unknown('unreadable')],
    ["another purchase's payment", { external_reference: 'HS1' }, unknown('unreadable')],
  ])('%s', (_, changes, answer) => {
    expect(read(changes)).toEqual(answer);
  });

  test('is read from each payment that had money or may have by now: the search lags behind', () => {
    const found = ['approved', 'refunded', 'pending', 'charged_back', 'rejected', 'cancelled'].map((status, id) =>
      payment({ id: id + 1, status }),
    );
    expect(toRead(ORDER_REF, answered(searchOf(...found, payment({ id: 9, external_reference: 'HS1' }))))).toEqual([
      '1',
      '2',
      '3',
      '4',
    ]);
  });

  test('is unknown without a readable answer', () => {
    expect(toRead(ORDER_REF, answered({}))).toEqual(unknown('unreadable'));
    expect(toRead(ORDER_REF, refused(500))).toEqual(unknown('server-error'));
    expect(refundsAnswer(ORDER_REF, ID, refused(404))).toEqual(unknown('server-error'));
    expect(refundsAnswer(ORDER_REF, ID, { kind: 'lost', cause: 'timeout' })).toEqual(unknown('timeout'));
  });
});

describe('a refund', () => {
  const refund = (changes: Readonly<Record<string, unknown>>) =>
    refundAnswer(ID, answered({ id: 1, payment_id: Number(ID), amount: 5, status: 'approved', ...changes }));

  test.each([
    [{}, { kind: 'accepted' }],
    [{ payment_id: undefined }, { kind: 'accepted' }],
    [{ status: 'in_process' }, { kind: 'pending' }],
    [{ status: 'brand_new' }, { kind: 'pending' }],
    [{ status: 'rejected' }, { kind: 'refused', refusal: { reason: 'mp:default', httpStatus: 402 } }],
    [{ status: undefined }, unknown('unreadable')],
    [{ id: undefined }, unknown('unreadable')],
    [{ payment_id: 7 }, unknown('unreadable')],
  ])('answered with %j', (changes, answer) => {
    expect(refund(changes)).toEqual(answer);
  });

  test.each([
    [400, { kind: 'refused', refusal: { reason: 'mp:validation', httpStatus: 400 } }],
    [404, { kind: 'refused', refusal: { reason: 'mp:default', httpStatus: 500 } }],
    [409, unknown('server-error')],
    [500, unknown('server-error')],
  ])('answered %i', (status, answer) => {
    expect(refundAnswer(ID, refused(status))).toEqual(answer);
  });
});
