import { describe, expect, it } from 'vitest';
import { newCompanyId, newKeyId, newPurchaseId, newRouterId, uuidOf } from '#shared/platform/ids.ts';

const YEAR_MS = 365.25 * 24 * 60 * 60 * 1000;

describe('ids', () => {
  it('look as the contract shows them', () => {
    expect(newCompanyId()).toMatch(/^EMP_[0-9A-F]{10}$/);
    expect(newRouterId()).toMatch(/^RTR_[0-9A-F]{8}$/);
    expect(newKeyId()).toMatch(/^key_[0-9a-f]{16}$/);
  });

  it('of purchases grow with time and are exact numbers in JSON for decades', () => {
    const now = Date.UTC(2026, 10, 24);
    expect(newPurchaseId(now + 1)).toBeGreaterThan(newPurchaseId(now));
    expect(Number.isSafeInteger(newPurchaseId(now + 32 * YEAR_MS))).toBe(true);
  });

  it('of one request are the same UUID in every version of this program', () => {
    expect(uuidOf('refund 7000000001 1')).toBe('1014120a-3374-5438-8db7-e0933c062925');
    expect(uuidOf('charge HS7000000001')).toBe('88780327-6cf6-5ef8-8b02-af4de8504f05');
  });
});
