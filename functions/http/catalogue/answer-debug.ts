import { catalogueRows } from '#shared/http/contracts/catalogue.ts';
import { endpoint } from '#shared/http/endpoint.ts';

/** The reference dumps inactive products here. Without a row of its own, `debug` would be read as a product's number. */
export const handler = endpoint(catalogueRows.answerDebug, () =>
  Promise.resolve({ status: 404, body: { detail: 'Not Found' } }),
);
