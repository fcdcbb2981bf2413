import { describe, expect, test } from 'vitest';
import { refundAnswer } from '#shared/gateways/mercado-pago/refund-outcome.ts';
import { answered, lost, refused, unknown } from './replies.ts';

const ID = '133000000001';

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
    [401, unknown('key-refused')],
    [403, unknown('key-refused')],
    [408, unknown('server-error')],
    [409, unknown('server-error')],
    [429, unknown('server-error')],
    [500, unknown('server-error')],
  ])('answered %i', (status, answer) => {
    expect(refundAnswer(ID, refused(status))).toEqual(answer);
  });

  test('whose answer is lost is unknown', () => {
    expect(refundAnswer(ID, lost)).toEqual(unknown('timeout'));
  });

  test("answered by some proxy's page is unknown", () => {
    for (const status of [400, 401, 403]) {
      expect(refundAnswer(ID, refused(status, false))).toEqual(unknown('unreadable'));
    }
  });
});
