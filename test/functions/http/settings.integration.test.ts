import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Headers, type Stage, startStage } from '../../stage/stage.ts';
import { addCompany, addRouter } from '../../stage/tenants.ts';

const SETTINGS = '/api/v1/admin/mi-empresa/ajustes';
const NOTICES = '/api/v1/admin/mi-empresa/avisos';
const DAY = 24 * 60 * 60 * 1000;

let stage: Stage;
let companyId: string;
let admin: Headers;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());
beforeEach(async () => {
  companyId = await addCompany(stage);
  admin = await stage.asCompanyAdmin(companyId);
});

const show = (headers = admin) => stage.call('GET', SETTINGS, { headers });
const update = (body: unknown) => stage.call('PUT', SETTINGS, { headers: admin, body });

describe('settings of a company', () => {
  it('are ours until the operator chooses', async () => {
    expect(await show()).toMatchObject({
      status: 200,
      body: {
        limite_rechazos_email: 5,
        limite_rechazos_router: 20,
        plazo_entrega_minutos: 10,
        zona_horaria: 'America/Mexico_City',
        color: null,
        contacto_soporte: null,
        retencion_meses: 18,
      },
    });
  });

  it('say how the portal looks, and to whom its people can turn', async () => {
    const chosen = {
      plazo_entrega_minutos: 15,
      zona_horaria: 'America/Tijuana',
      color: '#1A2B3C',
      contacto_soporte: 'WhatsApp 55 1234 5678',
      retencion_meses: 24,
    };
    expect(await update(chosen)).toMatchObject({ status: 200, body: chosen });
    const { apiKey } = await addRouter(stage, companyId);
    const config = await stage.call('GET', '/api/v1/config/public', { headers: { 'x-api-key': apiKey } });
    const { retencion_meses: _, ...shown } = chosen;
    expect(config.body.empresa).toMatchObject({ ...shown, logo_url: null, mercado_pago_mode: 'test' });
    expect(await update({ color: null, contacto_soporte: null })).toMatchObject({
      body: { color: null, contacto_soporte: null, zona_horaria: 'America/Tijuana' },
    });
  });

  it.each([
    ['plazo_entrega_minutos', 4],
    ['plazo_entrega_minutos', 61],
    ['zona_horaria', 'Mexico'],
    ['zona_horaria', null],
    ['color', 'red'],
    ['color', '#12345'],
    ['contacto_soporte', 'x'.repeat(201)],
    ['retencion_meses', 0],
  ])('refuse %s %s', async (name, value) => {
    const answer = await update({ [name]: value });
    expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', name] }] } });
  });

  it('change one by one; what is not known is ignored', async () => {
    expect(await update({ limite_rechazos_router: 50, colour: 'red' })).toMatchObject({
      status: 200,
      body: { limite_rechazos_email: 5, limite_rechazos_router: 50 },
    });
    await update({ limite_rechazos_email: '3' });
    expect((await update({})).body).toMatchObject({ limite_rechazos_email: 3, limite_rechazos_router: 50 });
    expect((await show()).body).toMatchObject({ limite_rechazos_email: 3, limite_rechazos_router: 50 });
  });

  it.each([0, 1001, 2.5, 'many', null, true])('are not %s', async (value) => {
    const answer = await update({ limite_rechazos_email: 9, limite_rechazos_router: value });
    expect(answer.status).toBe(422);
    expect(answer.body.detail[0].loc).toEqual(['body', 'limite_rechazos_router']);
    expect((await show()).body).toMatchObject({ limite_rechazos_email: 5, limite_rechazos_router: 20 });
  });

  it('are nobody else`s', async () => {
    await update({ limite_rechazos_email: 1 });
    const other = await stage.asCompanyAdmin(await addCompany(stage));
    expect((await show(other)).body.limite_rechazos_email).toBe(5);
    expect((await show(await stage.asSuperAdmin())).status).toBe(403);
  });
});

describe('notices', () => {
  const list = async (headers = admin) => (await stage.call('GET', NOTICES, { headers })).body.avisos;
  const add = (since: number, routerId = 'RTR_1') =>
    stage.services.notices.add(companyId, {
      kind: 'declines',
      routerId,
      routerName: 'Principal',
      limit: 20,
      since,
      createdAt: stage.clock.now(),
    });

  it('are the last fifty, newest first, of the own company', async () => {
    for (let n = 1; n <= 55; n += 1) await add(n, `RTR_${n}`);
    const routers = (await list()).map(({ router_id }: { router_id: string }) => router_id);
    expect([routers.length, routers[0], routers.at(-1)]).toEqual([50, 'RTR_55', 'RTR_6']);
    expect(await list(await stage.asCompanyAdmin(await addCompany(stage)))).toEqual([]);
  });

  it('are written once, and kept for ninety days', async () => {
    expect(await Promise.all([add(1000), add(1000), add(1000, 'RTR_2')])).toEqual(
      expect.arrayContaining([true, false, true]),
    );
    expect(await list()).toHaveLength(2);
    const item = (await stage.items()).find(
      ({ pk, sk }) => pk === `COMPANY#${companyId}` && String(sk).startsWith('NEWS#'),
    );
    expect(item?.['expiresAtSeconds']).toBe(Math.ceil((stage.clock.now() + 90 * DAY) / 1000));
  });
});
