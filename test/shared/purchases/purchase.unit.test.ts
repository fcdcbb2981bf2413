import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Approval } from '#shared/gateways/gateway.ts';
import {
  grantsAccess,
  mayGiveUp,
  openStates,
  type PurchaseEvent,
  step,
  transitions,
} from '#shared/purchases/purchase.ts';
import { type Purchase, type PurchaseState, purchaseStates } from '#shared/store/purchases.ts';
import { samplePurchase } from './sample-purchase.ts';

const approval = (paymentId: string, minor = 1500): Approval => ({
  paymentId,
  amount: { minor, currency: 'MXN' },
  live: false,
});

const refusal = { reason: 'card_declined', httpStatus: 402 } as const;

const anyEvent: fc.Arbitrary<PurchaseEvent> = fc.oneof(
  fc.constant<PurchaseEvent>({ kind: 'charge-sent', orderRef: 'ord_1' }),
  fc.constantFrom<PurchaseEvent>(
    { kind: 'order-failed', failure: refusal },
    { kind: 'order-failed', failure: 'timeout' },
  ),
  fc.constantFrom('chg_1', 'chg_2', 'chg_3').map((id): PurchaseEvent => ({ kind: 'approved', approval: approval(id) })),
  fc.constant<PurchaseEvent>({ kind: 'declined', refusal }),
  fc.constantFrom<PurchaseEvent>(
    { kind: 'answer-lost' },
    { kind: 'looked' },
    { kind: 'awaiting-payment' },
    { kind: 'closed-without-charge' },
    { kind: 'abandoned' },
    { kind: 'refund-accepted' },
    { kind: 'refund-refused' },
    { kind: 'dispute-opened' },
    { kind: 'dispute-won' },
    { kind: 'dispute-lost' },
  ),
  fc.constant<PurchaseEvent>({ kind: 'action-required', url: 'https://bank.example' }),
  fc.constant<PurchaseEvent>({ kind: 'kept', by: 'ana@wifi.mx' }),
  fc.integer({ min: 1, max: 3000 }).map((totalMinor): PurchaseEvent => ({ kind: 'refund-decided', totalMinor })),
  fc.constantFrom(500, 1500).map((totalMinor): PurchaseEvent => ({ kind: 'refund-seen', totalMinor })),
);

/** Every purchase that a sequence of events leads to, from the first on. */
function history(events: readonly PurchaseEvent[]): Purchase[] {
  const path = [samplePurchase()];
  events.forEach((event, index) => {
    const last = path.at(-1) ?? samplePurchase();
    const stepped = step(last, event, 1_000_000 + index * 1000);
    if (stepped.kind === 'moved') path.push(stepped.purchase);
  });
  return path;
}

const histories = fc.array(anyEvent, { maxLength: 25 }).map(history);

describe('the money of a purchase', () => {
  it('is paid only by an approval, whatever happens before', () => {
    fc.assert(
      fc.property(histories, (path) => {
        const paid = path.find((purchase) => purchase.state === 'paid');
        expect(paid?.paymentId).not.toBeNull();
        for (const purchase of path) if (grantsAccess(purchase.state)) expect(purchase.paidAt).not.toBeNull();
      }),
    );
  });

  it('raises the version with every move, so that no stale write can pass', () => {
    fc.assert(
      fc.property(histories, (path) => {
        path.forEach((purchase, index) => expect(purchase.version).toBe(index + 1));
      }),
    );
  });

  it('keeps the first approved payment for ever and owes back every other one once', () => {
    fc.assert(
      fc.property(histories, (path) => {
        const ids = new Set(path.map((purchase) => purchase.paymentId).filter((id) => id !== null));
        expect(ids.size).toBeLessThanOrEqual(1);
        const last = path.at(-1);
        expect(new Set(last?.surplusPaymentIds).size).toBe(last?.surplusPaymentIds.length);
        if (last?.paymentId) expect(last.surplusPaymentIds).not.toContain(last.paymentId);
      }),
    );
  });

  it('holds the open-purchase guards exactly while a charge may still come', () => {
    fc.assert(
      fc.property(histories, (path) => {
        for (const purchase of path) expect(purchase.openGuards.length > 0).toBe(openStates.has(purchase.state));
      }),
    );
  });

  it('leaves nothing unsettled without a time at which somebody comes back to it', () => {
    const unsettled: readonly PurchaseState[] = [...openStates, 'refunding', 'refund_pending', 'refund_failed'];
    fc.assert(
      fc.property(histories, (path) => {
        for (const purchase of path) expect(purchase.dueAt !== null).toBe(unsettled.includes(purchase.state));
      }),
    );
  });

  it('never moves on an event that the table does not list, nor changes anything', () => {
    fc.assert(
      fc.property(fc.constantFrom(...purchaseStates), anyEvent, (state, event) => {
        const purchase = samplePurchase({ state });
        const listed: object = transitions[state];
        const stepped = step(purchase, event, 2_000_000);
        if (!(event.kind in listed)) expect(stepped).toEqual({ kind: 'refused' });
      }),
    );
  });

  it('reaches every state there is', () => {
    const reached = new Set<PurchaseState>();
    fc.assert(
      fc.property(histories, (path) => {
        for (const { state } of path) reached.add(state);
      }),
      { numRuns: 5000, seed: 7 },
    );
    expect([...reached].sort()).toEqual([...purchaseStates].sort());
  });
});

describe('an approval', () => {
  const doubt = samplePurchase({ state: 'in_doubt', orderRef: 'ord_1', waitingSince: 1_000_000, looks: 1 });

  it('ends a doubt', () => {
    const stepped = step(doubt, { kind: 'approved', approval: approval('chg_1') }, 1_050_000);
    expect(stepped).toMatchObject({
      kind: 'moved',
      purchase: { state: 'paid', paymentId: 'chg_1', paidAt: 1_050_000, dueAt: null, refundTargetMinor: 0 },
    });
  });

  it('heard twice changes nothing', () => {
    const paid = samplePurchase({ state: 'paid', paymentId: 'chg_1' });
    expect(step(paid, { kind: 'approved', approval: approval('chg_1') }, 2)).toEqual({ kind: 'unchanged' });
  });

  it('with another id on a paid purchase is money to give back', () => {
    const paid = samplePurchase({ state: 'paid', paymentId: 'chg_1' });
    expect(step(paid, { kind: 'approved', approval: approval('chg_2') }, 2)).toMatchObject({
      purchase: { state: 'paid', paymentId: 'chg_1', surplusPaymentIds: ['chg_2'], refundTargetMinor: 1500 },
    });
  });

  it.each(['declined', 'not_charged', 'expired'] as const)(
    'that comes after the buyer was told "%s" is given back, not delivered',
    (state) => {
      const stepped = step(samplePurchase({ state }), { kind: 'approved', approval: approval('chg_1') }, 2);
      expect(stepped).toMatchObject({ purchase: { state: 'refunding', refundTargetMinor: 1500 } });
    },
  );
});

describe('an order that could not be made', () => {
  it('gives the idempotency key back: nothing was charged with it', () => {
    const stepped = step(samplePurchase(), { kind: 'order-failed', failure: 'timeout' }, 2);
    expect(stepped).toMatchObject({ purchase: { state: 'not_charged', idempotencyHash: null } });
  });
});

describe('a doubt', () => {
  const doubtAfter = (looks: number) => samplePurchase({ state: 'in_doubt', waitingSince: 0, looks });

  it('is looked at again 30 s and 2 min after the answer was lost, then each minute', () => {
    const due = [0, 1, 2].map((looks) => {
      const stepped = step(doubtAfter(looks), { kind: 'looked' }, 200_000);
      return stepped.kind === 'moved' ? stepped.purchase.dueAt : undefined;
    });
    expect(due).toEqual([30_000, 120_000, 260_000]);
  });

  it('may be given up only after all three looks', () => {
    expect([0, 1, 2, 3].map((looks) => mayGiveUp(doubtAfter(looks), 1e9))).toEqual([false, false, false, true]);
  });

  it('is not given up early because two sweeps looked at once', () => {
    expect([91_000, 120_000].map((now) => mayGiveUp(doubtAfter(4), now))).toEqual([false, true]);
  });
});

describe('a refund', () => {
  const paid = samplePurchase({ state: 'paid', paymentId: 'chg_1' });

  it('of everything ends the purchase', () => {
    const decided = step(paid, { kind: 'refund-decided', totalMinor: 1500 }, 2);
    if (decided.kind !== 'moved') throw new Error('not moved');
    expect(step(decided.purchase, { kind: 'refund-seen', totalMinor: 1500 }, 3)).toMatchObject({
      purchase: { state: 'refunded' },
    });
  });

  it('of a part leaves it paid', () => {
    const decided = step(paid, { kind: 'refund-decided', totalMinor: 500 }, 2);
    if (decided.kind !== 'moved') throw new Error('not moved');
    expect(step(decided.purchase, { kind: 'refund-seen', totalMinor: 500 }, 3)).toMatchObject({
      purchase: { state: 'paid', refundedMinor: 500 },
    });
  });

  it('made by hand at the gateway is taken over', () => {
    expect(step(paid, { kind: 'refund-seen', totalMinor: 1500 }, 2)).toMatchObject({ purchase: { state: 'refunded' } });
  });
});
