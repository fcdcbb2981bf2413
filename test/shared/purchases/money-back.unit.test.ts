import { describe, expect, it } from 'vitest';
import type { Dispute, KeptPayment } from '#shared/gateways/gateway.ts';
import { backMinor, underWayMinor } from '#shared/purchases/money-back.ts';

const purchase = { paymentId: 'own', surplusPaymentIds: ['two'] };
const payment = (paymentId: string, dispute: Dispute | null, refundedMinor = 0, pendingMinor = 0): KeptPayment => ({
  paymentId,
  amount: { minor: 1500, currency: 'MXN' },
  live: false,
  refundedMinor,
  pendingMinor,
  dispute,
});

describe('money on its way back', () => {
  it.each([
    ['nothing happened', [payment('own', null)], 0, 0],
    ['a part was given back, another is under way', [payment('own', null, 500, 300)], 500, 300],
    ['the bank holds a second payment', [payment('own', null), payment('two', 'open')], 0, 1500],
    [
      'the bank holds what is left of a second payment',
      [payment('own', null), payment('two', 'open', 400, 100)],
      400,
      1100,
    ],
    ['the bank took a second payment', [payment('own', null), payment('two', 'lost')], 1500, 0],
    ['the bank took one that nobody here knew of', [payment('own', null), payment('three', 'lost')], 0, 0],
    ['a dispute about a second payment was won', [payment('own', null), payment('two', 'won')], 0, 0],
    ['the bank holds the very payment', [payment('own', 'open')], 0, 0],
    ['the bank took the very payment', [payment('own', 'lost')], 0, 0],
  ] as const)('when %s', (_, payments, back, underWay) => {
    expect([backMinor(purchase, payments), underWayMinor(purchase, payments)]).toEqual([back, underWay]);
  });
});
