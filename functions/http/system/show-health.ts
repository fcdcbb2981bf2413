import { systemRows } from '#shared/http/contracts/system.ts';
import { endpoint } from '#shared/http/endpoint.ts';

export const handler = endpoint(systemRows.showHealth, () =>
  Promise.resolve({ status: 200, body: { status: 'healthy' } }),
);
