import { docsRows } from '#shared/http/contracts/docs.ts';
import { endpoint } from '#shared/http/endpoint.ts';

export const handler = endpoint(docsRows.redirect, () =>
  Promise.resolve({ status: 307, body: {}, headers: { location: '/docs' } }),
);
