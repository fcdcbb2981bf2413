import { routerRows } from '#shared/http/contracts/routers.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toHealthSummary } from '#shared/http/wire/router-health.ts';
import { readFleet } from '#shared/routers/fleet.ts';

export const handler = endpoint(routerRows.listHealth, async ({ query, receivedAt }, services) => {
  const { members, next } = await readFleet(services, query.cursor ?? '', query.limit);
  return {
    status: 200,
    body: {
      routers: members.map(({ watch, router, companyName, health }) => ({
        id: router.id,
        nombre: router.name,
        empresa_id: router.companyId,
        empresa_nombre: companyName,
        activo: router.active,
        ...toHealthSummary(router, health, watch.everyMinutes, receivedAt),
      })),
      siguiente: next,
    },
  };
});
