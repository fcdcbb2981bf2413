import { routerCheckRows } from '#shared/http/contracts/router-check.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toRouterCheck } from '#shared/http/wire/router-check.ts';
import { lookFor } from '#shared/routers/health.ts';
import { healthSchema } from '#shared/store/router-health.ts';
import { keys } from '#shared/store/table.ts';

/** Contract 6.4: the reference gives a connection this long. */
const WITHIN_MS = 5_000;

export const handler = endpoint(
  routerCheckRows.show,
  async ({ caller: { company, router, alongside }, receivedAt, logger }, services) => {
    const known = healthSchema.parse(alongside[0] ?? {});
    const subject = { companyId: company.id, routerId: router.id, known };
    const presence = await lookFor(subject, services, receivedAt + WITHIN_MS).catch((error: unknown) => {
      // The contract has an answer of its own for what goes wrong here.
      logger.error('router not looked for', error, { routerId: router.id });
      return 'unknown' as const;
    });
    return {
      status: 200,
      body: toRouterCheck(presence, services.clock.now()),
      headers: { 'cache-control': 'no-store' },
    };
  },
  { alongside: ({ companyId, routerId }) => [keys.health(companyId, routerId)] },
);
