/**
 * Portals run on pages served by the routers, so every call is cross-origin. API Gateway answers preflights itself from
 * these, and the sandbox does the same. No credentials: keys travel in headers, never in cookies.
 */
export const cors = {
  origins: ['*'],
  methods: ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
  headers: ['authorization', 'x-api-key', 'content-type', 'idempotency-key'],
  exposedHeaders: ['retry-after', 'x-correlation-id', 'x-siguiente'],
  maxAgeSeconds: 86_400,
} as const;
