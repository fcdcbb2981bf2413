import { startTelegramSimulator, type TelegramSimulator } from '#shared/local/telegram/simulator.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConektaSimulator, startConektaSimulator } from '#shared/local/conekta/simulator.ts';
import { type ControlServer, startControl } from '#shared/local/control.ts';
import { type MercadoPagoSimulator, startMercadoPagoSimulator } from '#shared/local/mercado-pago/simulator.ts';
import { type RouterSimulator, startRouterSimulator } from '#shared/local/router/simulator.ts';
import { ManualClock } from '../../stage/manual-clock.ts';
import { makeFolder } from '../../stage/scratch-folder.ts';

const folder = makeFolder();
const clock = new ManualClock();
let router: RouterSimulator;
let conekta: ConektaSimulator;
let mercadoPago: MercadoPagoSimulator;
let telegram: TelegramSimulator;
let control: ControlServer;
beforeAll(async () => {
  router = await startRouterSimulator({ port: 0, dataDir: folder.path, user: 'api', password: 'secret', clock });
  conekta = await startConektaSimulator({ port: 0, dataDir: folder.path, clock });
  mercadoPago = await startMercadoPagoSimulator({ port: 0, dataDir: folder.path, clock });
  telegram = await startTelegramSimulator({ port: 0, dataDir: folder.path, clock });
  control = await startControl(0, { router, conekta, mercadoPago, telegram });
});
afterAll(async () => {
  await Promise.all([control.stop(), router.stop(), conekta.stop(), mercadoPago.stop(), telegram.stop()]);
  folder.remove();
});

async function call(route: string, body?: unknown, { url } = control) {
  const [method = '', path = ''] = route.split(' ');
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const reply = await fetch(`${url}${path}`, { method, ...(body !== undefined && { body: text }) });
  const answer: unknown = await reply.json();
  return { status: reply.status, answer };
}

describe('the control server', () => {
  it('lists its routes, and each of them answers', async () => {
    const { answer } = await call('GET /');
    const routes = (answer as { routes: { route: string }[] }).routes.map(({ route }) => route);
    expect(routes).toEqual([
      'GET /',
      'GET /router/users',
      'GET /router/profiles',
      'GET /router/active',
      'GET /router/hosts',
      'GET /router/cookies',
      'GET /router/commands',
      'POST /router/hosts',
      'DELETE /router/hosts/{id}',
      'POST /router/log-in',
      'POST /router/log-out',
      'POST /router/traffic',
      'POST /router/profiles',
      'POST /router/reboot',
      'POST /router/factory-reset',
      'POST /router/faults',
      'DELETE /router/faults',
      'GET /conekta/ledger',
      'POST /conekta/faults',
      'DELETE /conekta/faults',
      'POST /conekta/orders/{id}/settle',
      'POST /conekta/orders/{id}/chargeback',
      'POST /conekta/refunds/{id}/settle',
      'POST /conekta/notifications',
      'GET /conekta/webhooks',
      'POST /conekta/late/release',
      'GET /mercado-pago/ledger',
      'POST /mercado-pago/faults',
      'DELETE /mercado-pago/faults',
      'POST /mercado-pago/payments/{id}/settle',
      'POST /mercado-pago/payments/{id}/chargeback',
      'POST /mercado-pago/payments/{id}/claim',
      'POST /mercado-pago/refunds/{id}/settle',
      'POST /mercado-pago/notifications',
      'POST /mercado-pago/webhook-secret',
      'POST /mercado-pago/late/release',
      'GET /telegram/messages',
      'POST /telegram/faults',
      'DELETE /telegram/faults',
      'GET /faults',
    ]);
    const bodies: Record<string, unknown> = {
      'POST /router/hosts': { mac: 'aa-bb-cc-00-00-01', ip: '10.5.50.21' },
      'POST /router/log-out': { mac: 'aa-bb-cc-00-00-01' },
      'POST /router/traffic': { mac: 'aa-bb-cc-00-00-01', bytes_in: 1 },
      'POST /router/profiles': { name: '1hora' },
      'POST /router/faults': { name: 'silence', times: 1 },
      'POST /conekta/faults': { kind: 'timeout', route: 'create-charge', when: 'after' },
      'POST /conekta/notifications': { mode: 'delivered' },
      'POST /mercado-pago/notifications': { mode: 'delivered' },
      'POST /mercado-pago/webhook-secret': { access_token: 'TEST-acme' },
      'POST /mercado-pago/faults': { kind: 'timeout', route: 'create-payment', when: 'after' },
      'POST /telegram/faults': { kind: 'timeout', route: 'send-message', when: 'after' },
    };
    // Those with an id need something that waits, a log-in a code: the tests below.
    for (const route of routes.filter((one) => !one.includes('{id}') && one !== 'POST /router/log-in'))
      expect((await call(route, bodies[route])).status, route).toBe(200);
    await call('DELETE /conekta/faults');
    await call('DELETE /mercado-pago/faults');
    await call('DELETE /telegram/faults');
  });

  it('lets a phone join, and shows it where the router shows it', async () => {
    await call('POST /router/factory-reset');
    expect((await call('POST /router/hosts', { mac: 'aa-bb-cc-00-00-02', ip: '10.5.50.22' })).answer).toEqual({
      mac: 'AA:BB:CC:00:00:02',
      ip: '10.5.50.22',
    });
    expect((await call('GET /router/hosts')).answer).toMatchObject([
      { 'mac-address': 'AA:BB:CC:00:00:02', address: '10.5.50.22' },
    ]);
  });

  it('is the hand of a buyer: joins, types the code, moves bytes, logs out and goes', async () => {
    await call('POST /router/factory-reset');
    await call('DELETE /router/faults');
    const mac = 'AA:BB:CC:00:00:03';
    router.seedUsers(1);
    await call('POST /router/hosts', { mac, ip: '10.5.50.23' });
    expect(await call('POST /router/log-in', { mac, user: 'seed-00001', password: 'x' })).toEqual({
      status: 409,
      answer: { error: 'invalid username or password' },
    });
    expect((await call('POST /router/log-in', { mac, user: 'seed-00001', password: '1' })).status).toBe(200);
    await call('POST /router/traffic', { mac, bytes_in: 10, bytes_out: 90 });
    expect((await call('GET /router/active')).answer).toMatchObject([{ 'bytes-in': '10', 'bytes-out': '90' }]);
    await call('POST /router/log-out', { mac });
    expect((await call('GET /router/active')).answer).toEqual([]);
    expect((await call('DELETE /router/hosts/AA-BB-CC-00-00-03')).answer).toEqual({ gone: mac });
    expect((await call('GET /router/hosts')).answer).toEqual([]);
  });

  it('makes the router run another version, have another licence, and be itself again', async () => {
    await call('POST /router/faults', { name: 'version', version: '6.49.10 (long-term)' });
    await call('POST /router/faults', { name: 'licence', level: 4 });
    expect(router.faults()).toMatchObject([{ version: '6.49.10 (long-term)' }, { level: 4 }]);
    expect((await call('POST /router/faults', { name: 'version', version: 'old' })).status).toBe(400);
    await call('DELETE /router/faults');
    expect(router.faults()).toEqual([]);
  });

  it('hands faults to the simulators and takes them back', async () => {
    const url = `${conekta.url}/orders/ord_1`;
    const headers = { authorization: 'Bearer key_a', accept: 'application/vnd.conekta-v2.2.0+json' };
    await call('POST /conekta/faults', { kind: 'server-error', route: 'get-order', when: 'before' });
    expect((await fetch(url, { headers })).status).toBe(500);
    await call('DELETE /conekta/faults');
    expect((await fetch(url, { headers })).status).toBe(404);
    await call('DELETE /router/faults');
    await call('POST /router/faults', { name: 'trap', message: 'no', command: '/ip/hotspot/user/add' });
    expect(router.faults()).toMatchObject([{ name: 'trap', message: 'no' }]);
    await call('DELETE /router/faults');
    expect(router.faults()).toEqual([]);
  });

  it('settles a charge and a refund that wait, and lets late effects happen', async () => {
    const own = makeFolder();
    const another = await startConektaSimulator({ port: 0, dataDir: own.path, clock });
    const server = await startControl(0, { router, conekta: another, mercadoPago: undefined, telegram: undefined });
    const ask = async (path: string, body: unknown) => {
      const headers = { authorization: 'Bearer key_a', accept: 'application/vnd.conekta-v2.3.0+json' };
      const reply = await fetch(another.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
      return (await reply.json()) as { id: string };
    };
    const order = {
      currency: 'MXN',
      customer_info: { name: 'Ana López', email: 'ana@correo.mx', phone: '+525512345678' },
      line_items: [{ name: 'WiFi 1 h', unit_price: 1500, quantity: 1 }],
    };
    const card = (token_id: string) => ({ payment_method: { type: 'card', token_id } });

    const { id } = await ask('/orders', order);
    await ask(`/orders/${id}/charges`, card('tok_test_pending'));
    const settle = `POST /conekta/orders/${id}/settle`;
    expect(await call(settle, { outcome: 'burnt' }, server)).toMatchObject({ status: 400 });
    expect(await call(settle, { outcome: 'paid' }, server)).toEqual({
      status: 200,
      answer: { order: id, outcome: 'paid' },
    });
    expect(another.ledger().charges).toMatchObject([{ status: 'paid' }]);
    expect(await call(settle, { outcome: 'paid' }, server)).toEqual({
      status: 404,
      answer: { error: expect.stringContaining('no order of this id') },
    });

    await call('POST /conekta/faults', { kind: 'refund-pending', route: 'refund', times: 1 }, server);
    await ask(`/orders/${id}/refunds`, { amount: 1500, reason: 'x' });
    const refund = another.ledger().refunds[0]?.id;
    const end = { outcome: 'failed' };
    expect(await call(`POST /conekta/refunds/${refund}/settle`, end, server)).toEqual({
      status: 200,
      answer: { refund, ...end },
    });
    expect(another.ledger().refunds).toMatchObject([{ status: 'failed' }]);
    expect(await call('POST /conekta/refunds/none/settle', end, server)).toMatchObject({ status: 404 });
    expect(await call('POST /conekta/refunds/a/b/settle', end, server)).toEqual({
      status: 404,
      answer: { error: expect.stringContaining('GET / lists') },
    });
    expect(await call('GET /conekta/refunds/none/settle', undefined, server)).toMatchObject({ status: 405 });

    const late = { kind: 'late', route: 'create-order', answer: 'server-error', times: 1 };
    await call('POST /conekta/faults', late, server);
    await ask('/orders', order);
    expect(await call('POST /conekta/late/release', undefined, server)).toEqual({
      status: 200,
      answer: { released: 1 },
    });
    expect(another.ledger().orders).toHaveLength(2);
    await Promise.all([server.stop(), another.stop()]);
    own.remove();
  });

  it('settles payments, refunds and chargebacks of Mercado Pago, and lets its late effects happen', async () => {
    const ask = async (path: string, body: unknown) => {
      const headers = { authorization: 'Bearer TEST-control' };
      const reply = await fetch(mercadoPago.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
      return (await reply.json()) as { id: number };
    };
    const payment = {
      transaction_amount: 15,
      token: 'mp_test_CONT',
      payment_method_id: 'visa',
      installments: 1,
      payer: { email: 'ana@correo.mx' },
    };
    const { id } = await ask('/v1/payments', payment);
    const settle = `POST /mercado-pago/payments/${id}/settle`;
    expect(await call(settle, { outcome: 'burnt' })).toMatchObject({ status: 400 });
    const approved = { outcome: 'approved' };
    expect(await call(settle, approved)).toEqual({ status: 200, answer: { payment: String(id), ...approved } });
    expect(await call(settle, approved)).toMatchObject({ status: 404 });
    expect(await call('POST /mercado-pago/payments/none/settle', approved)).toMatchObject({ status: 404 });

    await call('POST /mercado-pago/faults', { kind: 'refund-pending', route: 'refund', times: 1 });
    const refund = await ask(`/v1/payments/${id}/refunds`, { amount: 5 });
    const end = `POST /mercado-pago/refunds/${refund.id}/settle`;
    expect(await call(end, { outcome: 'rejected' })).toMatchObject({ status: 200 });
    expect(await call(end, { outcome: 'rejected' })).toMatchObject({ status: 404 });
    const chargeback = `POST /mercado-pago/payments/${id}/chargeback`;
    expect(await call(chargeback, { step: 'won' })).toMatchObject({ status: 404 });
    expect(await call(chargeback, { step: 'opened' })).toMatchObject({ status: 200 });
    expect((await call('GET /mercado-pago/ledger')).answer).toMatchObject({
      payments: [{ id, amount: 1500, status: 'charged_back', status_detail: 'in_process' }],
      refunds: [{ id: refund.id, payment_id: id, amount: 500, status: 'rejected' }],
    });

    const late = { kind: 'late', route: 'create-payment', answer: 'server-error', times: 1 };
    await call('POST /mercado-pago/faults', late);
    await ask('/v1/payments', payment);
    expect((await call('POST /mercado-pago/late/release')).answer).toEqual({ released: 1 });
    expect(mercadoPago.ledger().payments).toHaveLength(2);
  });

  it('shows the ledger as Conekta sees it', async () => {
    expect((await call('GET /conekta/ledger')).answer).toEqual({ orders: [], charges: [], refunds: [] });
  });

  it('lists every fault of all three, one line each', async () => {
    const reply = await (await fetch(`${control.url}/faults`)).text();
    for (const { name } of router.faultCatalogue)
      expect(reply).toMatch(new RegExp(`^ +\\{"name":"${name}",.+\\},?$`, 'm'));
    for (const { kind } of [...conekta.faultCatalogue, ...mercadoPago.faultCatalogue])
      expect(reply).toMatch(new RegExp(`^ +\\{"kind":"${kind}",.+\\},?$`, 'm'));
  });

  it('refuses in one sentence what it cannot do', async () => {
    const refusals: [string, unknown, number, RegExp][] = [
      ['GET /nothing', undefined, 404, /GET \/ lists/],
      ['DELETE /router/users', undefined, 405, /GET \/ lists/],
      ['POST /router/hosts', '{', 400, /not JSON/],
      ['POST /router/hosts', undefined, 400, /^Not a phone/],
      ['POST /router/hosts', { mac: 'AA:BB', ip: '10.5.50.21' }, 400, /^Not a phone: mac: six hex pairs/],
      ['POST /router/hosts', { mac: 'AA:BB:CC:00:00:01', ip: '10.5.50' }, 400, /^Not a phone: ip: /],
      ['POST /router/faults', { name: 'explode' }, 400, /^Not a fault/],
      ['POST /conekta/faults', { kind: 'timeout' }, 400, /^Not a fault/],
      ['POST /mercado-pago/faults', { kind: 'timeout' }, 400, /^Not a fault/],
      ['POST /router/hosts', 'x'.repeat(70_000), 413, /too large/],
    ];
    for (const [route, body, status, sentence] of refusals) {
      const reply = await call(route, body);
      expect(reply, route).toEqual({ status, answer: { error: expect.stringMatching(sentence) } });
    }
  });

  it('says so when another gateway was named', async () => {
    const without = await startControl(0, { router, conekta: undefined, mercadoPago: undefined, telegram: undefined });
    for (const [route, variable] of [
      ['GET /conekta/ledger', 'CONEKTA_BASE_URL'],
      ['GET /mercado-pago/ledger', 'MERCADO_PAGO_BASE_URL'],
    ] as const)
      expect(await call(route, undefined, without)).toEqual({
        status: 404,
        answer: { error: expect.stringContaining(variable) },
      });
    await without.stop();
  });
});
