import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { mercadoPagoControl } from '#shared/local/mercado-pago/control.ts';
import { type MercadoPagoSimulator, startMercadoPagoSimulator } from '#shared/local/mercado-pago/simulator.ts';

let dataDir: string;
let simulator: MercadoPagoSimulator;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'mercado-pago-control-'));
  simulator = await startMercadoPagoSimulator({ port: 0, dataDir, clock: { now: () => 1_700_000_000_000 } });
});
afterEach(async () => {
  await simulator.stop();
  await rm(dataDir, { recursive: true });
});

const run = (path: string, body: unknown, id = '') =>
  mercadoPagoControl(simulator)
    .find((route) => route.method === 'POST' && route.path === `/mercado-pago/${path}`)
    ?.run(body, id);

async function paid(): Promise<string> {
  const response = await fetch(`${simulator.url}/v1/payments`, {
    method: 'POST',
    headers: { Authorization: 'Bearer TEST-acme' },
    body: JSON.stringify({
      transaction_amount: 20,
      token: 'mp_test_APRO',
      installments: 1,
      payment_method_id: 'visa',
      payer: { email: 'ana@correo.mx' },
      notification_url: 'https://portal.example/hook',
    }),
  });
  return String(z.object({ id: z.int() }).parse(await response.json()).id);
}

test('a person loses and doubles notifications, and lets them through again', async () => {
  for (const [mode, sent] of [
    ['lost', 0],
    ['doubled', 2],
    ['delivered', 1],
  ] as const) {
    expect(run('notifications', { mode })).toEqual({ mode });
    await paid();
    expect(simulator.notifications.take()).toHaveLength(sent);
  }
  expect(() => run('notifications', { mode: 'late' })).toThrow(/^Not what can happen to notifications/);
});

test("a person copies a seller's webhook secret, and is told when it is no seller's token", () => {
  expect(run('webhook-secret', { access_token: 'TEST-acme' })).toEqual({
    webhook_secret: simulator.webhookSecretOf('TEST-acme'),
  });
  expect(simulator.webhookSecretOf('TEST-acme')).not.toBe(simulator.webhookSecretOf('APP_USR-acme'));
  for (const access_token of ['TEST-acme ', 'key_1', 7])
    expect(() => run('webhook-secret', { access_token })).toThrow(/^Not a seller's access token/);
});

test('a person opens a claim and ends it', async () => {
  const id = await paid();
  expect(run('payments/{id}/claim', { step: 'opened' }, id)).toEqual({ payment: id, step: 'opened' });
  expect(simulator.ledger().payments).toMatchObject([{ status: 'in_mediation' }]);
  run('payments/{id}/claim', { step: 'lost' }, id);
  expect(simulator.ledger().payments).toMatchObject([{ status: 'refunded' }]);
  expect(() => run('payments/{id}/claim', { step: 'won' }, id)).toThrow(/^There is no payment/);
});
