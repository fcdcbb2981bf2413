import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepAccess } from '#shared/access/access.ts';
import {
  endsAt,
  isOver,
  leftOf,
  limitsOf,
  nextLookAt,
  observed,
  type Reading,
  remade,
  USE_WITHIN_MS,
} from '#shared/access/time-sold.ts';
import type { Access } from '#shared/store/accesses.ts';
import { accessClocks } from '#shared/store/time-sold.ts';
import { sampleAccess, sampleGrant } from './sample-access.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const T0 = 1_800_000_000_000;

const hour = (purchaseId: number, since = T0) => sampleGrant(purchaseId, { since, seconds: 3600 });
const granted = (access: Access, ...grants: ReturnType<typeof sampleGrant>[]) =>
  grants.reduce((current, grant) => stepAccess(current, { kind: 'granted', grant }, grant.since), access);
const sold = (clock: Access['clock'], ...grants: ReturnType<typeof sampleGrant>[]) =>
  granted(sampleAccess({ clock, devices: 1 }), ...grants);
const offline = (seconds: number, bytes = 0): Reading => ({ seconds, bytes, sessions: [] });

describe('time from the purchase', () => {
  const access = sold('purchase', hour(1));

  it('ends an hour later, online or not, with the same hour as a belt on the router', () => {
    expect(endsAt(access)).toBe(T0 + HOUR);
    expect(limitsOf(access)).toEqual({ uptimeSeconds: 3600, bytes: null });
    expect(leftOf(access, T0 + 10 * MINUTE).seconds).toBe(50 * 60);
    expect([isOver(access, T0 + HOUR - 1), isOver(access, T0 + HOUR)]).toEqual([false, true]);
  });

  it('is stacked: bought while some is left, it begins where that ends', () => {
    const extended = granted(access, hour(2, T0 + 30 * MINUTE));
    expect(endsAt(extended)).toBe(T0 + 2 * HOUR);
    expect(limitsOf(extended).uptimeSeconds).toBe(7200);
  });

  it('begins anew when it is bought after the end', () => {
    const late = granted(stepAccess(access, { kind: 'ended' }, T0 + HOUR), hour(2, T0 + 3 * HOUR));
    expect(late).toMatchObject({ desired: 'present', endedAt: null });
    expect(endsAt(late)).toBe(T0 + 4 * HOUR);
  });

  it('loses no more than the part that is given back, whichever it is', () => {
    const extended = granted(access, hour(2, T0 + 30 * MINUTE));
    const at = T0 + 40 * MINUTE;
    expect(endsAt(stepAccess(extended, { kind: 'revoked', purchaseId: 2 }, at))).toBe(T0 + HOUR);
    const second = stepAccess(extended, { kind: 'revoked', purchaseId: 1 }, at);
    expect(endsAt(second)).toBe(T0 + 90 * MINUTE);
    // Forty minutes are on the router's counter: the belt lets the other fifty pass.
    expect((limitsOf(second).uptimeSeconds ?? 0) - 40 * 60).toBeGreaterThanOrEqual(50 * 60);
  });

  it('has a belt for each device, and none where nobody knows how many they are', () => {
    expect(limitsOf({ ...access, devices: 3 }).uptimeSeconds).toBe(3 * 3600);
    expect(limitsOf({ ...access, devices: null }).uptimeSeconds).toBeNull();
  });

  it('comes back with what is left after the router forgot it', () => {
    expect(limitsOf(remade(access, T0 + 45 * MINUTE)).uptimeSeconds).toBe(15 * 60);
  });
});

describe('time from the first use', () => {
  const access = sold('first-use', hour(1));

  it('waits for the buyer, though not for ever', () => {
    expect(endsAt(access)).toBe(T0 + USE_WITHIN_MS);
    expect(leftOf(access, T0 + 30 * DAY).seconds).toBe(3600);
    expect(isOver(access, T0 + USE_WITHIN_MS)).toBe(true);
    expect(limitsOf(access).uptimeSeconds).toBe(3600);
  });

  it('begins when the buyer is first seen online, and the router is told nothing new', () => {
    const seen = observed(access, offline(60), T0 + DAY);
    expect(seen.firstSeenAt).toBe(T0 + DAY);
    expect(endsAt(seen)).toBe(T0 + DAY + HOUR);
    expect(limitsOf(seen)).toEqual(limitsOf(access));
    expect(observed(seen, offline(600), T0 + 2 * DAY).firstSeenAt).toBe(T0 + DAY);
    expect(observed(access, offline(0), T0 + DAY).firstSeenAt).toBeNull();
  });
});

describe('time online', () => {
  const access = sold('use', hour(1));

  it('is what the router counts, and has an absolute last day', () => {
    expect(limitsOf(access)).toEqual({ uptimeSeconds: 3600, bytes: null });
    expect(endsAt(access)).toBe(T0 + USE_WITHIN_MS);
    const used = observed(access, offline(1200), T0 + DAY);
    expect(leftOf(used, T0 + DAY).seconds).toBe(2400);
    expect(isOver(observed(used, offline(3600), T0 + 2 * DAY), T0 + 2 * DAY)).toBe(true);
  });

  it('comes back with what is left after a reset, and goes on from there', () => {
    const reset = remade(observed(access, offline(1200), T0 + HOUR), T0 + 2 * HOUR);
    expect(limitsOf(reset).uptimeSeconds).toBe(2400);
    const later = observed(reset, offline(300), T0 + 3 * HOUR);
    expect(leftOf(later, T0 + 3 * HOUR).seconds).toBe(2100);
    expect(limitsOf(later).uptimeSeconds).toBe(2400);
  });

  it('extended and given back leaves each purchase its own', () => {
    const used = observed(granted(access, hour(2, T0 + MINUTE)), offline(40 * 60), T0 + HOUR);
    const withoutFirst = stepAccess(used, { kind: 'revoked', purchaseId: 1 }, T0 + HOUR);
    expect(leftOf(withoutFirst, T0 + HOUR).seconds).toBe(3600);
    // In terms of the counter, which shows forty minutes.
    expect(limitsOf(withoutFirst).uptimeSeconds).toBe(3600 + 40 * 60);
    const withoutSecond = stepAccess(used, { kind: 'revoked', purchaseId: 2 }, T0 + HOUR);
    expect(leftOf(withoutSecond, T0 + HOUR).seconds).toBe(20 * 60);
    expect(limitsOf(withoutSecond).uptimeSeconds).toBe(3600);
  });

  it('is looked at when it may be over: of one who is online, no later than that', () => {
    const used = observed(access, offline(3000), T0 + HOUR);
    expect(nextLookAt(used, true, T0 + HOUR)).toBe(T0 + HOUR + 600 * SECOND);
    expect(nextLookAt(used, false, T0 + HOUR)).toBe(T0 + USE_WITHIN_MS);
  });

  /**
   * A phone that comes and goes under a router that writes time at once, or at log-out: what we believe is never more than the
   * truth, and less by no more than the time between two readings.
   */
  it.each(['live', 'at log-out'])('is known to one interval, when the router writes it %s', (accounting) => {
    const INTERVAL = 15 * 60;
    const stay = fc.record({ online: fc.boolean(), seconds: fc.integer({ min: 1, max: 5_000 }) });
    fc.assert(
      fc.property(fc.array(stay, { minLength: 1, maxLength: 30 }), (stays) => {
        let current = sold('use', { ...hour(1), seconds: 10_000_000 });
        let [now, truth, closed, nextRead] = [0, 0, 0, INTERVAL];
        for (const { online, seconds } of stays) {
          const start = now;
          const end = now + seconds;
          while (nextRead <= end) {
            const session = online ? nextRead - start : 0;
            const counter = closed + (accounting === 'live' ? session : 0);
            const sessions = session > 0 ? [{ seconds: session, bytes: 0 }] : [];
            current = observed(current, { seconds: counter, bytes: 0, sessions }, T0 + nextRead * SECOND);
            const real = truth + session;
            expect(current.used.seconds).toBeLessThanOrEqual(real);
            expect(current.used.seconds).toBeGreaterThanOrEqual(real - INTERVAL);
            nextRead += INTERVAL;
          }
          if (online) {
            truth += seconds;
            closed += seconds;
          }
          now = end;
        }
      }),
    );
  });
});

describe('a data cap', () => {
  it('is in total, counted over resets, with or without time', () => {
    const access = sold(null, sampleGrant(1, { since: T0, bytes: 1000 }));
    expect(limitsOf(access)).toEqual({ uptimeSeconds: null, bytes: 1000 });
    const reset = remade(observed(access, offline(10, 400), T0 + HOUR), T0 + HOUR);
    expect(limitsOf(reset).bytes).toBe(600);
    expect(isOver(observed(reset, offline(10, 600), T0 + DAY), T0 + DAY)).toBe(true);
  });
});

it('nothing sold sets no limit and never ends', () => {
  const access = granted(sampleAccess(), sampleGrant(1, { since: T0 }));
  expect(limitsOf(access)).toEqual({ uptimeSeconds: null, bytes: null });
  expect(leftOf(access, T0 + 1000 * DAY)).toEqual({ seconds: null, bytes: null });
  expect(isOver(access, T0 + 1000 * DAY)).toBe(false);
});

it('a limit is never zero, which a router would take for none', () => {
  fc.assert(
    fc.property(fc.constantFrom(...accessClocks), fc.integer({ min: 0, max: 10_000 }), (clock, used) => {
      const access = remade(
        observed(sold(clock, { ...hour(1), bytes: 5_000 }), offline(used, used), T0 + used * SECOND),
        T0 + used * SECOND,
      );
      const { uptimeSeconds, bytes } = limitsOf(access);
      expect(uptimeSeconds).toBeGreaterThan(0);
      expect(bytes).toBeGreaterThan(0);
    }),
  );
});

it('an access is wanted exactly while a purchase grants it and time is left, and due while that is not seen', () => {
  const grants = [1, 2].map((id) => hour(id, T0 + id * MINUTE));
  fc.assert(
    fc.property(
      fc.constantFrom(...accessClocks),
      fc.array(fc.constantFrom('g1', 'g2', 'r1', 'r2', 'e'), { maxLength: 8 }),
      (clock, steps) => {
        let access = sampleAccess({ clock, devices: 1 });
        let now = T0;
        for (const step of steps) {
          now += 20 * MINUTE;
          const [first, second] = grants;
          if (step === 'g1' && first) access = stepAccess(access, { kind: 'granted', grant: first }, now);
          if (step === 'g2' && second) access = stepAccess(access, { kind: 'granted', grant: second }, now);
          if (step === 'r1' || step === 'r2')
            access = stepAccess(access, { kind: 'revoked', purchaseId: Number(step.slice(1)) }, now);
          if (step === 'e') access = stepAccess(access, { kind: 'ended' }, now);
          const isWanted = access.grants.length > 0 && !isOver(access, now);
          if (access.version > 1) expect(access.desired).toBe(isWanted ? 'present' : 'absent');
          if (access.observed !== access.desired) expect(access.dueAt).not.toBeNull();
        }
      },
    ),
  );
});
