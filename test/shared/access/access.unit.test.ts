import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AccessEvent, backOffMs, commentOf, RECHECK_MS, stepAccess, withProfile } from '#shared/access/access.ts';
import { sampleAccess, sampleGrant } from './sample-access.ts';

const fresh = sampleAccess();
const grant = sampleGrant;

const anyEvent: fc.Arbitrary<AccessEvent> = fc.oneof(
  fc.constantFrom(1, 2).map((id): AccessEvent => ({ kind: 'granted', grant: grant(id) })),
  fc.constantFrom(1, 2).map((purchaseId): AccessEvent => ({ kind: 'revoked', purchaseId })),
  fc.constantFrom('present' as const, 'absent' as const).map((observed): AccessEvent => ({ kind: 'seen', observed })),
  fc.boolean().map((answerLost): AccessEvent => ({ kind: 'failed', answerLost })),
  fc.constantFrom<AccessEvent>({ kind: 'tried' }, { kind: 'doubted' }),
);

const afterAll = (events: readonly AccessEvent[]) =>
  events.reduce((access, event, index) => stepAccess(access, event, index * 1000), fresh);

describe('an access', () => {
  it('is wanted on the router exactly while a purchase grants it', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 20 }), (events) => {
        const access = afterAll(events);
        expect(access.desired === 'present').toBe(access.grants.length > 0);
      }),
    );
  });

  it('stays due as long as the router has not been seen to agree', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 20 }), (events) => {
        const access = afterAll(events);
        if (access.observed !== access.desired) expect(access.dueAt).not.toBeNull();
      }),
    );
  });

  it('forgets what was seen whenever what is wanted changes', () => {
    const present = stepAccess(
      stepAccess(fresh, { kind: 'granted', grant: grant(1) }, 0),
      { kind: 'seen', observed: 'present' },
      1,
    );
    expect(present).toMatchObject({ desired: 'present', observed: 'present', dueAt: null });
    expect(stepAccess(present, { kind: 'granted', grant: grant(2) }, 2)).toMatchObject({ observed: 'unknown' });
    expect(stepAccess(present, { kind: 'revoked', purchaseId: 1 }, 2)).toMatchObject({
      desired: 'absent',
      observed: 'unknown',
      dueAt: 2,
    });
  });

  it('raises its version with every event but a mere try, which only claims the due time', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const after = stepAccess(fresh, event, 5);
        expect(after.version).toBe(event.kind === 'tried' ? fresh.version : fresh.version + 1);
        if (event.kind === 'tried') expect(after.attempts).toBe(fresh.attempts + 1);
      }),
    );
  });

  it('is read once more a minute after a lost answer, although it was seen as wanted', () => {
    const granted = stepAccess(fresh, { kind: 'granted', grant: grant(1) }, 0);
    const lost = stepAccess(granted, { kind: 'failed', answerLost: true }, 10_000);
    const seen = stepAccess(lost, { kind: 'seen', observed: 'present' }, 20_000);
    expect(seen.dueAt).toBe(10_000 + RECHECK_MS);
    expect(stepAccess(seen, { kind: 'seen', observed: 'present' }, 10_000 + RECHECK_MS)).toMatchObject({
      dueAt: null,
      uncertainSince: null,
    });
  });

  it('backs off from 5 s to a minute and stays there', () => {
    expect([0, 1, 2, 3, 4, 50].map(backOffMs)).toEqual([5_000, 10_000, 20_000, 30_000, 60_000, 60_000]);
  });

  it('carries nothing but its id in the router comment', () => {
    expect(commentOf(fresh)).toBe('px:abc');
  });
});

it('an access that was sold before its router had told its profiles learns them, and the belt with them', () => {
  const shown = { name: '1hora', rateLimit: '5M/10M', sharedUsers: '2', sessionTimeout: '1h' };
  const sold = sampleAccess({ profileName: '1hora', devices: null });
  expect(withProfile(sold, [{ ...shown, name: '1dia' }, shown])).toMatchObject({ profileLimits: shown, devices: 2 });
  expect(withProfile(sold, [])).toBe(sold);
  const known = sampleAccess({ profileName: '1hora', profileLimits: { ...shown, rateLimit: null }, devices: 1 });
  expect(withProfile(known, [shown])).toBe(known);
});
