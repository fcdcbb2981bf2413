import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type ConektaSimulator, startConektaSimulator } from '#shared/local/conekta/simulator.ts';
import { StartError } from '#shared/local/start-error.ts';
import type { Clock } from '#shared/platform/clock.ts';

const clock = { now: () => 1_700_000_000_999 };
let dataDir: string;
let running: ConektaSimulator[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'conekta-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()));
  await rm(dataDir, { recursive: true });
});

async function start(
  options: { port?: number; approvalDelayMs?: number; clock?: Clock } = {},
): Promise<ConektaSimulator> {
  const simulator = await startConektaSimulator({ port: 0, dataDir, clock, ...options });
  running.push(simulator);
  return simulator;
}

async function restart(simulator: ConektaSimulator): Promise<ConektaSimulator> {
  running = running.filter((other) => other !== simulator);
  await simulator.stop();
  return start();
}

const answerShape = z.looseObject({
  id: z.string().default(''),
  details: z.array(z.looseObject({ code: z.string(), param: z.string().nullable() })).default([]),
});

async function ask(url: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url + path, {
    method,
    headers: {
      Authorization: 'Bearer key_acme',
      Accept: 'application/vnd.conekta-v2.3.0+json',
      'Content-Type': 'application/json',
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const answer = answerShape.parse(await response.json());
  return { status: response.status, headers: response.headers, body: answer, code: answer.details[0]?.code };
}

const order = {
  currency: 'MXN',
  customer_info: { name: 'Ana López', email: 'ana@correo.mx', phone: '+525512345678' },
  line_items: [{ name: 'WiFi 1 h', unit_price: 1500, quantity: 1 }],
  metadata: { purchase_id: '42', trial: false, size: 1 },
};
const card = (token: string) => ({ payment_method: { type: 'card', token_id: token }, reference_id: '42' });

async function paidOrder(url: string, token = 'tok_test_visa_4242_1'): Promise<string> {
  const { body } = await ask(url, 'POST', '/orders', order);
  await ask(url, 'POST', `/orders/${body.id}/charges`, card(token));
  return body.id;
}

describe('the books', () => {
  test('survive a restart, with what every token and key did', async () => {
    const first = await start();
    const id = await paidOrder(first.url);
    await ask(first.url, 'POST', `/orders/${id}/refunds`, { amount: 500, reason: 'requested_by_client' });
    const before = first.ledger();

    const second = await restart(first);
    expect(second.ledger()).toEqual(before);
    expect((await ask(second.url, 'GET', `/orders/${id}`)).body).toMatchObject({ amount_refunded: 500 });
    const other = await ask(second.url, 'POST', '/orders', order);
    const reuse = await ask(second.url, 'POST', `/orders/${other.body.id}/charges`, card('tok_test_visa_4242_1'));
    expect(reuse.code).toBe('conekta.errors.processing.tokenization.used');
  });

  test('keep every charge that was answered before a kill -9', async () => {
    const module = pathToFileURL(join(import.meta.dirname, '../../../../shared/local/conekta/simulator.ts')).href;
    const program = `
      const { startConektaSimulator } = await import(${JSON.stringify(module)});
      const { url } = await startConektaSimulator({ port: 0, dataDir: process.argv[1], clock: Date });
      console.log(url);
      process.stdin.on('end', () => process.exit()).resume();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, dataDir], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [url] = z.tuple([z.string()]).parse(await once(createInterface(child.stdout), 'line'));
    const id = await paidOrder(url);
    child.kill('SIGKILL');
    await once(child, 'exit');

    const { ledger } = await start();
    expect(ledger().orders).toMatchObject([{ id, payment_status: 'paid' }]);
    expect(ledger().charges).toMatchObject([{ order_id: id, amount: 1500, status: 'paid' }]);
  });

  test('forget a line that was cut by a crash, and go on behind it', async () => {
    const first = await start();
    const id = await paidOrder(first.url);
    await first.stop();
    running = [];
    await appendFile(join(dataDir, 'orders.jsonl'), '{"id":"ord_cut');

    const second = await start();
    const next = await paidOrder(second.url, 'tok_test_visa_4242_2');
    const third = await restart(second);
    expect(third.ledger().orders.map((entry) => entry.id)).toEqual([id, next]);
  });

  test('that are damaged, or in a place that cannot be written, are one clear sentence', async () => {
    await writeFile(join(dataDir, 'orders.jsonl'), 'not json\n');
    await expect(start()).rejects.toThrow(StartError);
    const file = join(dataDir, 'file');
    await writeFile(file, '');
    await expect(startConektaSimulator({ port: 0, dataDir: join(file, 'books'), clock })).rejects.toThrow(StartError);
  });

  test('hold neither a key nor a token', async () => {
    const { url } = await start();
    await paidOrder(url);
    const bytes = await readFile(join(dataDir, 'orders.jsonl'), 'utf8');
    expect(bytes).not.toContain('key_acme');
    expect(bytes).not.toContain('tok_test');
  });

  test('list a charge as the gateway sees it', async () => {
    const { url, ledger } = await start();
    const id = await paidOrder(url);
    const [charge] = ledger().charges;
    expect(ledger()).toEqual({
      orders: [{ id, amount: 1500, currency: 'MXN', payment_status: 'paid', metadata: order.metadata }],
      charges: [
        { id: charge?.id, order_id: id, amount: 1500, status: 'paid', chargeback: null, created_at: 1_700_000_000 },
      ],
      refunds: [],
    });
  });
});

describe('a key', () => {
  test.each(['key_test_default', 'key_bad', 'key_revoked_1', 'sk_live', 'key_'])('%s is refused', async (key) => {
    const { url } = await start();
    const answer = await ask(url, 'POST', '/orders', order, { Authorization: `Bearer ${key}` });
    expect(answer).toMatchObject({ status: 401, body: { object: 'error', type: 'authentication_error' } });
  });

  // Random keys begin so once in a few thousand.
  test('is not bad for letters within a word', async () => {
    const { url } = await start();
    const answer = await ask(url, 'POST', '/orders', order, { Authorization: 'Bearer key_bad1f00d_badaccede' });
    expect(answer.status).toBe(200);
  });

  test('must be sent', async () => {
    const { url } = await start();
    const answer = await ask(url, 'POST', '/orders', order, { Authorization: 'Basic a2V5Og==' });
    expect(answer).toMatchObject({ status: 401, code: 'conekta.errors.authentication.missing_key' });
  });

  test("cannot read, charge, cancel, refund or find another company's order", async () => {
    const { url, ledger } = await start();
    const id = await paidOrder(url);
    const before = ledger();
    const foreign = { Authorization: 'Bearer key_other' };
    for (const [method, path, body] of [
      ['GET', `/orders/${id}`, undefined],
      ['POST', `/orders/${id}/charges`, card('tok_test_visa_4242_2')],
      ['POST', `/orders/${id}/cancel`, undefined],
      ['POST', `/orders/${id}/refunds`, { amount: 1, reason: 'x' }],
    ] as const) {
      expect(await ask(url, method, path, body, foreign)).toMatchObject({ status: 404 });
    }
    expect((await ask(url, 'GET', '/orders?search=', undefined, foreign)).body).toMatchObject({ data: [] });
    expect(ledger()).toEqual(before);
  });
});

describe('a request', () => {
  test('of another version of the API is a conflict', async () => {
    const { url } = await start();
    const answer = await ask(url, 'POST', '/orders', order, { Accept: 'application/json' });
    expect(answer).toMatchObject({ status: 409, body: { type: 'conflict_error' } });
  });

  test.each([
    ['line_items.0.name', { ...order, line_items: [{ name: '1h', unit_price: 1500, quantity: 1 }] }],
    ['line_items.0.name', { ...order, line_items: [{ name: 'x'.repeat(250), unit_price: 1500, quantity: 1 }] }],
    ['line_items.0.unit_price', { ...order, line_items: [{ name: 'WiFi', unit_price: 0, quantity: 1 }] }],
    ['line_items.0.unit_price', { ...order, line_items: [{ name: 'WiFi', unit_price: 19.99, quantity: 1 }] }],
    ['line_items', { ...order, line_items: [] }],
    ['currency', { ...order, currency: 'PESOS' }],
    ['customer_info.name', { ...order, customer_info: { ...order.customer_info, name: undefined } }],
    ['customer_info.email', { ...order, customer_info: { ...order.customer_info, email: 'ana' } }],
    ['customer_info.phone', { ...order, customer_info: { ...order.customer_info, phone: undefined } }],
    ['metadata.note', { ...order, metadata: { note: 'x'.repeat(250) } }],
    ['metadata.note', { ...order, metadata: { note: { nested: true } } }],
    ['metadata', { ...order, metadata: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`k${i}`, i])) }],
  ])('with a wrong %s is refused and stores nothing', async (param, body) => {
    const { url, ledger } = await start();
    const answer = await ask(url, 'POST', '/orders', body);
    expect(answer).toMatchObject({ status: 422, body: { type: 'parameter_validation_error', details: [{ param }] } });
    expect(ledger().orders).toEqual([]);
  });

  test('that is not JSON, or for a path that is not there, is refused', async () => {
    const { url } = await start();
    expect(await ask(url, 'POST', '/orders', '{')).toMatchObject({ status: 400 });
    expect(await ask(url, 'GET', '/nowhere')).toMatchObject({ status: 404 });
  });
});

describe('an order', () => {
  test('has no payment_status and no charges until it is charged', async () => {
    const { url } = await start();
    const { body } = await ask(url, 'POST', '/orders', order);
    expect(body).toMatchObject({ object: 'order', livemode: false, amount: 1500, metadata: order.metadata });
    expect(Object.keys(body)).not.toContain('payment_status');
    expect(Object.keys(body)).not.toContain('charges');
  });

  test('can be made and charged in one call', async () => {
    const { url } = await start();
    const whole = { ...order, charges: [card('tok_test_amex_0005')] };
    const { status, body } = await ask(url, 'POST', '/orders', whole);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        payment_status: 'paid',
        charges: { data: [{ status: 'paid', payment_method: { type: 'credit', last4: '0005' } }] },
      },
    });
  });

  test('whose card is declined in one call exists all the same, in the refusal', async () => {
    const { url, ledger } = await start();
    const answer = await ask(url, 'POST', '/orders', { ...order, charges: [card('tok_test_insufficient_funds')] });
    expect(answer).toMatchObject({
      status: 402,
      body: { data: { payment_status: 'declined', charges: { data: [{ failure_code: 'insufficient_funds' }] } } },
    });
    expect(ledger().orders).toMatchObject([{ payment_status: 'declined' }]);
  });

  test('is locked by a charge that was kept, and open for another card after a declined one', async () => {
    const { url } = await start();
    const { body } = await ask(url, 'POST', '/orders', order);
    const charges = `/orders/${body.id}/charges`;
    expect(await ask(url, 'POST', charges, card('tok_test_card_declined'))).toMatchObject({ status: 402 });
    expect(await ask(url, 'POST', charges, card('tok_test_visa_1881'))).toMatchObject({
      status: 200,
      body: { object: 'charge', order_id: body.id, status: 'paid', refunds: [] },
    });
    expect(await ask(url, 'POST', charges, card('tok_test_mastercard_4444'))).toMatchObject({ status: 428 });
  });

  test('takes one of two charges that arrive at once', async () => {
    const { url, ledger } = await start({ approvalDelayMs: 20 });
    const { body } = await ask(url, 'POST', '/orders', order);
    const charges = `/orders/${body.id}/charges`;
    const answers = await Promise.all([
      ask(url, 'POST', charges, card('tok_test_visa_4242_1')),
      ask(url, 'POST', charges, card('tok_test_visa_4242_2')),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 428]);
    expect(ledger().charges).toHaveLength(1);
  });

  test('is found by its metadata, newest first, a page at a time', async () => {
    const { url } = await start();
    const wanted = { ...order, metadata: { purchase_id: 'wanted' } };
    const older = await ask(url, 'POST', '/orders', wanted);
    const newer = await ask(url, 'POST', '/orders', wanted);
    await ask(url, 'POST', '/orders', order);
    expect((await ask(url, 'GET', '/orders?search=wanted')).body).toMatchObject({
      has_more: false,
      data: [{ id: newer.body.id }, { id: older.body.id }],
    });
    expect((await ask(url, 'GET', '/orders?limit=1')).body).toMatchObject({ has_more: true, total: 1 });
  });
});

describe('a refund', () => {
  test('has no memory: the same request twice gives the money back twice', async () => {
    const { url, ledger } = await start();
    const id = await paidOrder(url);
    const refund = () => ask(url, 'POST', `/orders/${id}/refunds`, { amount: 700, reason: 'requested_by_client' });
    expect((await refund()).body).toMatchObject({ payment_status: 'partially_refunded', amount_refunded: 700 });
    expect((await refund()).body).toMatchObject({ amount_refunded: 1400 });
    expect(await refund()).toMatchObject({ status: 422, body: { details: [{ param: 'amount' }] } });
    const [charge] = ledger().charges;
    expect(charge).toMatchObject({ status: 'paid' });
    expect(ledger().refunds).toMatchObject([
      { order_id: id, charge_id: charge?.id, amount: 700 },
      { order_id: id, charge_id: charge?.id, amount: 700 },
    ]);
  });

  test('of the whole amount ends the charge', async () => {
    const { url, ledger } = await start();
    const id = await paidOrder(url);
    const whole = await ask(url, 'POST', `/orders/${id}/refunds`, { amount: 1500, reason: 'requested_by_client' });
    expect(whole.body).toMatchObject({ payment_status: 'refunded', is_refundable: false });
    expect(ledger().charges).toMatchObject([{ status: 'refunded' }]);
  });

  test('that waits is neither back nor free to give again, until the bank decides', async () => {
    const { url, ledger, addFault, settleRefund } = await start();
    const id = await paidOrder(url);
    const refund = (amount: number) => ask(url, 'POST', `/orders/${id}/refunds`, { amount, reason: 'x' });
    addFault({ route: 'refund', kind: 'refund-pending', times: 2 });
    expect((await refund(1000)).body).toMatchObject({ payment_status: 'paid', amount_refunded: 0 });
    expect(await refund(1000)).toMatchObject({ status: 422 });
    addFault({ route: 'refund', kind: 'refund-pending', times: 1 });
    await refund(500);
    const [first, second] = ledger().refunds.map((one) => one.id);

    settleRefund(first ?? '', 'failed');
    expect((await ask(url, 'GET', `/orders/${id}`)).body).toMatchObject({ payment_status: 'paid', amount_refunded: 0 });
    settleRefund(second ?? '', 'refunded');
    expect((await ask(url, 'GET', `/orders/${id}`)).body).toMatchObject({
      payment_status: 'partially_refunded',
      amount_refunded: 500,
      charges: {
        data: [
          {
            refunds: {
              data: [
                { amount: -1000, status: 'failed' },
                { amount: -500, status: 'refunded' },
              ],
            },
          },
        ],
      },
    });
    expect(() => settleRefund(second ?? '', 'failed')).toThrow();
    expect((await refund(1000)).body).toMatchObject({ payment_status: 'refunded', is_refundable: false });
  });

  test('that waits survives a kill, and is settled afterwards', async () => {
    const first = await start();
    const id = await paidOrder(first.url);
    first.addFault({ route: 'refund', kind: 'refund-pending' });
    await ask(first.url, 'POST', `/orders/${id}/refunds`, { amount: 1500, reason: 'x' });
    const second = await restart(first);
    const [waiting] = second.ledger().refunds;
    expect(waiting).toMatchObject({ status: 'pending' });
    second.settleRefund(waiting?.id ?? '', 'refunded');
    const third = await restart(second);
    expect(third.ledger()).toMatchObject({ charges: [{ status: 'refunded' }], refunds: [{ status: 'refunded' }] });
  });

  test('from an empty account is a refusal, and stores nothing', async () => {
    const { url, ledger, addFault } = await start();
    const id = await paidOrder(url);
    addFault({ route: 'refund', kind: 'no-balance' });
    const answer = await ask(url, 'POST', `/orders/${id}/refunds`, { amount: 1, reason: 'x' });
    expect(answer).toMatchObject({ status: 402, code: 'conekta.errors.processing.refund.not_enough_balance' });
    expect(ledger().refunds).toEqual([]);
  });

  test('needs a kept charge, an amount and a reason', async () => {
    const { url } = await start();
    const { body } = await ask(url, 'POST', '/orders', order);
    const refunds = `/orders/${body.id}/refunds`;
    expect(await ask(url, 'POST', refunds, { amount: 1, reason: 'x' })).toMatchObject({ status: 422 });
    const paid = await paidOrder(url);
    expect(await ask(url, 'POST', `/orders/${paid}/refunds`, {})).toMatchObject({ status: 422 });
  });
});

describe('two charges on one order', () => {
  const kept = (simulator: ConektaSimulator) => simulator.ledger().charges.map(({ status }) => status);

  test('come from two requests, when the lock does not hold', async () => {
    const simulator = await start();
    const id = await paidOrder(simulator.url);
    simulator.addFault({ route: 'create-charge', kind: 'unlocked', times: 1 });
    const charge = (token: string) => ask(simulator.url, 'POST', `/orders/${id}/charges`, card(token));
    expect(await charge('tok_test_amex_8431_1')).toMatchObject({ status: 200 });
    expect(await charge('tok_test_amex_8431_2')).toMatchObject({ status: 428 });
    expect(kept(simulator)).toEqual(['paid', 'paid']);
  });

  test('come from one request, and are both in the books after a restart', async () => {
    const simulator = await start();
    simulator.addFault({ route: 'create-charge', kind: 'charged-twice', times: 1 });
    await paidOrder(simulator.url);
    expect(kept(await restart(simulator))).toEqual(['paid', 'paid']);
  });

  test('are given back one by one, the oldest first: a refund cannot name its charge', async () => {
    const simulator = await start();
    simulator.addFault({ route: 'create-charge', kind: 'charged-twice', times: 1 });
    const id = await paidOrder(simulator.url);
    const refund = (amount: number) => ask(simulator.url, 'POST', `/orders/${id}/refunds`, { amount, reason: 'x' });
    expect(await refund(1501)).toMatchObject({ status: 422 });
    expect((await refund(1500)).body).toMatchObject({ payment_status: 'partially_refunded' });
    expect(kept(simulator)).toEqual(['refunded', 'paid']);
    expect((await refund(1500)).body).toMatchObject({ payment_status: 'refunded', amount_refunded: 3000 });
    expect(kept(simulator)).toEqual(['refunded', 'refunded']);
  });

  test('of which the second is declined leave the first as it was', async () => {
    const simulator = await start();
    const id = await paidOrder(simulator.url);
    simulator.addFault({ route: 'create-charge', kind: 'unlocked', times: 1 });
    await ask(simulator.url, 'POST', `/orders/${id}/charges`, card('tok_test_card_declined'));
    expect(simulator.ledger()).toMatchObject({ orders: [{ payment_status: 'paid' }] });
    expect(kept(simulator)).toEqual(['paid', 'declined']);
  });
});

describe('a late effect', () => {
  const late = (url: string, id: string) => ask(url, 'POST', `/orders/${id}/charges`, card('tok_test_visa_4242_late'));

  test('comes by itself after its time, although the answer was an error', async () => {
    const { url, ledger, addFault } = await start();
    const { body } = await ask(url, 'POST', '/orders', order);
    addFault({ route: 'create-charge', kind: 'late', ms: 50, answer: 'server-error', times: 1 });
    expect(await late(url, body.id)).toMatchObject({ status: 500 });
    expect(ledger().charges).toEqual([]);
    await expect.poll(() => ledger().charges).toMatchObject([{ status: 'paid' }]);
  });

  test('comes when it is released, and once', async () => {
    const { url, ledger, addFault, releaseLate } = await start();
    const { body } = await ask(url, 'POST', '/orders', order);
    addFault({ route: 'create-charge', kind: 'late', times: 1 });
    await expect(late(url, body.id)).rejects.toThrow();
    await ask(url, 'POST', `/orders/${body.id}/cancel`);
    expect([await releaseLate(), await releaseLate()]).toEqual([1, 0]);
    expect(ledger()).toMatchObject({ orders: [{ payment_status: 'paid' }], charges: [{ status: 'paid' }] });
  });

  test('is forgotten when the gateway dies before: nobody was told of it', async () => {
    const first = await start();
    const { body } = await ask(first.url, 'POST', '/orders', order);
    first.addFault({ route: 'create-charge', kind: 'late', times: 1 });
    await expect(late(first.url, body.id)).rejects.toThrow();
    const second = await restart(first);
    expect([await second.releaseLate(), second.ledger().charges]).toEqual([0, []]);
  });
});

describe('settling a charge', () => {
  test('pays what waits, and late what was cancelled or expired; never what was declined or has no charge', async () => {
    const { url, ledger, settle } = await start();
    const waiting = async () => paidOrder(url, 'tok_test_pending');
    const [pays, cancelled, expired, declined] = [await waiting(), await waiting(), await waiting(), await waiting()];
    settle(pays, 'paid');
    await ask(url, 'POST', `/orders/${cancelled}/cancel`);
    settle(cancelled, 'paid');
    settle(expired, 'expired');
    settle(expired, 'paid');
    settle(declined, 'declined');
    expect(ledger().orders.map(({ payment_status }) => payment_status)).toEqual(['paid', 'paid', 'paid', 'declined']);
    const { body } = await ask(url, 'POST', '/orders', order);
    for (const id of [declined, pays, body.id, 'ord_none']) expect(() => settle(id, 'paid')).toThrow();
    expect(() => settle(cancelled, 'expired')).toThrow();
  });
});

describe('faults', () => {
  test('make a search slow to see, and an order invisible for a while', async () => {
    let nowMs = 1_700_000_000_000;
    const simulator = await start({ clock: { now: () => nowMs } });
    const id = await paidOrder(simulator.url);
    const found = async () =>
      z.array(z.unknown()).parse((await ask(simulator.url, 'GET', '/orders?search=42')).body['data']);
    simulator.addFault({ route: 'search-orders', kind: 'search-lag', ms: 30_000 });
    expect(await found()).toEqual([]);
    expect(await ask(simulator.url, 'GET', `/orders/${id}`)).toMatchObject({ status: 200 });
    nowMs += 30_000;
    expect(await found()).toHaveLength(1);
    simulator.addFault({ route: 'get-order', kind: 'not-found', times: 1 });
    const read = async () => (await ask(simulator.url, 'GET', `/orders/${id}`)).status;
    expect([await read(), await read()]).toEqual([404, 200]);
  });

  test('that change what is done can meet one that spoils the answer', async () => {
    const { url, ledger, addFault } = await start();
    addFault({ route: 'create-charge', kind: 'charged-twice', times: 1 });
    addFault({ route: 'create-charge', kind: 'server-error', when: 'after', times: 1 });
    const { body } = await ask(url, 'POST', '/orders', order);
    expect(await ask(url, 'POST', `/orders/${body.id}/charges`, card('tok_test_visa_4242_x'))).toMatchObject({
      status: 500,
    });
    expect(ledger().charges).toHaveLength(2);
  });

  test('happen as often as asked, on their route only, until cleared', async () => {
    const simulator = await start();
    const make = async () => (await ask(simulator.url, 'POST', '/orders', order)).status;
    simulator.addFault({ route: 'create-order', kind: 'server-error', when: 'before', times: 2 });
    simulator.addFault({ route: 'get-order', kind: 'server-error', when: 'before' });
    expect([await make(), await make(), await make()]).toEqual([500, 500, 200]);
    expect(simulator.ledger().orders).toHaveLength(1);
    const read = async () => (await ask(simulator.url, 'GET', '/orders/ord_none')).status;
    expect([await read(), await read()]).toEqual([500, 500]);
    simulator.clearFaults();
    expect(await read()).toBe(404);
    expect(simulator.calls()).toMatchObject({ 'create-order': 3, 'get-order': 3, refund: 0 });
  });

  test('say when to come back only if asked to', async () => {
    const { url, addFault } = await start();
    addFault({ route: 'create-order', kind: 'too-many-requests', retryAfterSeconds: 7, times: 1 });
    addFault({ route: 'create-order', kind: 'too-many-requests', times: 1 });
    const told = await ask(url, 'POST', '/orders', order);
    const untold = await ask(url, 'POST', '/orders', order);
    expect([told.status, told.headers.get('retry-after')]).toEqual([429, '7']);
    expect([untold.status, untold.headers.get('retry-after')]).toEqual([429, null]);
  });

  test('of a kind that does not exist, or a refusal after its effect, are not taken', async () => {
    const { addFault } = await start();
    // @ts-expect-error a refusal promises that nothing happened
    expect(() => addFault({ route: 'create-charge', kind: 'wrong-key', when: 'after' })).toThrow();
    // @ts-expect-error no such kind
    expect(() => addFault({ route: 'create-charge', kind: 'fire', when: 'after' })).toThrow();
  });

  test('are all in the catalogue, one line each', async () => {
    const { faultCatalogue, addFault } = await start();
    for (const { kind, description } of faultCatalogue) {
      const [, only, onlyRoute] = /Only (before|after)(?: ([a-z-]+))?\.$/.exec(description) ?? [];
      const timed = { ms: 1 };
      const altering = { field: 'amount', value: 1 };
      const add = (route: string, when: string) => {
        // @ts-expect-error the catalogue is text for a person
        addFault({ route, kind, when, ...(/ ms\b/.test(description) && timed), ...(kind === 'altered' && altering) });
      };
      expect(() => add(onlyRoute ?? 'get-order', only ?? 'after')).not.toThrow();
      if (only) expect(() => add(onlyRoute ?? 'get-order', only === 'after' ? 'before' : 'after')).toThrow();
      if (onlyRoute) expect(() => add('get-order', 'before')).toThrow();
    }
    expect(faultCatalogue).toHaveLength(19);
  });
});

test('a taken port is one clear sentence, and leaves the books free', async () => {
  const { port } = await start();
  await expect(start({ port })).rejects.toThrow(/Port \d+ for the Conekta simulator is already taken/);
});

test('stopping does not wait for answers that never come', async () => {
  const simulator = await start({ approvalDelayMs: 60_000 });
  const { body } = await ask(simulator.url, 'POST', '/orders', order);
  simulator.addFault({ route: 'get-order', kind: 'timeout', when: 'before' });
  const unanswered = [
    ask(simulator.url, 'GET', `/orders/${body.id}`),
    ask(simulator.url, 'POST', `/orders/${body.id}/charges`, card('tok_test_visa_4242')),
  ].map((answer) => expect(answer).rejects.toThrow());
  await expect.poll(() => simulator.calls()['create-charge'] + simulator.calls()['get-order']).toBe(2);
  running = [];
  await simulator.stop();
  await Promise.all(unanswered);
  expect((await start()).ledger().charges).toEqual([]);
});
