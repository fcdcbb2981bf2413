import { systemRows } from '#shared/http/contracts/system.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import type { OpenApi } from '#shared/http/openapi.ts';

let document: OpenApi | undefined;

export const handler = endpoint(systemRows.showOpenApi, async () => {
  document ??= await describe();
  return { status: 200, body: document, headers: { 'cache-control': 'public, max-age=300' } };
});

/** Every row there is, and an example of each, is more than a function should read before it is asked. */
async function describe(): Promise<OpenApi> {
  const [{ describeApi }, { routes }, { examples }] = await Promise.all([
    import('#shared/http/openapi.ts'),
    import('#shared/http/routes.ts'),
    import('#shared/http/examples.ts'),
  ]);
  return describeApi(routes, examples);
}
