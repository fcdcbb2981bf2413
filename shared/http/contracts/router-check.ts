import { defineRow, plainRow } from '../contract.ts';
import { routerCheckBody } from '../wire/router-check.ts';

/** Contract 6.4, #18: whether the router of a portal's key answers. A body is ignored. */
export const routerCheckRows = {
  show: defineRow({
    ...plainRow,
    id: 'router-check/show',
    summary: 'Comprueba si el router responde.',
    method: 'POST',
    path: '/api/v1/routers/validar-empresa-router',
    auth: 'api-key',
    replies: { 200: routerCheckBody },
    needs: ['api-keys:verify', 'table', 'jobs:send'],
    timeoutSeconds: 10,
  }),
};
