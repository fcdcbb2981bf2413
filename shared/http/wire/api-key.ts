import * as z from 'zod';
import type { ApiKey } from '../../store/api-keys.ts';
import { type ApiKeyAdvice, judgeApiKey } from '../../tenants/api-key.ts';
import { zonelessTime, zonelessTimeOrNull } from './timestamp.ts';

/** What stands beside a key the one time it is shown (contract 6.8, rows 43 and 48). */
export const apiKeyInfo = z.object({
  key_id: z.string(),
  issued_at: z.string(),
  expires_at: z.string(),
  type: z.literal('router_api_key'),
});

export const toApiKeyInfo = (apiKey: ApiKey): z.input<typeof apiKeyInfo> => ({
  key_id: apiKey.id,
  issued_at: zonelessTime(apiKey.issuedAt),
  expires_at: zonelessTime(apiKey.expiresAt),
  type: 'router_api_key',
});

/** A key in the list of a router's keys (contract 6.8, row 49). */
export const apiKeyBody = z.object({
  key_id: z.string(),
  router_id: z.string(),
  empresa_id: z.string(),
  issued_at: z.string(),
  expires_at: z.string(),
  revoked: z.boolean(),
  revoked_at: z.string().nullable(),
  last_used: z.string().nullable(),
  use_count: z.number(),
});

export const toApiKeyBody = (apiKey: ApiKey): z.input<typeof apiKeyBody> => ({
  key_id: apiKey.id,
  router_id: apiKey.routerId,
  empresa_id: apiKey.companyId,
  issued_at: zonelessTime(apiKey.issuedAt),
  expires_at: zonelessTime(apiKey.expiresAt),
  revoked: apiKey.revokedAt !== null,
  revoked_at: zonelessTimeOrNull(apiKey.revokedAt),
  last_used: zonelessTimeOrNull(apiKey.lastUsedAt),
  use_count: apiKey.useCount,
});

/** Contract 6.8, row 51; nulls are part of it. */
export const apiKeyStatus = z.object({
  router_id: z.string(),
  has_active_key: z.boolean(),
  key_id: z.string().nullable(),
  issued_at: z.string().nullable(),
  expires_at: z.string().nullable(),
  expires_in_days: z.number().nullable(),
  last_used: z.string().nullable(),
  use_count: z.number().nullable(),
  status: z.enum(['active', 'no_key']),
  warning: z.string().nullable(),
  recommendation: z.string().nullable(),
});

/** The state and the texts of contract 4.3. @param apiKey the key in force, undefined when there is none */
export function toApiKeyStatus(
  routerId: string,
  apiKey: ApiKey | undefined,
  now: number,
): z.input<typeof apiKeyStatus> {
  if (!apiKey)
    return {
      router_id: routerId,
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
    };
  const { expiresInDays, advice } = judgeApiKey(apiKey, now);
  return {
    router_id: routerId,
    has_active_key: true,
    key_id: apiKey.id,
    issued_at: zonelessTime(apiKey.issuedAt),
    expires_at: zonelessTime(apiKey.expiresAt),
    expires_in_days: expiresInDays,
    last_used: zonelessTimeOrNull(apiKey.lastUsedAt),
    use_count: apiKey.useCount,
    status: 'active',
    ...adviceTexts(advice, expiresInDays),
  };
}

function adviceTexts(advice: ApiKeyAdvice, days: number): { warning: string | null; recommendation: string | null } {
  switch (advice) {
    case 'never-used':
      return {
        warning: 'Esta API Key nunca ha sido usada',
        recommendation: 'Verificar que el cliente la esté usando correctamente',
      };
    case 'expires-soon':
      return {
        warning: `La API Key expira en ${days} días`,
        recommendation: 'Considerar regenerar la API Key pronto',
      };
    case 'none':
      return { warning: null, recommendation: null };
  }
}
