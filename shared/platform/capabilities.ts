import type { SettingName } from './config.ts';

/**
 * What a function may be given. A row or a job lists the capabilities it needs; the stacks turn each into an IAM grant
 * and an environment variable, and `Services` refuses, here as on AWS, to hand out what was not listed.
 */
export const capabilities = {
  table: ['TABLE_NAME'],
  'jobs:send': ['JOBS_QUEUE_URL'],
  'hints:send': ['HINTS_QUEUE_URL'],
  /** Its own address, for whoever is to call back. */
  'own-url': ['OWN_URL'],
  /** How this deployment and its routers reach each other, for whoever tells a router. */
  reach: ['TUNNEL_RANGE', 'TUNNEL_ENDPOINT', 'WORKER_ADDRESSES'],
  /** The hub's key; and who may dial into it. Of a deployment without a hub of its own they give nothing. */
  'hub:read': ['HUB_BUCKET', 'TUNNEL_PUBLIC_KEY'],
  'hub:write': ['HUB_BUCKET'],
  'logos:write': ['LOGOS_BUCKET'],
  'logos:read': ['LOGOS_BUCKET'],
  'gateway-credentials:seal': ['GATEWAY_CREDENTIALS_KEY'],
  'gateway-credentials:open': ['GATEWAY_CREDENTIALS_KEY'],
  'router-credentials:seal': ['ROUTER_CREDENTIALS_KEY'],
  'router-credentials:open': ['ROUTER_CREDENTIALS_KEY'],
  'access-codes:seal': ['ACCESS_CODES_KEY'],
  'access-codes:open': ['ACCESS_CODES_KEY'],
  'telegram-tokens:seal': ['TELEGRAM_TOKENS_KEY'],
  'telegram-tokens:open': ['TELEGRAM_TOKENS_KEY'],
  'sessions:sign': ['SESSIONS_KEY'],
  'sessions:verify': ['SESSIONS_KEY'],
  'api-keys:sign': ['API_KEYS_KEY'],
  'api-keys:verify': ['API_KEYS_KEY'],
} as const satisfies Record<string, readonly SettingName[]>;

export type Capability = keyof typeof capabilities;

export class MissingCapability extends Error {
  override name = 'MissingCapability';

  constructor(capability: Capability) {
    super(`This function uses "${capability}" without listing it in its needs`);
  }
}
