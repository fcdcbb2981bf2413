import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '#shared/http/routes.ts';
import { type Stage, startStage } from '../../stage/stage.ts';
import { addCompany, addRouter, type StagedRouter } from '../../stage/tenants.ts';

let stage: Stage;
let router: StagedRouter;
beforeAll(async () => {
  stage = await startStage();
  router = await addRouter(stage, await addCompany(stage));
  await stage.services.routers.setActive(router.companyId, router.routerId, false);
});
afterAll(() => stage.stop());

describe('the key of a router that was switched off', () => {
  it.each(routes.filter(({ auth }) => auth === 'api-key'))(
    'opens nothing, and the request is not looked at: $id',
    async ({ method, path }) => {
      const headers = { 'x-api-key': router.apiKey };
      const target = path.replace(/\{\w+\}/g, '1');
      expect(await stage.call(method, target, { headers, body: 'not even JSON' })).toMatchObject({
        status: 401,
        body: { detail: 'Router inactivo' },
      });
    },
  );
});
