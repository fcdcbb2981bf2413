import { describe, expect, test } from 'vitest';
import { changesAnswer, checkAnswer } from '#shared/gateways/conekta/listing.ts';
import { answered, charge, listed, lost, order, problem, refund } from './paid-order.ts';

const unreadable = { kind: 'unknown', cause: 'unreadable' };
const serverError = { kind: 'unknown', cause: 'server-error' };
const keyRefused = { kind: 'unknown', cause: 'key-refused' };
const timeout = { kind: 'unknown', cause: 'timeout' };
const ours = (purchaseId: number, id: string, money: object) => ({
  ...money,
  id,
  livemode: false,
  metadata: { purchase_id: String(purchaseId) },
});
const page = (data: unknown[], more: object = {}) => ({ object: 'list', has_more: false, data, ...more });
const goingOn = (next_page_url: unknown) => page([], { has_more: true, next_page_url });
const read = (body: unknown, from: string | null = null, status = 200) => changesAnswer(from, answered(status, body));
const payment = {
  paymentId: 'ch_1',
  amount: { minor: 1500, currency: 'MXN' },
  live: false,
  refundedMinor: 0,
  pendingMinor: 0,
  dispute: null,
};

describe('a page of orders', () => {
  test('tells of ours what was kept, given back and disputed, and counts the others', () => {
    const returned = order(500, charge('paid', listed(refund(-500, 'refunded'))));
    const disputed = order(0, charge('charged_back', [], { chargeback: { status: 'lost' } }));
    const entries = [
      ours(1, 'ord_1', order(0, charge('paid'))),
      { ...order(0, charge('paid')), id: 'ord_shop', metadata: {} },
      ours(2, 'ord_2', returned),
      ours(3, 'ord_3', disputed),
      ours(4, 'ord_4', order(undefined)),
      ours(5, 'ord_5', order(0, charge('declined'))),
    ];
    expect(read(page(entries))).toEqual({
      kind: 'page',
      orders: [
        { purchaseId: 1, orderRef: 'ord_1', payments: [payment] },
        { purchaseId: 2, orderRef: 'ord_2', payments: [{ ...payment, refundedMinor: 500 }] },
        { purchaseId: 3, orderRef: 'ord_3', payments: [{ ...payment, dispute: 'lost' }] },
        { purchaseId: 4, orderRef: 'ord_4', payments: [] },
        { purchaseId: 5, orderRef: 'ord_5', payments: [] },
      ],
      foreign: 1,
      next: null,
    });
  });

  test('is whole although an order of another business cannot be read', () => {
    const strange = [null, 7, 'order', [], {}, { ...order(0), charges: 'many' }, { metadata: 'none' }];
    expect(read(page(strange))).toEqual({ kind: 'page', orders: [], foreign: strange.length, next: null });
  });

  test('shows one of ours that cannot be read as such, so that it hides no other', () => {
    const readable = ours(1, 'ord_1', order(0, charge('paid')));
    for (const bad of [
      ours(2, 'ord_2', { object: 'order', charges: 'many' }),
      ours(2, '', order(0)),
      ours(2, 'ord_2', order(0, charge('refunded', []))),
      ours(2, 'ord_2', order(0, charge('paid', undefined, { amount: '1500' }))),
      { metadata: { purchase_id: 2 } },
    ]) {
      const answer = read(page([readable, bad]));
      expect(answer).toMatchObject({ orders: [{ purchaseId: 1 }, { purchaseId: 2, payments: null }], next: null });
    }
  });

  test('says where the next begins', () => {
    const next = (url: string) => read(goingOn(url));
    expect(next('https://api.conekta.io/orders?limit=250&next=ord_9')).toMatchObject({ next: 'ord_9' });
    expect(next('https://api.conekta.io/orders?next=a%2Bb%2Fc%3D&updated_at.gte=1')).toMatchObject({ next: 'a+b/c=' });
  });

  test('is the last when it says so, whatever else it shows', () => {
    const last = page([], { next_page_url: 'https://api.conekta.io/orders?next=ord_9' });
    expect(read(last)).toMatchObject({ next: null });
    expect(read(page([], { next_page_url: null }))).toMatchObject({ next: null });
  });

  test.each([undefined, null, '', 7, 'not an address', 'https://api.conekta.io/orders?limit=250', '?next='])(
    'that goes on at %j is not known: the rest would be missing',
    (url) => {
      expect(read(goingOn(url))).toEqual(unreadable);
    },
  );

  test('that goes on where it began is not known', () => {
    expect(read(goingOn('https://api.conekta.io/orders?next=ord_9'), 'ord_9')).toEqual(unreadable);
  });

  test('is not known from a refusal, no answer, or something else', () => {
    for (const status of [404, 429, 500, 302]) expect(read(problem('x'), null, status)).toEqual(serverError);
    for (const status of [401, 403]) {
      expect(read(problem('x'), null, status)).toEqual(keyRefused);
      expect(read('<html>Forbidden</html>', null, status)).toEqual(serverError);
    }
    for (const body of [undefined, '', '<html>', [], {}, { data: [] }, { has_more: false }]) {
      expect(read(body)).toEqual(unreadable);
    }
    expect(changesAnswer(null, lost)).toEqual(timeout);
  });
});

describe('a key', () => {
  const check = (status: number, body: unknown) => checkAnswer(answered(status, body));

  test('works, in the mode that the first order says', () => {
    expect(check(200, page([{ ...order(0), livemode: true }]))).toEqual({ kind: 'works', live: true });
    expect(check(200, page([{ ...order(0), livemode: false }]))).toEqual({ kind: 'works', live: false });
  });

  test('works in a mode nobody names when there is no order yet', () => {
    expect(check(200, page([]))).toEqual({ kind: 'works', live: null });
    expect(check(200, page([{ livemode: 'yes' }]))).toEqual({ kind: 'works', live: null });
  });

  test.each([401, 403])('that is answered with %i is refused', (status) => {
    expect(check(status, problem('conekta.errors.authentication.missing_key'))).toEqual({ kind: 'refused' });
    expect(check(status, '<html>Forbidden</html>')).toEqual(unreadable);
  });

  test('is neither good nor bad when Conekta did not say', () => {
    for (const status of [404, 429, 500, 302]) expect(check(status, problem('x'))).toEqual(serverError);
    for (const body of ['<html>', {}, []]) expect(check(200, body)).toEqual(unreadable);
    expect(checkAnswer(lost)).toEqual(timeout);
  });
});
