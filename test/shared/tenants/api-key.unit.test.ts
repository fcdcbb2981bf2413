import { describe, expect, it } from 'vitest';
import { judgeApiKey } from '#shared/tenants/api-key.ts';

const DAY_MS = 86_400_000;
const now = Date.UTC(2026, 4, 3, 18, 22, 10);
const judge = (msLeft: number, useCount = 7) => judgeApiKey({ expiresAt: now + msLeft, useCount }, now);

describe('an API key in force', () => {
  it('needs nothing while it has 30 whole days or more', () => {
    expect(judge(365 * DAY_MS)).toEqual({ expiresInDays: 365, advice: 'none' });
    expect(judge(30 * DAY_MS)).toEqual({ expiresInDays: 30, advice: 'none' });
  });

  it('expires soon when it has less, and still does after it expired', () => {
    expect(judge(30 * DAY_MS - 1)).toEqual({ expiresInDays: 29, advice: 'expires-soon' });
    expect(judge(1)).toEqual({ expiresInDays: 0, advice: 'expires-soon' });
    expect(judge(-1)).toEqual({ expiresInDays: -1, advice: 'expires-soon' });
    expect(judge(-3 * DAY_MS)).toEqual({ expiresInDays: -3, advice: 'expires-soon' });
  });

  it('that nobody ever used is first of all that', () => {
    expect(judge(365 * DAY_MS, 0)).toEqual({ expiresInDays: 365, advice: 'never-used' });
    expect(judge(DAY_MS, 0)).toEqual({ expiresInDays: 1, advice: 'never-used' });
  });
});
