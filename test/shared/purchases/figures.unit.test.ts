import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factsOf, tallyOf } from '#shared/purchases/figures.ts';
import { purchaseStates } from '#shared/store/purchases.ts';
import { samplePurchase } from './sample-purchase.ts';

describe('what a purchase is worth to the figures', () => {
  it.each([
    ['created', 0, 0, 0, 0],
    ['charging', 0, 0, 0, 0],
    ['in_doubt', 1, 0, 1, 0],
    ['action_required', 1, 0, 1, 0],
    ['awaiting_payment', 1, 0, 1, 0],
    ['paid', 1, 1, 0, 1000],
    ['refunding', 1, 1, 0, 1000],
    ['refund_pending', 1, 1, 0, 1000],
    ['refund_failed', 1, 1, 0, 1000],
    ['refunded', 1, 0, 0, 0],
    ['disputed', 1, 0, 0, 0],
    ['charged_back', 1, 0, 0, 0],
    ['declined', 0, 0, 0, 0],
    ['not_charged', 0, 0, 0, 0],
    ['expired', 0, 0, 0, 0],
  ] as const)('%s: %i sales, %i paid, %i pending, %i cents when 5 of 15 pesos are back', (state, ...expected) => {
    const { sales, paid, pending, incomeMinor } = factsOf(samplePurchase({ state, refundedMinor: 500 }));
    expect([sales, paid, pending, incomeMinor]).toEqual(expected);
  });

  it('has to be counted after a move exactly when it is another', () => {
    const purchases = fc.record({ state: fc.constantFrom(...purchaseStates), refundedMinor: fc.nat(1500) });
    fc.assert(
      fc.property(purchases, purchases, (one, other) => {
        const [before, after] = [one, other].map((fields) => samplePurchase(fields));
        if (!before || !after) throw new Error('Two were drawn');
        const tally = tallyOf(before, after);
        if (tally) expect(tally.facts).toEqual(factsOf(after));
        else expect(factsOf(before)).toEqual(factsOf(after));
      }),
    );
  });
});
