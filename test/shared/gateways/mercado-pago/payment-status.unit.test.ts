import { describe, expect, test } from 'vitest';
import { statusAnswer } from '#shared/gateways/mercado-pago/payment-status.ts';
import { ORDER_REF, payment } from './purchase.ts';
import { answered, lost, refused, unknown } from './replies.ts';

const ID = '133000000001';
const read = (changes: Readonly<Record<string, unknown>>) => statusAnswer(ID, answered(payment(changes)));

describe('the status of a payment', () => {
  test('is told as it is', () => {
    expect(
      read({ date_approved: '2026-11-24T08:00:01.000-04:00', date_last_updated: '2026-11-24T08:00:02.000-04:00' }),
    ).toEqual({
      kind: 'found',
      payment: {
        id: ID,
        status: 'approved',
        statusDetail: 'accredited',
        amountMinor: 1999,
        currency: 'MXN',
        dateApproved: '2026-11-24T08:00:01.000-04:00',
        dateLastUpdated: '2026-11-24T08:00:02.000-04:00',
        orderRef: ORDER_REF,
        purchaseId: 7_000_000_001,
      },
    });
  });

  test('has no dates before they come', () => {
    expect(read({ status: 'pending', status_detail: null, date_approved: null })).toMatchObject({
      payment: { status: 'pending', statusDetail: '', dateApproved: null, dateLastUpdated: null },
    });
  });

  test.each([
    [1999, 'CLP', 1999],
    [1500, 'MXN', 150_000],
    [0.1, 'MXN', 10],
  ])('of %d %s is %i minor units', (transaction_amount, currency_id, amountMinor) => {
    expect(read({ transaction_amount, currency_id })).toMatchObject({ payment: { amountMinor } });
  });

  test.each([
    ['TIENDA-7', 'TIENDA-7'],
    ['HS007', 'HS007'],
    [null, null],
    [undefined, null],
    [7, null],
  ])('with the reference %j is of none of our purchases', (external_reference, orderRef) => {
    expect(read({ external_reference })).toMatchObject({ kind: 'found', payment: { orderRef, purchaseId: null } });
  });

  test.each([
    ['another payment', { id: 7 }],
    ['an id that lost its last digits', { id: 2 ** 53 }],
    ['no status', { status: '' }],
    ['no amount', { transaction_amount: null }],
    ['half a centavo', { transaction_amount: 0.005 }],
    ['a fraction of a peso of Chile', { transaction_amount: 0.5, currency_id: 'CLP' }],
    ['no currency', { currency_id: null }],
    ['a date that is none', { date_approved: 7 }],
  ])('with %s is unknown', (_, changes) => {
    expect(read(changes)).toEqual(unknown('unreadable'));
  });

  test.each([
    [answered({}), unknown('unreadable')],
    [answered(null), unknown('unreadable')],
    [refused(404), { kind: 'not-found' }],
    [refused(404, false), unknown('server-error')],
    [refused(400), { kind: 'refused', httpStatus: 400 }],
    [refused(401), { kind: 'refused', httpStatus: 401 }],
    [refused(429), { kind: 'refused', httpStatus: 429 }],
    [refused(403, false), unknown('server-error')],
    [refused(500), unknown('server-error')],
    [lost, unknown('timeout')],
  ])('after %j', (reply, answer) => {
    expect(statusAnswer(ID, reply)).toEqual(answer);
  });
});
