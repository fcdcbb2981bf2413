import { publicConfigRows } from '#shared/http/contracts/public-config.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toPublicConfig } from '#shared/http/wire/public-config.ts';

export const handler = endpoint(publicConfigRows.show, ({ caller: { company, router } }) =>
  Promise.resolve({ status: 200, body: toPublicConfig(company, router) }),
);
