import { describe, expect, it } from 'vitest';
import type { KeptPayment } from '#shared/gateways/gateway.ts';
import { agrees, differenceOf, keepsMoney, unknownPurchase } from '#shared/purchases/compare.ts';
import { type Purchase, purchaseStates } from '#shared/store/purchases.ts';
import { samplePurchase } from './sample-purchase.ts';

const paid = (changes: Partial<Purchase> = {}) =>
  samplePurchase({ state: 'paid', orderRef: 'ord_1', paymentId: 'p1', live: false, ...changes });
const payment = (changes: Partial<KeptPayment> = {}): KeptPayment => ({
  paymentId: 'p1',
  amount: { minor: 1500, currency: 'MXN' },
  live: false,
  refundedMinor: 0,
  pendingMinor: 0,
  dispute: null,
  ...changes,
});
const order = (...payments: KeptPayment[]) => ({ purchaseId: 1, orderRef: 'ord_1', payments });

const refunded = { refundedMinor: 1500 };
const disputed = { state: 'disputed', disputedAt: 5 } as const;
const chargedBack = { state: 'charged_back' } as const;
const surplus = payment({ paymentId: 'p2' });

describe('an order and its purchase agree', () => {
  it.each<[string, Partial<Purchase>, KeptPayment[]]>([
    ['paid once', {}, [payment()]],
    ['given back, and known to be', { state: 'refunded', ...refunded }, [payment(refunded)]],
    ['given back in part, and known to be', { refundedMinor: 500 }, [payment({ refundedMinor: 500 })]],
    ['a refund that only we know of yet, since the list is older', refunded, [payment()]],
    ['a second charge that is known', { state: 'refunding', surplusPaymentIds: ['p2'] }, [payment(), surplus]],
    ['a payment the bank has taken back long ago', {}, [payment(), payment({ paymentId: 'p3', dispute: 'lost' })]],
    ['in dispute, and known to be', disputed, [payment({ dispute: 'open' })]],
    ['in dispute while a refund is under way', { state: 'refunding', disputedAt: 5 }, [payment({ dispute: 'open' })]],
    ['a dispute lost', chargedBack, [payment({ dispute: 'lost' })]],
    ['a dispute lost that an older list shows open', chargedBack, [payment({ dispute: 'open' })]],
    ['a dispute won', {}, [payment({ dispute: 'won' })]],
  ])('%s', (_, changes, payments) => {
    expect(agrees(order(...payments), paid(changes))).toBe(true);
    expect(differenceOf(order(...payments), paid(changes))).toBeUndefined();
  });

  it('whenever there is no money on it and none was taken for paid', () => {
    for (const state of purchaseStates.filter((one) => !keepsMoney(paid({ state: one })))) {
      const purchase = samplePurchase({ state, orderRef: 'ord_1' });
      expect([state, differenceOf(order(), purchase)]).toEqual([state, undefined]);
      expect(agrees({ ...order(), orderRef: 'ord_of_a_lost_answer' }, purchase)).toBe(true);
    }
  });
});

describe('they differ', () => {
  const differing: [string, Partial<Purchase>, KeptPayment[], object][] = [
    ['unknown-payment', {}, [payment(), surplus], { theirsMinor: 1500 }],
    ['unknown-payment', { state: 'refunded', ...refunded }, [payment(refunded), surplus], { theirsMinor: 1500 }],
    ['unknown-refund', {}, [payment({ refundedMinor: 1 })], { theirsMinor: 1, oursMinor: 0 }],
    [
      'unknown-refund',
      { surplusPaymentIds: ['p2'], ...refunded },
      [payment({ refundedMinor: 200 }), payment({ paymentId: 'p2', ...refunded })],
      { theirsMinor: 1700, oursMinor: 1500 },
    ],
    ['unknown-dispute', {}, [payment({ dispute: 'open' })], {}],
    ['unknown-dispute', disputed, [payment({ dispute: 'lost' })], {}],
    ['unknown-dispute', { state: 'refunded', ...refunded }, [payment({ ...refunded, dispute: 'open' })], {}],
    ['dispute-gone', disputed, [payment({ dispute: 'won' })], {}],
    ['dispute-gone', chargedBack, [payment()], {}],
  ];
  it.each(differing)('%s: %o', (kind, changes, payments, money) => {
    expect(agrees(order(...payments), paid(changes))).toBe(false);
    expect(differenceOf(order(...payments), paid(changes))).toMatchObject({
      kind,
      purchaseId: 1,
      orderRef: 'ord_1',
      ...money,
    });
  });

  it.each(['created', 'charging', 'in_doubt', 'action_required', 'declined', 'not_charged', 'expired'] as const)(
    'when money is kept of a purchase that is %s',
    (state) => {
      const purchase = samplePurchase({ state, orderRef: 'ord_1' });
      expect(agrees(order(payment()), purchase)).toBe(false);
      expect(differenceOf(order(payment()), purchase)).toMatchObject({ kind: 'unknown-payment' });
    },
  );

  it('when the money is on another order of the same number', () => {
    const elsewhere = { ...order(payment()), orderRef: 'ord_2' };
    expect(agrees(elsewhere, paid())).toBe(false);
    expect(differenceOf(elsewhere, paid())).toMatchObject({ kind: 'other-order', orderRef: 'ord_2' });
  });

  it.each(['paid', 'refunding', 'refund_pending', 'refund_failed', 'disputed'] as const)(
    'when money we believe kept, %s, is not on the whole order; an entry of a list proves nothing',
    (state) => {
      const purchase = paid({ state });
      expect(differenceOf(order(), purchase)).toMatchObject({ kind: 'not-at-gateway', oursMinor: 1500 });
      expect(agrees(order(), purchase)).toBe(true);
    },
  );

  it('as an entry that shows one payment of two, when what is back of it may hide behind the other', () => {
    const purchase = paid({ surplusPaymentIds: ['p2'], ...refunded });
    expect(agrees(order(payment(refunded)), purchase)).toBe(false);
    expect(agrees(order(payment({ paymentId: 'p2', ...refunded })), purchase)).toBe(true);
    expect(agrees(order(payment(refunded), surplus), purchase)).toBe(true);
  });

  it('when the list names a purchase that was never made', () => {
    const kept = unknownPurchase(order(payment({ refundedMinor: 400 })));
    expect(kept).toMatchObject({ kind: 'unknown-purchase', purchaseId: 1, theirsMinor: 1100 });
    expect(unknownPurchase({ ...order(), payments: null })).toMatchObject({ theirsMinor: null });
  });
});
