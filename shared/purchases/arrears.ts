/**
 * How long things have been owed. The sweep meets everything that is owed within an hour, most of it each minute, and so
 * knows the age of the oldest without a question of its own.
 */
import type { Measured } from '../platform/metrics.ts';
import type { Access } from '../store/accesses.ts';
import type { Purchase } from '../store/purchases.ts';
import { doubtLooksAtMs } from './purchase-schedule.ts';

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
  const { state, gateway, waitingSince, chargingAt, createdAt } = purchase;
  if (state !== 'in_doubt' && state !== 'charging') return {};
  const ageMs = now - (waitingSince ?? chargingAt ?? createdAt);
  return { doubt: seconds(ageMs), 'doubt-overdue': seconds(ageMs - Math.max(...doubtLooksAtMs[gateway])) };
}

const nothing = { undelivered: 0, 'not-removed': 0, doubt: 0, 'doubt-overdue': 0, 'due-lag': 0 };

/** The oldest of each kind that one sweep met; 0 where it met none. */
export class Arrears {
  #oldest: Readonly<Record<keyof typeof nothing, number>> = nothing;

  get oldest(): Measured {
    return this.#oldest;
  }

  add(more: Measured): void {
    const older = (name: keyof typeof nothing) => Math.max(this.#oldest[name], more[name] ?? 0);
    this.#oldest = {
      undelivered: older('undelivered'),
      'not-removed': older('not-removed'),
      doubt: older('doubt'),
      'doubt-overdue': older('doubt-overdue'),
      'due-lag': older('due-lag'),
    };
  }
}
