import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { registrationSchema } from '#shared/store/registrations.ts';
import { keys } from '#shared/store/table.ts';
import { type Market, startMarket } from '../../stage/market.ts';
import { stageUrl } from '../../stage/stage.ts';

const MINUTE = 60_000;

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterEach(() => market.conekta.clearFaults());
afterAll(() => market.stop());

const save = (privateKey: string) =>
  market.call('POST', '/api/v1/admin/mi-empresa/configurar-conekta', {
    headers: market.shop.admin,
    body: { conekta_private_key: privateKey },
  });
const shown = async () => {
  const path = '/api/v1/admin/mi-empresa/conekta';
  return (await market.call('GET', path, { headers: market.shop.admin })).body.configuracion_actual.webhook;
};
const ourUrl = () => `${stageUrl}/api/v1/webhook/conekta/${market.shop.companyId}`;
const webhooksOf = async (privateKey: string): Promise<readonly string[]> => {
  const headers = { authorization: `Bearer ${privateKey}`, accept: 'application/vnd.conekta-v2.3.0+json' };
  const answer = await fetch(`${market.conekta.url}/webhooks`, { headers });
  const { data } = (await answer.json()) as { data: { url: string }[] };
  return data.map(({ url }) => url);
};

describe("Conekta's webhook of a company", () => {
  it('is registered soon after its key was saved, and shown as active', async () => {
    const key = `key_${randomUUID()}`;
    expect((await save(key)).status).toBe(200);
    expect(await shown()).toMatchObject({ estado: 'pendiente' });
    await market.sweep();
    expect(await webhooksOf(key)).toEqual([ourUrl()]);
    expect(await shown()).toMatchObject({ estado: 'activo' });
  });

  it('is removed from the account of the key before', async () => {
    const [first, second] = [`key_${randomUUID()}`, `key_${randomUUID()}`];
    await save(first);
    await market.sweep();
    await save(second);
    await market.sweep();
    expect(await webhooksOf(first)).toEqual([]);
    expect(await webhooksOf(second)).toEqual([ourUrl()]);
  });

  it('stands once, however often the same key is saved, and whatever died half-way', async () => {
    const key = `key_${randomUUID()}`;
    await save(key);
    market.conekta.addFault({ route: 'create-webhook', kind: 'reset', when: 'after', times: 1 });
    await market.sweep();
    expect(await shown()).toMatchObject({ estado: 'sin_respuesta' });
    await market.later(2 * MINUTE);
    expect(await webhooksOf(key)).toEqual([ourUrl()]);
    await save(key);
    await market.later(2 * MINUTE);
    expect(await webhooksOf(key)).toEqual([ourUrl()]);
    expect(await shown()).toMatchObject({ estado: 'activo' });
  });

  it('that Conekta refuses blocks no saving, is shown, and is not tried again by itself', async () => {
    expect((await save('key_bad')).status).toBe(200);
    await market.sweep();
    expect(await shown()).toMatchObject({ estado: 'rechazado', mensaje: expect.stringContaining('llave') });
    const calls = market.conekta.calls();
    await market.later(60 * MINUTE);
    expect(market.conekta.calls()['list-webhooks']).toBe(calls['list-webhooks']);
  });

  it('is not asked for with the placeholder that stands for the key, and is settled until one is saved', async () => {
    await market.sweep();
    const made = await market.call('POST', '/admin/empresas', {
      headers: await market.asSuperAdmin(),
      body: { nombre: 'Sin llaves', contacto_email: 'x@wifi.mx' },
    });
    const headers = await market.asCompanyAdmin(made.body.id);
    const calls = market.conekta.calls();
    await market.later(60 * MINUTE);
    expect(market.conekta.calls()).toEqual(calls);
    const owed = await market.services.table.get(keys.registration(made.body.id), registrationSchema);
    expect(owed).toMatchObject({ dueAt: null });
    const path = '/api/v1/admin/mi-empresa/conekta';
    const { body } = await market.call('GET', path, { headers });
    expect(body.configuracion_actual.webhook).toMatchObject({ estado: 'pendiente' });
  });

  it('leaves webhooks of others in the account alone', async () => {
    const key = `key_${randomUUID()}`;
    const headers = { authorization: `Bearer ${key}`, accept: 'application/vnd.conekta-v2.3.0+json' };
    const others = JSON.stringify({ url: 'https://shop.example/hook', synchronous: false });
    await fetch(`${market.conekta.url}/webhooks`, { method: 'POST', headers, body: others });
    await save(key);
    await market.sweep();
    expect((await webhooksOf(key)).toSorted()).toEqual([ourUrl(), 'https://shop.example/hook'].toSorted());
  });
});
