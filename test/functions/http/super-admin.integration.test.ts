import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '#shared/http/routes.ts';
import { type Headers, type Stage, startStage } from '../../stage/stage.ts';
import { addCompany } from '../../stage/tenants.ts';

let stage: Stage;
let companyAdmin: Headers;
beforeAll(async () => {
  stage = await startStage();
  companyAdmin = await stage.asCompanyAdmin(await addCompany(stage));
});
afterAll(() => stage.stop());

describe('what only a super admin may do', () => {
  const rows = routes.filter(({ auth }) => auth === 'super-admin');

  it.each(rows)('is refused to others before the request is looked at: $id', async ({ method, path }) => {
    const target = path.replace(/\{\w+\}/g, 'x');
    const call = (headers: Headers) => stage.call(method, target, { headers, body: 'not even JSON' });
    expect(await call({})).toMatchObject({ status: 403, body: { detail: 'Not authenticated' } });
    expect(await call({ authorization: 'Bearer x.y.z' })).toMatchObject({
      status: 401,
      body: { detail: 'Token inválido' },
    });
    expect(await call(companyAdmin)).toMatchObject({ status: 403, body: { detail: 'Se requiere rol SUPER_ADMIN' } });
  });

  it('is some twenty rows', () => expect(rows.length).toBeGreaterThanOrEqual(15));
});

describe('what only a company`s admin may do', () => {
  const rows = routes.filter(({ auth }) => auth === 'company-admin');

  it.each(rows)('is refused to a super admin before the request is looked at: $id', async ({ method, path }) => {
    const headers = await stage.asSuperAdmin();
    const target = path.replace(/\{\w+\}/g, 'x');
    expect(await stage.call(method, target, { headers, body: 'not even JSON' })).toMatchObject({
      status: 403,
      body: { detail: 'Se requiere rol CLIENTE_ADMIN' },
    });
  });

  it('is some twenty rows', () => expect(rows.length).toBeGreaterThanOrEqual(20));
});
