import fc from 'fast-check';
import { expect, test } from 'vitest';
import { orderRefOf, purchaseIdIn } from '#shared/gateways/mercado-pago/order-ref.ts';
import { intent, ORDER_REF } from './purchase.ts';

test('the reference is the purchase, and marked as ours', () => {
  expect(orderRefOf(intent)).toBe(ORDER_REF);
});

test('every purchase is found again by its reference', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (purchaseId) => {
      expect(purchaseIdIn(orderRefOf({ purchaseId }))).toBe(purchaseId);
    }),
  );
});

test('whatever else is taken for ours is written as we write it', () => {
  const like = fc.tuple(fc.constantFrom('HS', 'hs', 'H', 'HS0', ' HS'), fc.stringMatching(/^[\d .a-f]{0,18}$/));
  fc.assert(
    fc.property(like, ([prefix, rest]) => {
      const purchaseId = purchaseIdIn(prefix + rest);
      if (purchaseId !== undefined) expect(orderRefOf({ purchaseId })).toBe(prefix + rest);
    }),
  );
});

test.each([
  'HS',
  'HS0',
  'HS007',
  'HS12a',
  'HSabc',
  'HS1.5',
  'HS-1',
  'HS1e3',
  'HS 1',
  'HS1 ',
  'HS1\n',
  'xHS1',
  'hs1',
  'PX1',
  '1',
  '',
  'HS12345678901234567',
  `HS${2 ** 53}`,
  'HS9999999999999999',
  1,
  null,
  undefined,
  ['HS1'],
  { toString: () => 'HS1' },
])('%o is none of ours', (reference) => {
  expect(purchaseIdIn(reference)).toBeUndefined();
});
