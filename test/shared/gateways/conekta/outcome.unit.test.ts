import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cancelAnswer,
  chargeAnswer,
  chargeAnswerOfOrder,
  lookAnswer,
  openAnswer,
  refusalOf,
  type Reply,
} from '#shared/gateways/conekta/outcome.ts';
import { type DeclineReason, errorReasons } from '#shared/gateways/gateway.ts';

const ORDER = 'ord_1';
const answered = (status: number, body: unknown): Reply => ({ kind: 'answered', status, body });
const lost: Reply = { kind: 'lost', cause: 'timeout' };

const problem = (code?: string, words: { message?: string; debug_message?: string } = {}, type = 'api_error') => ({
  object: 'error',
  type,
  details: [{ ...(code !== undefined && { code }), ...words }],
});
const saying = (debug_message: string) => problem('conekta.errors.none_of_the_table', { debug_message });

const charge = (status: string, more: object = {}) => ({
  object: 'charge',
  id: 'ch_1',
  order_id: ORDER,
  livemode: false,
  amount: 1999,
  currency: 'MXN',
  status,
  created_at: 100,
  ...more,
});
const order = (payment_status: string | null | undefined, charges: object[] = [], more: object = {}) => ({
  object: 'order',
  id: ORDER,
  livemode: false,
  amount: 1999,
  currency: 'MXN',
  created_at: 100,
  ...(payment_status !== undefined && { payment_status }),
  ...(charges.length > 0 && { charges: { object: 'list', has_more: false, data: charges } }),
  ...more,
});
const challenge = (url: string) => ({ next_action: { type: 'redirect_to_url', redirect_to_url: { url } } });
const look = (body: unknown, status = 200) => lookAnswer(ORDER, answered(status, body));
const charged = (body: unknown, status = 200) => chargeAnswer(ORDER, answered(status, body));

const approved = {
  kind: 'approved',
  approval: { paymentId: 'ch_1', amount: { minor: 1999, currency: 'MXN' }, live: false },
};
const declinedAs = (reason: DeclineReason, httpStatus = 402) => ({ kind: 'declined', refusal: { reason, httpStatus } });
const unreadable = { kind: 'unknown', cause: 'unreadable' };
const serverError = { kind: 'unknown', cause: 'server-error' };
const keyRefused = { kind: 'unknown', cause: 'key-refused' };

describe('the reason for a refusal', () => {
  test.each(errorReasons)('%s is found by its own code', (code) => {
    expect(refusalOf(402, problem(code)).reason).toBe(code);
  });

  test('a code is found inside a longer one, in any case', () => {
    expect(refusalOf(402, problem('CONEKTA.errors.Processing.bank.INSUFFICIENT_FUNDS')).reason).toBe(
      'insufficient_funds',
    );
  });

  test('a part of a table entry is enough', () => {
    expect(refusalOf(402, problem('tokenization.used')).reason).toBe('conekta.errors.processing.tokenization.used');
  });

  test('of two entries that fit, the first in the table wins', () => {
    expect(refusalOf(402, problem('invalid_')).reason).toBe('invalid_card');
    expect(refusalOf(402, problem('bank.expired_card.card_declined')).reason).toBe('card_declined');
  });

  test('an empty code fits the first entry', () => {
    expect(refusalOf(402, problem('', { message: 'Tarjeta rechazada' })).reason).toBe('processing_error');
  });

  test('without a code the error type is the code, and without both it is the default', () => {
    expect(refusalOf(404, { type: 'resource_not_found_error', details: [] }).reason).toBe('resource_not_found');
    expect(refusalOf(401, { type: 'authentication_error', details: [{ message: 'Tarjeta rechazada' }] }).reason).toBe(
      'authentication_error',
    );
    expect(refusalOf(402, { details: [{ message: 'Tarjeta rechazada' }] }).reason).toBe('default');
  });

  test.each<[string, DeclineReason]>([
    ['The token has already been sent.', 'conekta.errors.processing.tokenization.used'],
    ['This token was used.', 'conekta.errors.processing.tokenization.used'],
    ['Invalid token for this card.', 'conekta.errors.processing.tokenization.invalid'],
    ['The token expired.', 'conekta.errors.processing.tokenization.expired'],
    ['The card was declined.', 'card_declined'],
    ['La tarjeta fue rechazada.', 'card_declined'],
    ['The card has an insufficient balance.', 'insufficient_funds'],
    ['Tarjeta sin fondos.', 'insufficient_funds'],
    ['The card is expired.', 'expired_card'],
    ['Tarjeta expirada.', 'expired_card'],
    ['The card is invalid.', 'invalid_card'],
    ['Tarjeta inválida.', 'invalid_card'],
    ['TARJETA INVÁLIDA.', 'invalid_card'],
    ['Not enough funds.', 'insufficient_funds'],
    ['Authorization was refused.', 'authentication_error'],
    ['A parameter is wrong.', 'parameter_validation_error'],
    ['It failed validation.', 'parameter_validation_error'],
    ['The token of this card was declined.', 'card_declined'],
    ['The card lacks funds and was declined.', 'card_declined'],
    ['Something else happened.', 'default'],
    ['', 'default'],
  ])('no code fits, and the words are "%s": %s', (words, reason) => {
    expect(refusalOf(402, saying(words)).reason).toBe(reason);
  });

  test('the technical text is searched before the one for the buyer', () => {
    const both = { debug_message: 'The card was declined.', message: 'Tarjeta expirada.' };
    expect(refusalOf(402, problem('x.y', both)).reason).toBe('card_declined');
    expect(refusalOf(402, problem('x.y', { message: 'Tarjeta expirada.' })).reason).toBe('expired_card');
  });

  test("the contract's example: bank.declined with a text about the card", () => {
    const body = problem('conekta.errors.processing.bank.declined', { debug_message: 'The card was declined.' });
    expect(refusalOf(402, body).reason).toBe('card_declined');
  });

  test.each([
    [400, 400],
    [401, 401],
    [402, 402],
    [404, 404],
    [422, 422],
    [429, 429],
    [403, 500],
    [409, 500],
    [428, 500],
  ])('HTTP %i is shown as %i', (status, shown) => {
    expect(refusalOf(status, problem('card_declined'))).toEqual({ reason: 'card_declined', httpStatus: shown });
  });

  test('whatever the body is, there is a reason', () => {
    fc.assert(
      fc.property(fc.anything(), (body) => {
        expect(errorReasons).toContain(refusalOf(402, body).reason);
      }),
    );
  });
});

describe('a charge', () => {
  test('that is paid is approved, with the id of the charge', () => {
    expect(charged(charge('paid'))).toEqual(approved);
  });

  test('that is paid on another order is not ours', () => {
    expect(charged(charge('paid', { order_id: 'ord_2' }))).toEqual(unreadable);
  });

  test('that is declined in a 200 is declined for its failure code', () => {
    expect(charged(charge('declined', { failure_code: 'suspected_fraud' }))).toEqual(declinedAs('suspected_fraud'));
    expect(charged(charge('declined', { failure_code: 'restricted_card' }))).toEqual(declinedAs('status:declined'));
  });

  test.each(['pending_payment', 'pre_authorized', 'something_new'])(
    'that is %s is known by its order only',
    (status) => {
      expect(charged(charge(status))).toBe('read-order');
    },
  );

  test('answered with the order is judged by the order', () => {
    expect(charged(order('paid', [charge('paid')]))).toEqual(approved);
    expect(charged(order('canceled', [charge('canceled')]))).toEqual(declinedAs('status:canceled'));
  });

  test('answered with an order that shows no charge is unknown', () => {
    expect(chargeAnswerOfOrder(ORDER, answered(200, order(undefined)))).toEqual(unreadable);
  });

  test.each([400, 401, 402, 403, 404, 409, 422, 429])('refused with %i moved no money', (status) => {
    expect(charged(problem('card_declined'), status)).toMatchObject({ kind: 'declined' });
  });

  test('refused because a charge holds the order may be paid by that charge', () => {
    expect(charged(problem('conekta.errors.precondition_required'), 428)).toEqual(serverError);
  });

  test('refused by a web page was not answered by Conekta', () => {
    expect(charged('<html>Forbidden</html>', 403)).toEqual(unreadable);
  });

  test.each([undefined, null, '', 'paid', '<html>', [], {}, { object: 'charge', status: 'paid' }, 1])(
    'answered with %j is unknown',
    (body) => {
      expect(charged(body)).toEqual(unreadable);
    },
  );

  test('whose answer was lost is unknown for the same cause', () => {
    expect(chargeAnswer(ORDER, lost)).toEqual({ kind: 'unknown', cause: 'timeout' });
  });

  test('answered by a 5xx is never declined and never approved, whatever it says', () => {
    const bodies = fc.oneof(
      fc.anything(),
      fc.constantFrom<unknown>(
        charge('paid'),
        charge('declined'),
        order('declined'),
        ...errorReasons.map((code) => problem(code)),
      ),
    );
    fc.assert(
      fc.property(fc.integer({ min: 500, max: 599 }), bodies, (status, body) => {
        const reply = answered(status, body);
        expect(chargeAnswer(ORDER, reply)).toEqual(serverError);
        expect(lookAnswer(ORDER, reply)).toEqual(serverError);
        expect(openAnswer(reply)).toEqual(serverError);
        expect(cancelAnswer(ORDER, reply)).toBe('unknown');
      }),
    );
  });
});

describe('an order', () => {
  test.each<[string, object]>([
    ['pending', { kind: 'awaiting-payment' }],
    ['declined', declinedAs('status:declined')],
    ['expired', { kind: 'closed' }],
    ['canceled', { kind: 'closed' }],
    ['refunded', declinedAs('status:refunded')],
    ['chargeback', declinedAs('status:chargeback')],
    ['charged_back', declinedAs('status:chargeback')],
    ['pre_authorized', { kind: 'awaiting-payment' }],
    ['partially_paid', { kind: 'awaiting-payment' }],
    ['pending_payment', { kind: 'awaiting-payment' }],
    ['under_fraud_review', { kind: 'awaiting-payment' }],
    ['failed', declinedAs('status:failed')],
    ['fraudulent', declinedAs('status:other')],
    ['voided', { kind: 'closed' }],
    ['PENDING_PAYMENT', { kind: 'awaiting-payment' }],
    ['a status not yet invented', unreadable],
  ])('that is %s', (status, outcome) => {
    expect(look(order(status))).toEqual(outcome);
  });

  test('is approved only when both it and a charge are paid', () => {
    expect(look(order('paid', [charge('paid')]))).toEqual(approved);
    expect(look(order('paid'))).toEqual(unreadable);
    expect(look(order('paid', [charge('pending_payment')]))).toEqual(unreadable);
    expect(look(order('pending_payment', [charge('paid')]))).toEqual(unreadable);
    expect(look(order('declined', [charge('paid')]))).toEqual(unreadable);
    expect(look(order('canceled', [charge('paid')]))).toEqual(unreadable);
  });

  test('that is disputed is approved until the bank has taken the money', () => {
    const disputed = (status: string) => ({ chargeback: { object: 'chargeback', id: 'chbk_1', status } });
    const takenAway = declinedAs('status:chargeback');
    for (const status of ['under_review', 'action_required', 'won', 'a word not yet invented']) {
      expect(look(order('paid', [charge('paid', disputed(status))]))).toEqual(approved);
      expect(look(order('charged_back', [charge('charged_back', disputed(status))]))).toEqual(approved);
    }
    expect(look(order('charged_back', [charge('charged_back')]))).toEqual(approved);
    expect(look(order('charged_back', [charge('paid')]))).toEqual(approved);

    expect(look(order('paid', [charge('paid', disputed('lost'))]))).toEqual(takenAway);
    expect(look(order('charged_back', [charge('charged_back', disputed('lost'))]))).toEqual(takenAway);
    expect(look(order('chargeback', [charge('paid', disputed('LOST'))]))).toEqual(takenAway);
    expect(look(order('charged_back', [charge('refunded')]))).toEqual(takenAway);
    expect(look(order('canceled', [charge('charged_back')]))).toEqual(unreadable);
  });

  test('of which one payment was lost to the bank is approved by the other', () => {
    const lostOne = charge('charged_back', { id: 'ch_0', created_at: 50, chargeback: { status: 'lost' } });
    expect(look(order('charged_back', [lostOne, charge('paid')]))).toEqual(approved);
  });

  test('that was refunded in part is approved: the rest of the money was kept', () => {
    expect(look(order('partially_refunded', [charge('paid')]))).toEqual(approved);
    const other = charge('refunded', { id: 'ch_0', created_at: 50 });
    expect(look(order('partially_refunded', [other, charge('paid')]))).toEqual(approved);
    expect(look(order('partially_refunded'))).toEqual(unreadable);
    expect(look(order('partially_refunded', [charge('refunded')]))).toEqual(unreadable);
  });

  test.each([undefined, null])('without a charge has payment_status %s', (status) => {
    expect(look(order(status))).toEqual({ kind: 'no-charge' });
  });

  test('with two paid charges is approved by the older one, in whatever order they are listed', () => {
    const second = charge('paid', { id: 'ch_2', created_at: 200 });
    expect(look(order('paid', [second, charge('paid')]))).toEqual(approved);
    const sameSecond = charge('paid', { id: 'ch_2' });
    expect(look(order('paid', [sameSecond, charge('paid')]))).toEqual(approved);
    expect(look(order('paid', [charge('paid'), sameSecond]))).toEqual(approved);
  });

  test('is declined for the reason of its last charge', () => {
    const last = charge('declined', { failure_code: 'insufficient_funds', created_at: 200 });
    const first = charge('declined', { failure_code: 'card_declined' });
    expect(look(order('declined', [last, first]))).toEqual(declinedAs('insufficient_funds'));
    expect(look(order(undefined, [first]))).toEqual(declinedAs('card_declined'));
  });

  test('that waits for a challenge says where it is', () => {
    const url = 'https://pay.conekta.com/1';
    const waits = [charge('pending_payment')];
    expect(look(order('pending_payment', waits, challenge(url)))).toEqual({
      kind: 'action-required',
      action: { url, creq: null },
    });
    expect(look(order(undefined, waits, challenge(url)))).toEqual({
      kind: 'action-required',
      action: { url, creq: null },
    });
  });

  test.each(['javascript:alert(1)', 'http://pay.conekta.com/1', 'pay'])('never sends a buyer to %s', (url) => {
    expect(look(order('pending_payment', [], challenge(url)))).toEqual({ kind: 'awaiting-payment' });
  });

  test('of another id is not the one asked for', () => {
    expect(look({ ...order('paid', [charge('paid')]), id: 'ord_2' })).toEqual(unreadable);
  });

  test.each([404, 408, 429])('that cannot be read (%i) says nothing about its charge', (status) => {
    expect(look(problem('resource_not_found'), status)).toEqual(serverError);
  });

  test.each([401, 403])('that is not shown to this key (%i) says nothing either, which no web page is', (status) => {
    expect(look(problem('authentication_error'), status)).toEqual(keyRefused);
    expect(look('<html>Forbidden</html>', status)).toEqual(serverError);
  });
});

describe('opening an order', () => {
  test('gives its id', () => {
    expect(openAnswer(answered(200, order(undefined)))).toEqual({ kind: 'opened', orderRef: ORDER });
  });

  test('is refused for a reason', () => {
    expect(openAnswer(answered(422, problem('invalid_phone')))).toEqual({
      kind: 'refused',
      refusal: { reason: 'invalid_phone', httpStatus: 422 },
    });
    expect(openAnswer(answered(428, problem('x')))).toMatchObject({ kind: 'refused', refusal: { httpStatus: 500 } });
  });

  test('answered with anything but an order is unknown', () => {
    expect(openAnswer(answered(200, '<html>'))).toEqual(unreadable);
    expect(openAnswer(answered(302, ''))).toEqual(serverError);
    expect(openAnswer(answered(403, '<html>'))).toEqual(unreadable);
    expect(openAnswer(lost)).toEqual({ kind: 'unknown', cause: 'timeout' });
  });
});

describe('cancelling an order', () => {
  test.each<[object, string]>([
    [order('canceled'), 'cancelled'],
    [order(undefined), 'cancelled'],
    [order('declined', [charge('declined')]), 'cancelled'],
    [order('paid', [charge('paid')]), 'refused'],
    [order('pending_payment', [charge('pending_payment')]), 'refused'],
    [{}, 'unknown'],
  ])('accepted with %j', (body, outcome) => {
    expect(cancelAnswer(ORDER, answered(200, body))).toBe(outcome);
  });

  test('refused or lost', () => {
    for (const status of [404, 409, 422, 428]) {
      expect(cancelAnswer(ORDER, answered(status, problem('x')))).toBe('refused');
      expect(cancelAnswer(ORDER, answered(status, '<html>'))).toBe('unknown');
    }
    expect(cancelAnswer(ORDER, lost)).toBe('unknown');
  });

  test.each([401, 403, 408, 429])('answered %i says nothing about the order', (status) => {
    expect(cancelAnswer(ORDER, answered(status, problem('x')))).toBe('unknown');
  });
});
