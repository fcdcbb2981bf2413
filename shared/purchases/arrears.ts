/**
 * How long things have been owed. The sweep meets everything that is owed within an hour, most of it each minute, and so
 * knows the age of the oldest without a question of its own.
 */
import type { Measured } from '../platform/metrics.ts';
import type { Access } from '../store/accesses.ts';
import type { Purchase } from '../store/purchases.ts';
import { doubtLooksAtMs } from './purchase-schedule.ts';

/** The ages that one sweep finds out. */
type Age = 'undelivered' | 'not-removed' | 'doubt' | 'doubt-overdue' | 'refund-open' | 'due-lag' | 'untold';

const SECOND = 1000;
const seconds = (ms: number): number => Math.max(0, ms) / SECOND;

/** @returns nothing for an access that only its own time, or its router, keeps waiting */
export function arrearsOfAccess(
  { desired, observed, grants, confirmedAt, wantedSince }: Access,
  now: number,
): Measured {
  const paidAt = Math.max(...grants.map(({ since }) => since));
  if (desired === 'present' && observed !== 'present' && paidAt > (confirmedAt ?? 0))
    return { undelivered: seconds(now - paidAt) };
  if (desired === 'absent' && observed !== 'absent' && grants.length === 0 && wantedSince !== null)
    return { 'not-removed': seconds(now - wantedSince) };
  return {};
}

export function arrearsOfPurchase(purchase: Purchase, now: number): Measured {
  const { state, gateway, waitingSince, chargingAt, createdAt, refundSince, refundFailedSince, disputedAt } = purchase;
  // One that has failed before is counted each time, and one that is disputed is the bank's to end.
  if (state === 'refunding' && refundSince !== null && refundFailedSince === null && disputedAt === null)
    return { 'refund-open': seconds(now - refundSince) };
  if (state !== 'in_doubt' && state !== 'charging') return {};
  const ageMs = now - (waitingSince ?? chargingAt ?? createdAt);
  return { doubt: seconds(ageMs), 'doubt-overdue': seconds(ageMs - Math.max(...doubtLooksAtMs[gateway])) };
}

const nothing: Readonly<Record<Age, number>> = {
  undelivered: 0,
  'not-removed': 0,
  doubt: 0,
  'doubt-overdue': 0,
  'refund-open': 0,
  'due-lag': 0,
  untold: 0,
};

/** The oldest of each kind that one sweep met; 0 where it met none. */
export class Arrears {
  #oldest = nothing;

  get oldest(): Measured {
    return this.#oldest;
  }

  add(more: Measured): void {
    const older = (age: Age) => Math.max(this.#oldest[age], more[age] ?? 0);
    this.#oldest = {
      undelivered: older('undelivered'),
      'not-removed': older('not-removed'),
      doubt: older('doubt'),
      'doubt-overdue': older('doubt-overdue'),
      'refund-open': older('refund-open'),
      'due-lag': older('due-lag'),
      untold: older('untold'),
    };
  }
}
