import { systemRows } from '#shared/http/contracts/system.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { examples } from '#shared/http/examples.ts';
import { describeApi, type OpenApi } from '#shared/http/openapi.ts';
import { routes } from '#shared/http/routes.ts';

let document: OpenApi | undefined;

export const handler = endpoint(systemRows.showOpenApi, () => {
  document ??= describeApi(routes, examples);
  return Promise.resolve({ status: 200, body: document, headers: { 'cache-control': 'public, max-age=300' } });
});
