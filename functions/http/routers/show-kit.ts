import { routerRows } from '#shared/http/contracts/routers.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { kitSentences } from '#shared/http/wire/kit.ts';
import { issueKit } from '#shared/onboarding/issue-kit.ts';

export const handler = endpoint(routerRows.showKit, async ({ caller, params, query }, services) => {
  const { empresa_id: companyId, router_id: routerId } = params;
  const script = await issueKit(services, caller.user, {
    companyId,
    routerId,
    version: query.version === undefined ? undefined : query.version === '6' ? 6 : 7,
    sentences: kitSentences(`/admin/empresas/${companyId}/routers/${routerId}/wireguard`),
  });
  return {
    status: 200,
    body: script.reveal(),
    headers: {
      'cache-control': 'no-store',
      // The router is known, so its id is one of ours.
      'content-disposition': `attachment; filename="kit-${routerId}.rsc"`,
    },
  };
});
