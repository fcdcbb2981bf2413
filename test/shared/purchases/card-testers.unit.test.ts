import { describe, expect, it } from 'vitest';
import { isCardDecline } from '#shared/purchases/card-testers.ts';
import { countIn, secondsLeft } from '#shared/security/throttle.ts';
import { samplePurchase } from './sample-purchase.ts';

describe('a card decline', () => {
  const declined = samplePurchase({
    state: 'declined',
    chargingAt: 1000,
    refusal: { reason: 'card_declined', httpStatus: 402 },
  });

  it('is a charge that was sent and refused for the card', () => expect(isCardDecline(declined)).toBe(true));

  it.each([401, 404, 422, 429, 500] as const)('is not what was refused with %i', (httpStatus) => {
    expect(isCardDecline({ ...declined, refusal: { reason: 'default', httpStatus } })).toBe(false);
  });

  it('is not an order that was refused before any card', () =>
    expect(isCardDecline({ ...declined, chargingAt: null })).toBe(false));

  it.each(['paid', 'in_doubt', 'not_charged', 'action_required', 'expired'] as const)(
    'is not one that is %s',
    (state) => expect(isCardDecline({ ...declined, state })).toBe(false),
  );
});

describe('a counter', () => {
  const item = { failures: 3, windowEndsAt: 10_000, pk: 'x' };

  it('counts while its window runs, and not a millisecond longer', () => {
    expect(countIn(item, 9_999)).toMatchObject({ failures: 3 });
    expect(countIn(item, 10_000)).toBeUndefined();
    expect(countIn(undefined, 0)).toBeUndefined();
  });

  it.each([
    [0, 10],
    [1, 10],
    [9_001, 1],
    [9_999, 1],
    [10_500, 1],
  ])('asked at %i ms says to come back in %i s', (now, seconds) => {
    expect(secondsLeft(item, now)).toBe(seconds);
  });
});
