import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refundAnswer } from '#shared/gateways/conekta/refund-outcome.ts';
import { answered, charge, listed, lost, ORDER, order, problem, refund } from './paid-order.ts';

const sent = (body: unknown, status = 200) => refundAnswer(ORDER, 700, answered(status, body));
const unreadable = { kind: 'unknown', cause: 'unreadable' };
const serverError = { kind: 'unknown', cause: 'server-error' };

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

  test.each([400, 402, 404, 409, 422])('refused with %i gave nothing back', (status) => {
    expect(sent(problem('x'), status)).toMatchObject({ kind: 'refused' });
  });

  test.each([401, 403])('answered %i was not decided: the key was refused', (status) => {
    expect(sent(problem('x'), status)).toEqual({ kind: 'unknown', cause: 'key-refused' });
  });

  test.each([408, 429])('answered %i was not decided: it may be sent again', (status) => {
    expect(sent(problem('x'), status)).toEqual(serverError);
    expect(sent('<html>', status)).toEqual(serverError);
  });

  test('refused by a web page, a proxy or a lock was not refused by Conekta', () => {
    expect(sent('<html>Forbidden</html>', 403)).toEqual(unreadable);
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
