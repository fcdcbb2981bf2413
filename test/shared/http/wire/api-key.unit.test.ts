import { describe, expect, it } from 'vitest';
import { toApiKeyStatus } from '#shared/http/wire/api-key.ts';
import type { ApiKey } from '#shared/store/api-keys.ts';

const DAY_MS = 86_400_000;
const now = Date.UTC(2026, 4, 3, 18, 22, 10, 123);
const apiKey = (more: Partial<ApiKey>): ApiKey => ({
  id: 'key_0123456789abcdef',
  hash: 'a hash',
  companyId: 'EMP_3A9F1C0B2D',
  routerId: 'RTR_A1B2C3D4',
  issuedAt: now,
  expiresAt: now + 365 * DAY_MS,
  revokedAt: null,
  lastUsedAt: null,
  useCount: 0,
  ...more,
});
const texts = (more: Partial<ApiKey>) => {
  const { expires_in_days, status, warning, recommendation } = toApiKeyStatus('RTR_A1B2C3D4', apiKey(more), now);
  return { expires_in_days, status, warning, recommendation };
};

describe('the status of a router`s key (contract 4.3)', () => {
  it('without a key has nulls and the advice to make one', () => {
    expect(toApiKeyStatus('RTR_A1B2C3D4', undefined, now)).toEqual({
      router_id: 'RTR_A1B2C3D4',
      has_active_key: false,
      key_id: null,
      issued_at: null,
      expires_at: null,
      expires_in_days: null,
      last_used: null,
      use_count: null,
      status: 'no_key',
      warning: null,
      recommendation: 'Generar una nueva API Key',
    });
  });

  it('of a healthy key has every field and no warning', () => {
    expect(toApiKeyStatus('RTR_A1B2C3D4', apiKey({ useCount: 3, lastUsedAt: now + 1000 }), now)).toEqual({
      router_id: 'RTR_A1B2C3D4',
      has_active_key: true,
      key_id: 'key_0123456789abcdef',
      issued_at: '2026-05-03T18:22:10.123000',
      expires_at: '2027-05-03T18:22:10.123000',
      expires_in_days: 365,
      last_used: '2026-05-03T18:22:11.123000',
      use_count: 3,
      status: 'active',
      warning: null,
      recommendation: null,
    });
  });

  it('warns of a key that ends within 30 days, and one that has ended is still called active', () => {
    expect(texts({ useCount: 1, expiresAt: now + 12 * DAY_MS })).toEqual({
      expires_in_days: 12,
      status: 'active',
      warning: 'La API Key expira en 12 días',
      recommendation: 'Considerar regenerar la API Key pronto',
    });
    expect(texts({ useCount: 1, expiresAt: now - 1 })).toMatchObject({
      expires_in_days: -1,
      status: 'active',
      warning: 'La API Key expira en -1 días',
    });
  });

  it('says of a key nobody used only that', () => {
    expect(texts({ useCount: 0, expiresAt: now + 12 * DAY_MS })).toEqual({
      expires_in_days: 12,
      status: 'active',
      warning: 'Esta API Key nunca ha sido usada',
      recommendation: 'Verificar que el cliente la esté usando correctamente',
    });
  });
});
