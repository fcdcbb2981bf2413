import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { MercadoPagoConfig, Payment, PaymentRefund, WebhookSignatureValidator } from 'mercadopago';
import { AppConfig } from 'mercadopago/dist/utils/config/index.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type Notification, type Post, postByHttp } from '#shared/local/gateway/outbox.ts';
import { listenOnLoopback } from '#shared/local/loopback-port.ts';
import { type MercadoPagoSimulator, startMercadoPagoSimulator } from '#shared/local/mercado-pago/simulator.ts';

const NOW_MS = 1_700_000_000_999;
const TOKEN = 'TEST-acme';
const officialUrl = AppConfig.BASE_URL;
let dataDir: string;
let simulator: MercadoPagoSimulator;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'mercado-pago-mail-'));
  await start();
});
afterEach(async () => {
  Reflect.set(AppConfig, 'BASE_URL', officialUrl);
  await simulator.stop();
  await rm(dataDir, { recursive: true });
});

/** The SDK has no option for its address, and calls this static read-only. */
async function start(post?: Post): Promise<void> {
  simulator = await startMercadoPagoSimulator({
    port: 0,
    dataDir,
    clock: { now: () => NOW_MS },
    ...(post && { post }),
  });
  Reflect.set(AppConfig, 'BASE_URL', simulator.url);
}

const seller = (accessToken = TOKEN, idempotencyKey: string = randomUUID()) =>
  new MercadoPagoConfig({ accessToken, options: { maxRetries: 0, idempotencyKey } });
const NOTIFY = 'https://portal.example/api/v1/webhook/mercado-pago?empresa=EMP-1&source_news=webhooks';
const order = {
  transaction_amount: 19.99,
  token: 'mp_test_APRO',
  installments: 1,
  payment_method_id: 'visa',
  payer: { email: 'ana@correo.mx' },
  external_reference: 'HS42',
  notification_url: NOTIFY,
};
const paid = async (changes: object = {}, config = seller()): Promise<number> => {
  const { id = 0 } = await new Payment(config).create({ body: { ...order, ...changes } });
  return id;
};

const bodyShape = z.looseObject({
  action: z.string().optional(),
  type: z.string(),
  data: z.looseObject({}),
});
/** What was sent since the last time, as its receiver reads it. */
const sent = () =>
  simulator.notifications.take().map(({ url, headers, body }) => {
    const query = new URL(url).searchParams;
    return { url, headers, query, dataId: query.get('data.id') ?? '', body: bodyShape.parse(JSON.parse(body)) };
  });
const actions = () => sent().map(({ body, dataId }) => `${body.action ?? body.type} ${dataId}`);

function validate({ url, headers }: Pick<Notification, 'url' | 'headers'>, secret: string): void {
  WebhookSignatureValidator.validate({
    xSignature: headers['x-signature'],
    xRequestId: headers['x-request-id'],
    dataId: new URL(url).searchParams.get('data.id'),
    secret,
  });
}

describe('a notification', () => {
  test('names the payment in its address and its body, and how it changed', async () => {
    const id = await paid();
    const [one, ...others] = sent();
    expect(others).toEqual([]);
    expect(one?.url).toBe(`${NOTIFY}&data.id=${id}&type=payment`);
    const { collector_id } = await new Payment(seller()).get({ id });
    expect(one?.body).toEqual({
      id: expect.any(Number),
      live_mode: false,
      type: 'payment',
      date_created: '2023-11-14T18:13:20.999-04:00',
      user_id: collector_id,
      api_version: 'v1',
      action: 'payment.created',
      data: { id: String(id) },
    });
  });

  test('begins the query of an address that has none, and needs an address', async () => {
    const id = await paid({ notification_url: 'https://portal.example/hook' });
    await paid({ notification_url: undefined });
    expect(sent().map(({ url }) => url)).toEqual([`https://portal.example/hook?data.id=${id}&type=payment`]);
  });

  test("is signed with its seller's secret, as the official validator wants it", async () => {
    await paid({}, seller('APP_USR-other'));
    const [one] = simulator.notifications.take();
    if (!one) throw new Error('nothing was sent');
    expect(one.headers['x-signature']).toMatch(/^ts=1700000000999,v1=[0-9a-f]{64}$/);
    expect(one.headers['x-request-id']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(() => validate(one, simulator.webhookSecretOf('APP_USR-other'))).not.toThrow();
    expect(() => validate(one, simulator.webhookSecretOf(TOKEN))).toThrow();
    expect(() =>
      validate({ ...one, url: one.url.replace('data.id=', 'data.id=1') }, simulator.webhookSecretOf('APP_USR-other')),
    ).toThrow();
  });

  test('never holds the secret, and neither do the books', async () => {
    await paid();
    const secret = simulator.webhookSecretOf(TOKEN);
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(simulator.notifications.take())).not.toContain(secret);
    expect(await readFile(join(dataDir, 'payments.jsonl'), 'utf8')).not.toContain(secret);
  });

  test('is sent for every change of a payment, in their order', async () => {
    const id = await paid({ token: 'mp_test_CONT' });
    simulator.settle(id, 'approved');
    simulator.addFault({ route: 'refund', kind: 'refund-pending', times: 1 });
    const refund = await new PaymentRefund(seller()).create({ payment_id: id, body: { amount: 5 } });
    simulator.settleRefund(refund.id ?? 0, 'approved');
    simulator.claim(id, 'opened');
    simulator.claim(id, 'won');
    expect(actions()).toEqual([`payment.created ${id}`, ...Array<string>(5).fill(`payment.updated ${id}`)]);
    const other = await paid({ token: 'mp_test_CONT' });
    await new Payment(seller()).cancel({ id: other });
    expect(actions()).toEqual([`payment.created ${other}`, `payment.updated ${other}`]);
  });

  test('is not sent for what changes nothing: a repetition, a refusal, a look', async () => {
    const key = randomUUID();
    const id = await paid({}, seller(TOKEN, key));
    sent();
    await paid({}, seller(TOKEN, key));
    await expect(paid({ token: 'unknown' })).rejects.toThrow();
    await expect(new Payment(seller()).cancel({ id })).rejects.toThrow();
    expect(() => simulator.chargeBack(id, 'won')).toThrow();
    await new Payment(seller()).get({ id });
    expect(sent()).toEqual([]);
  });

  test('of a charge made twice is sent for each', async () => {
    simulator.addFault({ route: 'create-payment', kind: 'charged-twice', times: 1 });
    await paid();
    expect(actions()).toEqual(simulator.ledger().payments.map(({ id }) => `payment.created ${id}`));
  });

  test('of a late effect is sent when it happens', async () => {
    simulator.addFault({ route: 'create-payment', kind: 'late', times: 1 });
    await expect(paid()).rejects.toThrow();
    expect(sent()).toEqual([]);
    await simulator.releaseLate();
    expect(sent()).toHaveLength(1);
  });

  test('of a chargeback comes besides, with an id that no number holds', async () => {
    const id = await paid();
    for (const step of ['opened', 'won'] as const) {
      sent();
      simulator.chargeBack(id, step);
      const mail = simulator.notifications.take();
      const [payment, chargeback] = mail.map(({ url }) => new URL(url).searchParams);
      expect([payment?.get('type'), payment?.get('data.id')]).toEqual(['payment', String(id)]);
      expect(chargeback?.get('type')).toBe('topic_chargebacks_wh');
      const chargebackId = chargeback?.get('data.id') ?? '';
      expect(BigInt(chargebackId)).toBeGreaterThan(2n ** 53n);
      expect(String(Number(chargebackId))).not.toBe(chargebackId);
      expect(mail[1]?.body).toContain(`"data":{"id":${chargebackId},"payment_id":${id}}`);
      expect(() => mail.forEach((one) => validate(one, simulator.webhookSecretOf(TOKEN)))).not.toThrow();
    }
  });

  test('can be lost or doubled', async () => {
    simulator.notifications.mode = 'lost';
    await paid();
    simulator.notifications.mode = 'doubled';
    await paid();
    const [one, two, ...others] = simulator.notifications.take();
    expect(others).toEqual([]);
    expect(two).toEqual(one);
  });
});

test('notifications leave by HTTP, when what they tell is in the books', async () => {
  await simulator.stop();
  const arrived: { request: IncomingMessage; body: string; kept: number }[] = [];
  const receiver = createServer((request, response) => {
    void text(request).then((body) => {
      arrived.push({ request, body, kept: simulator.ledger().payments.length });
      response.end();
    });
  });
  const url = await listenOnLoopback(receiver, 0, 'the receiver');
  try {
    await start(postByHttp);
    const id = await paid({ notification_url: `${url}/hook?empresa=EMP-1` });
    await expect.poll(() => arrived).toHaveLength(1);
    expect(arrived[0]).toMatchObject({
      kept: 1,
      request: {
        method: 'POST',
        url: `/hook?empresa=EMP-1&data.id=${id}&type=payment`,
        headers: { 'x-signature': expect.stringMatching(/^ts=/), 'content-type': 'application/json' },
      },
    });
    expect(arrived[0]?.body).toContain(`"data":{"id":"${id}"}`);
  } finally {
    receiver.close();
    receiver.closeAllConnections();
  }
});

test('nothing leaves after a stop', async () => {
  await simulator.stop();
  let attempts = 0;
  await start(() => {
    attempts += 1;
    return Promise.resolve(200);
  });
  const id = await paid({ token: 'mp_test_CONT' });
  await expect.poll(() => attempts).toBe(1);
  simulator.settle(id, 'approved');
  await simulator.stop();
  // A timer set later, for longer: one of an attempt would have come before it.
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(attempts).toBe(1);
  await start();
});
