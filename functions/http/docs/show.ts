import { docsRows } from '#shared/http/contracts/docs.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { explorerHeaders, explorerPage } from '#shared/http/explorer.ts';

export const handler = endpoint(docsRows.show, () =>
  Promise.resolve({ status: 200, body: explorerPage, headers: explorerHeaders }),
);
