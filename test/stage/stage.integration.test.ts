import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Stage, stageAdmin, startStage } from './stage.ts';
import { addCompany, addRouter } from './tenants.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

it('routes requests to the handlers of the table, and what no row takes to the fallback', async () => {
  expect(await stage.call('GET', '/health')).toMatchObject({ status: 200, body: { status: 'healthy' } });
  expect(await stage.call('GET', '/health/?a=1')).toMatchObject({ status: 307, headers: { location: '/health?a=1' } });
  expect(await stage.call('POST', '/health')).toMatchObject({ status: 405 });
  expect(await stage.call('GET', '/nowhere')).toMatchObject({ status: 404, body: { detail: 'Not Found' } });
});

it('has a super admin, one only, and admins of companies', async () => {
  const headers = await stage.asSuperAdmin();
  expect(await stage.asSuperAdmin()).toEqual({ authorization: expect.stringMatching(/^Bearer /) });
  const companyId = await addCompany(stage);
  await addRouter(stage, companyId);
  const refused = await stage.call('GET', '/admin/empresas', { headers: await stage.asCompanyAdmin(companyId) });
  expect(refused).toMatchObject({ status: 403, body: { detail: 'Se requiere rol SUPER_ADMIN' } });
  const { body } = await stage.call('GET', '/admin/usuarios', { headers });
  expect(body).toMatchObject([{ email: stageAdmin.email }, { rol: 'cliente_admin', empresa_id: companyId }]);
});

it('counts the calls of AWS services', async () => {
  expect(await stage.countCalls(() => stage.services.users.find(1))).toEqual({ GetItem: 1 });
});
