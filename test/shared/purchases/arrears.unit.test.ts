import { describe, expect, it } from 'vitest';
import { Arrears, arrearsOfAccess, arrearsOfPurchase } from '#shared/purchases/arrears.ts';
import { sampleAccess } from '../access/sample-access.ts';
import { samplePurchase } from './sample-purchase.ts';

const NOW = 10_000_000;
const grant = { purchaseId: 1, since: NOW - 90_000, seconds: null, bytes: null };

describe('an access', () => {
  it('that was paid and not seen on its router since is undelivered', () => {
    const owed = sampleAccess({ desired: 'present', observed: 'unknown', grants: [grant] });
    expect(arrearsOfAccess(owed, NOW)).toEqual({ undelivered: 90 });
    expect(arrearsOfAccess({ ...owed, confirmedAt: NOW - 100_000 }, NOW)).toEqual({ undelivered: 90 });
  });

  it('that a router lost after it was delivered is not', () => {
    const lost = sampleAccess({ desired: 'present', observed: 'unknown', grants: [grant], confirmedAt: NOW - 80_000 });
    expect(arrearsOfAccess(lost, NOW)).toEqual({});
  });

  it('that nobody paid for any more and that may still be there is not removed', () => {
    const left = sampleAccess({ desired: 'absent', observed: 'unknown', wantedSince: NOW - 5_000 });
    expect(arrearsOfAccess(left, NOW)).toEqual({ 'not-removed': 5 });
    expect(arrearsOfAccess({ ...left, observed: 'absent' }, NOW)).toEqual({});
  });

  it('whose time is over is no money`s matter', () => {
    const over = sampleAccess({ desired: 'absent', observed: 'present', grants: [grant], wantedSince: NOW - 5_000 });
    expect(arrearsOfAccess(over, NOW)).toEqual({});
  });
});

describe('a purchase in doubt', () => {
  const doubt = (gateway: 'conekta' | 'mercado-pago', ageMs: number) =>
    arrearsOfPurchase(samplePurchase({ state: 'in_doubt', gateway, waitingSince: NOW - ageMs }), NOW);

  it('is overdue after the last look that its gateway has planned', () => {
    expect(doubt('conekta', 60_000)).toEqual({ doubt: 60, 'doubt-overdue': 0 });
    expect(doubt('conekta', 180_000)).toEqual({ doubt: 180, 'doubt-overdue': 60 });
    // Its search lags: a day is planned.
    expect(doubt('mercado-pago', 180_000)).toEqual({ doubt: 180, 'doubt-overdue': 0 });
  });

  it('has an age, and one that is paid has none', () => {
    expect(arrearsOfPurchase(samplePurchase({ state: 'paid' }), NOW)).toEqual({});
  });
});

it('a refund is open from its decision on, unless it was refused before or the bank holds the money', () => {
  const open = samplePurchase({ state: 'refunding', refundSince: NOW - 7_000 });
  expect(arrearsOfPurchase(open, NOW)).toEqual({ 'refund-open': 7 });
  expect(arrearsOfPurchase({ ...open, refundFailedSince: NOW - 5_000 }, NOW)).toEqual({});
  expect(arrearsOfPurchase({ ...open, disputedAt: NOW - 5_000 }, NOW)).toEqual({});
  expect(arrearsOfPurchase({ ...open, state: 'refund_pending' }, NOW)).toEqual({});
});

it('of all that one sweep met the oldest counts, and nothing is nothing', () => {
  const arrears = new Arrears();
  expect(new Set(Object.values(arrears.oldest))).toEqual(new Set([0]));
  expect(Object.keys(arrears.oldest)).toContain('due-lag');
  arrears.add({ undelivered: 5, 'due-lag': 1 });
  arrears.add({ undelivered: 3, doubt: 2 });
  expect(arrears.oldest).toMatchObject({ undelivered: 5, doubt: 2, 'due-lag': 1 });
});
