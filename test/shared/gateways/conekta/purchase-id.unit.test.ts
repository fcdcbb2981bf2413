import { describe, expect, test } from 'vitest';
import { purchaseIdFrom, purchaseIdIn, traceAnswer } from '#shared/gateways/conekta/purchase-id.ts';
import { answered, lost, ORDER, order, problem } from './paid-order.ts';

const PURCHASE = 7_000_000_001;
const foreign = { kind: 'foreign' };
const unreadable = { kind: 'unknown', cause: 'unreadable' };
const traced = (metadata?: unknown) =>
  traceAnswer(ORDER, answered(200, { ...order(0), ...(metadata !== undefined && { metadata }) }));

describe('the purchase an order belongs to', () => {
  test('is the one its metadata names, as a text or as a number', () => {
    const ours = { kind: 'ours', purchaseId: PURCHASE, orderRef: ORDER };
    expect(traced({ purchase_id: String(PURCHASE), empresa_id: 'EMP_1' })).toEqual(ours);
    expect(traced({ purchase_id: PURCHASE })).toEqual(ours);
    expect(traced({ purchase_id: String(Number.MAX_SAFE_INTEGER) })).toMatchObject({
      purchaseId: Number.MAX_SAFE_INTEGER,
    });
  });

  test.each([undefined, null, {}, [], 'purchase_id', 7, { pedido: '12' }, { purchase_id: null }])(
    'is none of ours with the metadata %j',
    (metadata) => {
      expect(traced(metadata)).toEqual(foreign);
    },
  );

  test.each(['', ' 7', '7 ', '-7', '+7', '07', '0', 0, -7, '7.0', 7.5, '7e3', '0x7', 'siete', true, [7], { id: 7 }])(
    'is none of ours when it is %j',
    (purchase_id) => {
      expect(traced({ purchase_id })).toEqual(foreign);
      expect(purchaseIdIn({ purchase_id })).toBeUndefined();
      expect(purchaseIdFrom(purchase_id)).toBeUndefined();
    },
  );

  test.each(['9007199254740992', '9999999999999999', '70000000010000000', 2 ** 53, 1e300, Infinity, NaN])(
    'is none of ours when it is %j, more than a number of ours can be',
    (purchase_id) => {
      expect(purchaseIdIn({ purchase_id })).toBeUndefined();
    },
  );

  test('is not found where Conekta knows no such order', () => {
    expect(traceAnswer(ORDER, answered(404, problem('conekta.errors.resource_not_found.entity')))).toEqual({
      kind: 'not-found',
    });
    expect(traceAnswer(ORDER, answered(404, '<html>Not Found</html>'))).toEqual(unreadable);
  });

  test.each([401, 403])('is not known when the key is refused (%i), which a web page does not say', (status) => {
    expect(traceAnswer(ORDER, answered(status, problem('x')))).toEqual({ kind: 'unknown', cause: 'key-refused' });
    expect(traceAnswer(ORDER, answered(status, '<html>'))).toEqual({ kind: 'unknown', cause: 'server-error' });
  });

  test.each([429, 500, 302])('is not known when the answer is %i', (status) => {
    expect(traceAnswer(ORDER, answered(status, problem('x')))).toEqual({ kind: 'unknown', cause: 'server-error' });
  });

  test.each([undefined, null, '', '<html>', [], {}, { object: 'order' }, { ...order(0), id: 'ord_2' }])(
    'is not known from %j',
    (body) => {
      expect(traceAnswer(ORDER, answered(200, body))).toEqual(unreadable);
    },
  );

  test('is not known when the answer was lost', () => {
    expect(traceAnswer(ORDER, lost)).toEqual({ kind: 'unknown', cause: 'timeout' });
  });
});
