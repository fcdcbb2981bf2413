import { describe, expect, test } from 'vitest';
import { changesAnswer, checkAnswer, offsetIn, traceAnswer } from '#shared/gateways/mercado-pago/listing.ts';
import { ORDER_REF, payment } from './purchase.ts';
import { answered, lost, refused, unknown } from './replies.ts';

const ID = '133000000001';

describe('a page of changes', () => {
  const page = (offset: number, total: unknown, ...results: readonly unknown[]) =>
    changesAnswer(offset, answered({ paging: { total, limit: 100, offset }, results }));

  test('tells each payment of ours by its purchase, and counts the others', () => {
    const others = [
      payment({ external_reference: 'TIENDA-7', id: 2 ** 60, status: 'brand_new', currency_id: null }),
      payment({ external_reference: 'HS007' }),
      payment({ external_reference: null }),
      { external_reference: { of: 'HS1' } },
      {},
      null,
      'HS1',
    ];
    expect(
      page(
        0,
        10,
        ...others,
        payment(),
        payment({ id: 5, external_reference: 'HS5', refunds: [{ amount: 5, status: 'in_process' }] }),
        payment({ id: 6, external_reference: 'HS6', status: 'rejected' }),
      ),
    ).toEqual({
      kind: 'page',
      orders: [
        {
          purchaseId: 7_000_000_001,
          orderRef: ORDER_REF,
          payments: [expect.objectContaining({ paymentId: ID, refundedMinor: 0, pendingMinor: 0, dispute: null })],
        },
        {
          purchaseId: 5,
          orderRef: 'HS5',
          payments: [expect.objectContaining({ paymentId: '5', pendingMinor: 500 })],
        },
        { purchaseId: 6, orderRef: 'HS6', payments: [] },
      ],
      foreign: 7,
      next: null,
    });
  });

  test.each([
    [0, 0, 0, null],
    [0, 3, 3, null],
    [0, 3, 4, '3'],
    [3, 1, 4, null],
    [100, 100, 250, '200'],
    [200, 50, 250, null],
    // What was listed before is gone from the list by now.
    [100, 0, 99, null],
    [100, 0, 100, null],
  ])('from %i with %i of %i goes on at %j', (offset, count, total, next) => {
    expect(page(offset, total, ...Array<unknown>(count).fill({}))).toEqual({
      kind: 'page',
      orders: [],
      foreign: count,
      next,
    });
  });

  test.each([
    ['nothing, although there is more', page(100, 250)],
    ['nothing at all, although there is something', page(0, 1)],
    ['more than there is', page(0, 1, {}, {})],
    ['the same page for ever', page(200, 250, ...Array<unknown>(100).fill({}))],
    ['another page', changesAnswer(100, answered({ paging: { total: 300, offset: 0 }, results: [{}] }))],
    ['no total', page(0, undefined, {})],
    ['a total that is no number', page(0, '1', {})],
    ['a negative total', page(0, -1)],
    ['no paging', changesAnswer(0, answered({ results: [] }))],
    ['no list', changesAnswer(0, answered({ paging: { total: 0 } }))],
    ['a list that is none', changesAnswer(0, answered({ paging: { total: 0 }, results: {} }))],
    ['null', changesAnswer(0, answered(null))],
  ])('that shows %s is unknown', (_, answer) => {
    expect(answer).toEqual(unknown('unreadable'));
  });

  test.each([
    ['one of ours without an amount', page(0, 1, payment({ transaction_amount: null }))],
    ['one of ours whose id lost its last digits', page(0, 1, payment({ id: 2 ** 53 }))],
    ['one of ours with a status we do not know', page(0, 1, payment({ status: 'brand_new' }))],
    ['one of ours given back without a trace', page(0, 1, payment({ status: 'refunded' }))],
  ])('shows %s as one that cannot be read, so that it hides no other', (_, answer) => {
    expect(answer).toMatchObject({ kind: 'page', orders: [{ payments: null }] });
  });

  test('needs no offset of its own', () => {
    expect(changesAnswer(3, answered({ paging: { total: 4 }, results: [{}] }))).toMatchObject({ next: null });
  });

  test.each([400, 404, 429, 500])('answered %i is unknown', (status) => {
    expect(changesAnswer(0, refused(status))).toEqual(unknown('server-error'));
  });

  test.each([401, 403])(
    'answered %i is unknown because the key is refused, which a web page does not say',
    (status) => {
      expect(changesAnswer(0, refused(status))).toEqual(unknown('key-refused'));
      expect(changesAnswer(0, refused(status, false))).toEqual(unknown('server-error'));
    },
  );

  test('begins where the one before ended', () => {
    expect(offsetIn(null)).toBe(0);
    expect(offsetIn('100')).toBe(100);
  });

  test.each(['', '-1', '1.5', ' 1', '1\n', '1@2', 'x', '9'.repeat(10)])(
    'begins nowhere where %j is said to be its beginning',
    (from) => {
      expect(offsetIn(from)).toBeUndefined();
    },
  );

  test('that is lost is unknown', () => {
    expect(changesAnswer(0, lost)).toEqual(unknown('timeout'));
  });
});

describe('whose a payment is', () => {
  test.each([
    ['of our purchase', payment(), { kind: 'ours', purchaseId: 7_000_000_001, orderRef: ORDER_REF }],
    [
      'that has hardly anything',
      { id: ID, external_reference: 'HS7' },
      { kind: 'ours', purchaseId: 7, orderRef: 'HS7' },
    ],
    ['with a reference of the shop', payment({ external_reference: 'TIENDA-7' }), { kind: 'foreign' }],
    ['with one like ours', payment({ external_reference: 'HS007' }), { kind: 'foreign' }],
    ['without a reference', payment({ external_reference: undefined }), { kind: 'foreign' }],
    ['whose reference is null', payment({ external_reference: null }), { kind: 'foreign' }],
    ['whose reference is a number', payment({ external_reference: 7 }), { kind: 'foreign' }],
    ['with another id', payment({ id: 7 }), unknown('unreadable')],
    ['whose id is a list', payment({ id: [ID] }), unknown('unreadable')],
    ['without an id', {}, unknown('unreadable')],
    ['that is a list', [payment()], unknown('unreadable')],
    ['that is null', null, unknown('unreadable')],
  ])('%s', (_, body, answer) => {
    expect(traceAnswer(ID, answered(body))).toEqual(answer);
  });

  test('is not told by an id that lost its last digits, even the digits that were asked for', () => {
    const asked = String(2 ** 53);
    expect(traceAnswer(asked, answered({ id: 2 ** 53 + 1, external_reference: 'HS1' }))).toEqual(unknown('unreadable'));
    expect(traceAnswer(asked, answered({ id: asked, external_reference: 'HS1' }))).toMatchObject({ kind: 'ours' });
  });

  test.each([
    [refused(404), { kind: 'not-found' }],
    [refused(404, false), unknown('server-error')],
    [refused(401), unknown('key-refused')],
    [refused(403), unknown('key-refused')],
    [refused(401, false), unknown('server-error')],
    [refused(500), unknown('server-error')],
    [lost, unknown('timeout')],
  ])('after %j', (reply, answer) => {
    expect(traceAnswer(ID, reply)).toEqual(answer);
  });
});

describe('a key', () => {
  test.each([
    ['a real one', false, { id: 1, tags: ['normal'] }, true],
    ["a test account's", false, { id: 1, tags: ['normal', 'test_user'] }, false],
    ['a test key', true, { id: 1, tags: ['normal'] }, false],
    ['a test key of which nothing more is said', true, { id: 1 }, false],
    ['one of which nothing is said', false, { id: 1 }, null],
    ['one of which nothing readable is said', false, { id: 1, tags: 'test_user' }, null],
    ['one of which only half is readable', false, { id: 1, tags: [{ name: 'test_user' }] }, null],
  ])('that works is %s', (_, isTestToken, body, live) => {
    expect(checkAnswer(isTestToken, answered(body))).toEqual({ kind: 'works', live });
  });

  test.each([
    [answered({}), unknown('unreadable')],
    [answered({ id: '1' }), unknown('unreadable')],
    [answered([]), unknown('unreadable')],
    [answered(null), unknown('unreadable')],
    [refused(401), { kind: 'refused' }],
    [refused(403), { kind: 'refused' }],
    [refused(401, false), unknown('server-error')],
    [refused(403, false), unknown('server-error')],
    [refused(400), unknown('server-error')],
    [refused(404), unknown('server-error')],
    [refused(429), unknown('server-error')],
    [refused(500), unknown('server-error')],
    [lost, unknown('timeout')],
  ])('answered %j', (reply, answer) => {
    expect(checkAnswer(false, reply)).toEqual(answer);
  });
});
