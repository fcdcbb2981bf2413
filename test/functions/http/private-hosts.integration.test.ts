/** A deployment that reaches public addresses, and routers in its own tunnel. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '#shared/store/table.ts';
import { type Headers, type Stage, startStage } from '../../stage/stage.ts';
import { addCompany, addRouter, routerFields, type StagedRouter } from '../../stage/tenants.ts';

const PRIVATE = ['192.168.88.1', '10.5.50.1', '172.16.0.1', '100.64.0.9', 'fd12::5', '::ffff:192.168.88.1'];
const OWN_TUNNEL_ADDRESS = '10.99.0.7';
const REFUSED = {
  status: 400,
  body: {
    detail:
      'El host del router es una dirección privada, a la que este sistema no llega. Indique la dirección pública o el nombre DNS del router.',
  },
};

let stage: Stage;
let headers: Headers;
let router: StagedRouter;
beforeAll(async () => {
  stage = await startStage({ config: { TUNNEL_RANGE: '10.99.0.0/16', PRIVATE_HOSTS: 'refused' } });
  headers = await stage.asSuperAdmin();
  router = await addRouter(stage, await addCompany(stage), { host: 'router.example.com' });
});
afterAll(() => stage.stop());

const edit = (host: string) =>
  stage.call('PUT', `/admin/empresas/${router.companyId}/routers/${router.routerId}`, {
    headers,
    body: { host, password: 'new' },
  });

describe('where no way leads to private addresses', () => {
  it.each(PRIVATE)('a router may not have %s, and is told what to say instead', async (host) => {
    const path = `/admin/empresas/${router.companyId}/routers`;
    expect(await stage.call('POST', path, { headers, body: { ...routerFields, host } })).toMatchObject(REFUSED);
    expect(await edit(host)).toMatchObject(REFUSED);
  });

  it('a public address and a name are taken, and the router`s own in the tunnel', async () => {
    for (const host of ['203.0.113.7', 'r1.example.com']) expect((await edit(host)).status).toBe(200);
    expect((await edit(OWN_TUNNEL_ADDRESS)).status).toBe(400);
    await stage.services.table.update(keys.router(router.companyId, router.routerId), 'SET #tunnelAddress = :own', {
      ':own': OWN_TUNNEL_ADDRESS,
    });
    expect((await edit(OWN_TUNNEL_ADDRESS)).status).toBe(200);
  });
});
