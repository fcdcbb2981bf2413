import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Approval } from '#shared/gateways/gateway.ts';
import { disputeEvent, grantsAccess, openStates, owedBackMinor, step } from '#shared/purchases/purchase.ts';
import { type PurchaseEvent, transitions } from '#shared/purchases/purchase-transitions.ts';
import { DELIVERY_DEADLINE_MS, mayGiveUp } from '#shared/purchases/purchase-schedule.ts';
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
    { kind: 'router-refused', cause: 'unreachable' },
  ),
  fc.constantFrom('chg_1', 'chg_2', 'chg_3').map((id): PurchaseEvent => ({ kind: 'approved', approval: approval(id) })),
  fc.constant<PurchaseEvent>({ kind: 'declined', refusal }),
  fc.constantFrom<PurchaseEvent>(
    { kind: 'answer-lost' },
    { kind: 'looked' },
    { kind: 'awaiting-payment' },
    { kind: 'closed-without-charge' },
    { kind: 'abandoned' },
    { kind: 'refund-pending' },
    { kind: 'refund-looked' },
    { kind: 'refund-retried' },
    { kind: 'delivery-checked' },
    { kind: 'refund-sent', paymentId: 'chg_1', amountMinor: 500 },
    { kind: 'refund-refused' },
    { kind: 'dispute-opened' },
    { kind: 'dispute-won' },
    { kind: 'dispute-lost' },
  ),
  fc.constant<PurchaseEvent>({ kind: 'action-required', action: { url: 'https://bank.example', creq: null } }),
  fc.constant<PurchaseEvent>({ kind: 'kept', by: 'ana@wifi.mx' }),
  fc
    .constantFrom(500, 1500)
    .map((totalMinor): PurchaseEvent => ({ kind: 'refund-decided', totalMinor, by: 'ana@wifi.mx' })),
  fc.constantFrom(500, 1500, 3000).map((totalMinor): PurchaseEvent => ({ kind: 'refund-seen', totalMinor })),
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
        for (const purchase of path) if (grantsAccess(purchase)) expect(purchase.paidAt).not.toBeNull();
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
    const unsettled: readonly PurchaseState[] = [
      ...openStates,
      'refunding',
      'refund_pending',
      'refund_failed',
      'disputed',
    ];
    const ended: readonly PurchaseState[] = ['declined', 'refunded', 'charged_back'];
    fc.assert(
      fc.property(histories, (path) => {
        for (const { state, dueAt } of path) {
          if (unsettled.includes(state)) expect(dueAt).not.toBeNull();
          if (ended.includes(state)) expect(dueAt).toBeNull();
        }
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
      purchase: { state: 'paid', paymentId: 'chg_1', paidAt: 1_050_000, refundTargetMinor: 0 },
    });
  });

  it('heard twice changes nothing', () => {
    const paid = samplePurchase({ state: 'paid', paymentId: 'chg_1' });
    expect(step(paid, { kind: 'approved', approval: approval('chg_1') }, 2)).toEqual({ kind: 'unchanged' });
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

  const nextLook = (looks: number, now: number, gateway: Purchase['gateway'] = 'conekta') => {
    const stepped = step({ ...doubtAfter(looks), gateway }, { kind: 'looked' }, now);
    return stepped.kind === 'moved' ? stepped.purchase.dueAt : undefined;
  };

  it('is looked at again 30 s and 2 min after the answer was lost, then each minute', () => {
    expect([1, 31_000, 121_000, 200_000].map((now) => nextLook(1, now))).toEqual([30_000, 120_000, 181_000, 260_000]);
  });

  it('keeps its planned looks, however often a buyer who polls has looked in between', () => {
    expect(nextLook(12, 60_000, 'mercado-pago')).toBe(120_000);
    expect(nextLook(40, 130_000, 'mercado-pago')).toBe(300_000);
  });

  it('that cannot be ended is looked at ever more seldom, once an hour in the end', () => {
    const waits = [1, 30, 24 * 60].map((minutes) => {
      const now = minutes * 60_000;
      const stepped = step(doubtAfter(9), { kind: 'looked' }, now);
      return stepped.kind === 'moved' ? ((stepped.purchase.dueAt ?? 0) - now) / 60_000 : undefined;
    });
    expect(waits).toEqual([1, 3, 60]);
  });

  it('may be given up only after all three looks', () => {
    expect([0, 1, 2, 3].map((looks) => mayGiveUp(doubtAfter(looks), 1e9))).toEqual([false, false, false, true]);
  });

  it('is not given up early because two sweeps looked at once', () => {
    expect([91_000, 120_000].map((now) => mayGiveUp(doubtAfter(4), now))).toEqual([false, true]);
  });
});

describe('a refund', () => {
  const paid = samplePurchase({ state: 'paid', paymentId: 'chg_1', paidAt: 1, deliveredAt: 2 });
  const by = 'ana@wifi.mx';

  function after(start: Purchase, ...events: PurchaseEvent[]): Purchase {
    return events.reduce((purchase, event, index) => {
      const stepped = step(purchase, event, 2_000_000 + index * 1000);
      if (stepped.kind !== 'moved') throw new Error(`${event.kind} was ${stepped.kind}`);
      return stepped.purchase;
    }, start);
  }

  it('of everything takes the access at once and ends the purchase', () => {
    const decided = after(paid, { kind: 'refund-decided', totalMinor: 1500, by });
    expect(grantsAccess(decided)).toBe(false);
    expect(after(decided, { kind: 'refund-seen', totalMinor: 1500 }).state).toBe('refunded');
  });

  it('of a part keeps the access, and the purchase is paid again when it is back', () => {
    const decided = after(paid, { kind: 'refund-decided', totalMinor: 500, by });
    expect(grantsAccess(decided)).toBe(true);
    const seen = after(decided, { kind: 'refund-seen', totalMinor: 500 });
    expect(seen).toMatchObject({ state: 'paid', refundedMinor: 500, dueAt: null });
  });

  it('made by hand at the gateway is taken over', () => {
    expect(after(paid, { kind: 'refund-seen', totalMinor: 1500 }).state).toBe('refunded');
  });

  it('of a second approval keeps the purchase and its access, and is done when that payment is back', () => {
    const twice = after(paid, { kind: 'approved', approval: approval('chg_2') });
    expect(twice).toMatchObject({ state: 'refunding', surplusPaymentIds: ['chg_2'], refundTargetMinor: 0 });
    expect(grantsAccess(twice)).toBe(true);
    expect(owedBackMinor(twice)).toBe(1500);
    expect(after(twice, { kind: 'refund-seen', totalMinor: 1500 }).state).toBe('paid');
  });

  it('keeps its number while it is sent again, and gets a new one after a refusal', () => {
    const sent = { kind: 'refund-sent', paymentId: 'chg_1', amountMinor: 1500 } as const;
    const first = after(paid, { kind: 'refund-decided', totalMinor: 1500, by }, sent);
    expect(after(first, sent).refundAttempt?.number).toBe(1);
    const again = after(first, { kind: 'refund-refused' }, { kind: 'refund-retried' }, sent);
    expect(again.refundAttempt?.number).toBe(2);
  });

  it('that failed is tried each day for thirty days, then left to a person', () => {
    const failed = after(paid, { kind: 'refund-decided', totalMinor: 1500, by }, { kind: 'refund-refused' });
    const day = 24 * 60 * 60 * 1000;
    expect((failed.dueAt ?? 0) - (failed.refundFailedSince ?? 0)).toBe(day);
    const old = { ...failed, state: 'refunding', refundFailedSince: 2_000_000 - 31 * day } as const;
    expect(after(old, { kind: 'refund-refused' }).dueAt).toBeNull();
  });

  it('that cannot be made can be turned into a delivery', () => {
    const failed = after(paid, { kind: 'refund-decided', totalMinor: 1500, by }, { kind: 'refund-refused' });
    const kept = after(failed, { kind: 'kept', by });
    expect(kept).toMatchObject({ state: 'paid', keptBy: by, refundTargetMinor: 0, dueAt: null });
    expect(grantsAccess(kept)).toBe(true);
    // The access was taken with the refund: all of the time is counted from now.
    expect(kept.timeFrom).toBe(2_000_000);
  });

  it('of a part, that cannot be made, leaves the time as it runs', () => {
    const failed = after(
      { ...paid, timeFrom: 7 },
      { kind: 'refund-decided', totalMinor: 500, by },
      { kind: 'refund-refused' },
    );
    expect(after(failed, { kind: 'kept', by }).timeFrom).toBe(7);
  });
});

describe('a dispute', () => {
  const paid = samplePurchase({ state: 'paid', paymentId: 'chg_1', paidAt: 1, deliveredAt: 2 });
  const at = (start: Purchase, ...kinds: PurchaseEvent['kind'][]): Purchase =>
    kinds.reduce((purchase, kind) => {
      const event = { kind, totalMinor: 1500, by: 'ana@wifi.mx', paymentId: 'chg_1', amountMinor: 1500 };
      const stepped = step(purchase, event as PurchaseEvent, 2_000_000);
      if (stepped.kind !== 'moved') throw new Error(`${kind} was ${stepped.kind}`);
      return stepped.purchase;
    }, start);

  it('takes the access at once, and the money stays to be decided', () => {
    const disputed = at(paid, 'dispute-opened');
    expect(disputed).toMatchObject({ state: 'disputed', disputedAt: 2_000_000, withdrawnAt: 2_000_000 });
    expect(grantsAccess(disputed)).toBe(false);
  });

  it('that is won leaves the money, and does not give the access back', () => {
    const won = at(paid, 'dispute-opened', 'dispute-won');
    expect(won).toMatchObject({ state: 'paid', disputedAt: null, dueAt: null });
    expect(grantsAccess(won)).toBe(false);
  });

  it.each([
    ['the clock on the wall has left some', 'purchase', 3600, true],
    ['it has left none', 'purchase', 600, false],
    ['it begins with the first use, which the access knows', 'first-use', 600, true],
    ['only the router knew what was left', 'use', 3600, false],
  ] as const)('that is won gives the access back where time is left: %s', (_, clock, seconds, expected) => {
    const timeSold = { clock, seconds, bytes: null, devices: null };
    const won = at({ ...paid, timeSold, timeFrom: 1_000_000 }, 'dispute-opened', 'dispute-won');
    expect(grantsAccess(won)).toBe(expected);
  });

  it('that is won before anything was delivered ends in a refund, since the deadline is over', () => {
    const won = at({ ...paid, deliveredAt: null, deliverBy: 1_600_000 }, 'dispute-opened', 'dispute-won');
    expect(won).toMatchObject({ state: 'paid', dueAt: 1_600_000 });
  });

  it.each([[['dispute-opened', 'dispute-lost'] as const], [['dispute-lost'] as const]])(
    'that is lost ends the purchase, heard of before or not: %s',
    (kinds) => {
      const lost = at(paid, ...kinds);
      expect(lost).toMatchObject({ state: 'charged_back', dueAt: null });
      expect(grantsAccess(lost)).toBe(false);
    },
  );

  it('that is lost leaves a second payment to be given back', () => {
    const twice = step(paid, { kind: 'approved', approval: approval('chg_2') }, 2_000_000);
    const lost = twice.kind === 'moved' ? at(twice.purchase, 'dispute-lost') : undefined;
    expect(lost).toMatchObject({ state: 'refunding', dueAt: 2_000_000 });
    expect(lost && grantsAccess(lost)).toBe(false);
    expect(lost && disputeEvent(lost, 'lost')).toBeUndefined();
    expect(lost && at(lost, 'refund-seen').state).toBe('charged_back');
  });

  it('that was lost is followed by the refund of a second payment that comes later', () => {
    const twice = step(at(paid, 'dispute-lost'), { kind: 'approved', approval: approval('chg_2') }, 2_000_000);
    expect(twice).toMatchObject({ kind: 'moved', purchase: { state: 'refunding', dueAt: 2_000_000 } });
    expect(twice.kind === 'moved' && at(twice.purchase, 'refund-seen').state).toBe('charged_back');
  });

  it('takes the access of a purchase that is partly given back, and the refund waits for the bank', () => {
    const partly = step(paid, { kind: 'refund-decided', totalMinor: 500, by: 'ana@wifi.mx' }, 2_000_000);
    const disputed = partly.kind === 'moved' ? at(partly.purchase, 'dispute-opened') : undefined;
    expect(disputed).toMatchObject({ state: 'refunding', dueAt: 2_000_000 + 24 * 60 * 60_000 });
    expect(disputed && grantsAccess(disputed)).toBe(false);
    expect(disputed && at(disputed, 'dispute-won')).toMatchObject({ state: 'refunding', dueAt: 2_000_000 });
  });

  it('that is won after everything was given back by hand is a refund', () => {
    expect(at(paid, 'dispute-opened', 'refund-seen', 'dispute-won').state).toBe('refunded');
  });

  it('that is won owes back a second payment that came meanwhile', () => {
    const disputed = at(paid, 'dispute-opened');
    const twice = step(disputed, { kind: 'approved', approval: approval('chg_2') }, 2_000_000);
    expect(twice.kind === 'moved' && at(twice.purchase, 'dispute-won').state).toBe('refunding');
  });

  it('is news once', () => {
    const disputed = at(paid, 'dispute-opened');
    expect(disputeEvent(paid, 'open')).toEqual({ kind: 'dispute-opened' });
    expect(disputeEvent(disputed, 'open')).toBeUndefined();
    expect(disputeEvent(disputed, 'won')).toEqual({ kind: 'dispute-won' });
    expect(disputeEvent(paid, 'won')).toBeUndefined();
    expect(disputeEvent(paid, null)).toBeUndefined();
    expect(disputeEvent(disputed, null)).toEqual({ kind: 'dispute-won' });
  });
});

describe('a paid purchase', () => {
  it("whose buyer was at the bank's page has the whole time for its delivery", () => {
    const waiting = samplePurchase({ state: 'action_required', orderRef: 'ord_1', waitingSince: 1_000_000 });
    const stepped = step(waiting, { kind: 'approved', approval: approval('chg_1') }, 1_800_000);
    expect(stepped).toMatchObject({ purchase: { state: 'paid', dueAt: 1_800_000 + DELIVERY_DEADLINE_MS } });
  });

  it('is looked at when its delivery deadline is over, ten minutes after the request', () => {
    const doubt = samplePurchase({ state: 'charging', orderRef: 'ord_1' });
    const stepped = step(doubt, { kind: 'approved', approval: approval('chg_1') }, 1_010_000);
    expect(stepped).toMatchObject({ purchase: { state: 'paid', dueAt: 1_000_000 + DELIVERY_DEADLINE_MS } });
  });

  it('whose doubt ends after that is given back: the buyer has long gone', () => {
    const doubt = samplePurchase({ state: 'in_doubt', orderRef: 'ord_1', waitingSince: 1_020_000 });
    const stepped = step(doubt, { kind: 'approved', approval: approval('chg_1') }, 1_000_001 + DELIVERY_DEADLINE_MS);
    expect(stepped).toMatchObject({ purchase: { state: 'refunding', refundTargetMinor: 1500 } });
  });
});
