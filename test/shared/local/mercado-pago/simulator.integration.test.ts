import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { pathToFileURL } from 'node:url';
import { MercadoPagoConfig, Payment, PaymentRefund, User } from 'mercadopago';
import { AppConfig } from 'mercadopago/dist/utils/config/index.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  type MercadoPagoSimulator,
  type MercadoPagoSimulatorOptions,
  startMercadoPagoSimulator,
} from '#shared/local/mercado-pago/simulator.ts';
import { tokenNames } from '#shared/local/mercado-pago/tokens.ts';
import { StartError } from '#shared/local/start-error.ts';

const NOW_MS = 1_700_000_000_999;
let nowMs: number;
const clock = { now: () => nowMs };
let dataDir: string;
let running: MercadoPagoSimulator[] = [];

beforeEach(async () => {
  nowMs = NOW_MS;
  dataDir = await mkdtemp(join(tmpdir(), 'mercado-pago-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()));
  await rm(dataDir, { recursive: true });
});

async function start(options: Partial<MercadoPagoSimulatorOptions> = {}): Promise<MercadoPagoSimulator> {
  const simulator = await startMercadoPagoSimulator({ port: 0, dataDir, clock, ...options });
  running.push(simulator);
  return simulator;
}

async function restart(simulator: MercadoPagoSimulator): Promise<MercadoPagoSimulator> {
  running = running.filter((other) => other !== simulator);
  await simulator.stop();
  return start();
}

const answerShape = z.looseObject({
  id: z.number().default(0),
  status: z.union([z.string(), z.number()]).optional(),
  cause: z.array(z.looseObject({ code: z.int(), description: z.string() })).default([]),
});

async function ask(url: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/v1/payments${path}`, {
    method,
    redirect: 'error',
    headers: { Authorization: 'Bearer TEST-acme', 'Content-Type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const json: unknown = await response.json();
  const answer = Array.isArray(json) ? answerShape.parse({ list: json }) : answerShape.parse(json);
  return { status: response.status, headers: response.headers, body: answer, codes: answer.cause.map((c) => c.code) };
}

const order = {
  transaction_amount: 19.99,
  token: 'mp_test_APRO',
  description: 'Acceso Hotspot - WiFi 1 h',
  installments: 1,
  payment_method_id: 'visa',
  payer: { email: 'ana@correo.mx', first_name: 'Ana' },
  external_reference: 'HS42',
  metadata: { empresa_id: 'EMP-1' },
};
const idempotent = (key: string) => ({ 'X-Idempotency-Key': key });

async function pay(url: string, changes: object = {}, headers: Record<string, string> = {}) {
  return ask(url, 'POST', '', { ...order, ...changes }, headers);
}
const refundOf = (url: string, id: number, body: unknown = {}, headers: Record<string, string> = {}) =>
  ask(url, 'POST', `/${id}/refunds`, body, headers);
const search = (url: string, query = 'external_reference=HS42&sort=date_created&criteria=desc') =>
  ask(url, 'GET', `/search?${query}`);

describe('the books', () => {
  test('survive a restart, with what every token, key and refund did', async () => {
    const first = await start();
    const [key, refundKey] = [randomUUID(), randomUUID()];
    const { body } = await pay(first.url, { token: 'mp_test_APRO_1' }, idempotent(key));
    await refundOf(first.url, body.id, { amount: 5 }, idempotent(refundKey));
    const before = first.ledger();

    const second = await restart(first);
    expect(second.ledger()).toEqual(before);
    expect((await pay(second.url, { token: 'mp_test_APRO_1' }, idempotent(key))).body.id).toBe(body.id);
    await refundOf(second.url, body.id, { amount: 5 }, idempotent(refundKey));
    expect((await pay(second.url, { token: 'mp_test_APRO_1' })).codes).toEqual([3003]);
    expect(second.ledger()).toEqual(before);
  });

  test('keep every payment that was answered before a kill -9', async () => {
    const module = pathToFileURL(join(import.meta.dirname, '../../../../shared/local/mercado-pago/simulator.ts')).href;
    const program = `
      const { startMercadoPagoSimulator } = await import(${JSON.stringify(module)});
      const { url } = await startMercadoPagoSimulator({ port: 0, dataDir: process.argv[1], clock: Date });
      console.log(url);
      process.stdin.on('end', () => process.exit()).resume();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, dataDir], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [url] = z.tuple([z.string()]).parse(await once(createInterface(child.stdout), 'line'));
    const { body } = await pay(url);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await start()).ledger().payments).toMatchObject([{ id: body.id, amount: 1999, status: 'approved' }]);
  });

  test('forget a line that was cut by a crash, and go on behind it', async () => {
    const first = await start();
    const { body } = await pay(first.url);
    await first.stop();
    running = [];
    await appendFile(join(dataDir, 'payments.jsonl'), '{"id":123');
    const second = await start();
    const next = await pay(second.url);
    expect((await restart(second)).ledger().payments.map(({ id }) => id)).toEqual([body.id, next.body.id]);
  });

  test('that are damaged, or in a place that cannot be written, are one clear sentence', async () => {
    await writeFile(join(dataDir, 'payments.jsonl'), 'not json\n');
    await expect(start()).rejects.toThrow(StartError);
    const file = join(dataDir, 'file');
    await writeFile(file, '');
    await expect(start({ dataDir: join(file, 'books') })).rejects.toThrow(StartError);
  });

  test('hold neither an access token, nor a card token, nor an idempotency key', async () => {
    const { url } = await start();
    const key = randomUUID();
    await pay(url, {}, idempotent(key));
    const bytes = await readFile(join(dataDir, 'payments.jsonl'), 'utf8');
    for (const secret of ['TEST-acme', 'mp_test', key]) expect(bytes).not.toContain(secret);
  });

  test('list a payment and a refund as the gateway sees them, in minor units', async () => {
    const { url, ledger } = await start();
    const { body } = await pay(url);
    const refund = await refundOf(url, body.id, { amount: 5.5 });
    expect(ledger()).toEqual({
      payments: [
        {
          id: body.id,
          amount: 1999,
          currency: 'MXN',
          status: 'approved',
          status_detail: 'partially_refunded',
          external_reference: 'HS42',
          metadata: order.metadata,
          created_at: NOW_MS,
        },
      ],
      refunds: [{ id: refund.body.id, payment_id: body.id, amount: 550, status: 'approved' }],
    });
  });
});

describe('an access token', () => {
  test.each(['Bearer TEST-bad', 'Bearer APP_USR-revoked-1', 'Bearer key_acme', 'Bearer TEST-', 'Basic a2V5Og==', ''])(
    '%j is refused',
    async (Authorization) => {
      const { url, ledger } = await start();
      const answer = await pay(url, {}, { Authorization });
      expect(answer).toMatchObject({ status: 401, codes: [2001], body: { status: 401, error: 'unauthorized' } });
      expect(ledger().payments).toEqual([]);
    },
  );

  // Random tokens hold such a group once in a thousand.
  test('is not bad for letters within a word', async () => {
    const { url } = await start();
    const Authorization = 'Bearer TEST-bad1f00d-0b0e-4bad-bad1-c0ffee000000';
    expect(await pay(url, {}, { Authorization })).toMatchObject({ status: 201 });
  });

  test('says whether money is real', async () => {
    const { url } = await start();
    expect((await pay(url)).body).toMatchObject({ live_mode: false });
    expect((await pay(url, {}, { Authorization: 'Bearer APP_USR-1-x' })).body).toMatchObject({ live_mode: true });
  });

  test("cannot read, cancel, give back or find another seller's payment", async () => {
    const { url, ledger } = await start();
    const { body } = await pay(url, { token: 'mp_test_CONT' });
    const before = ledger();
    const foreign = { Authorization: 'Bearer TEST-other' };
    for (const [method, path, sent] of [
      ['GET', `/${body.id}`, undefined],
      ['PUT', `/${body.id}`, { status: 'cancelled' }],
      ['POST', `/${body.id}/refunds`, {}],
      ['GET', `/${body.id}/refunds`, undefined],
    ] as const)
      expect(await ask(url, method, path, sent, foreign)).toMatchObject({ status: 404, codes: [2000] });
    const query = '/search?sort=date_created&criteria=desc';
    expect((await ask(url, 'GET', query, undefined, foreign)).body).toMatchObject({ results: [] });
    expect(ledger()).toEqual(before);
  });
});

describe('a request', () => {
  test.each([
    [4002, 'transaction_amount', { transaction_amount: undefined }],
    [4003, 'transaction_amount', { transaction_amount: '19.99' }],
    [4037, 'transaction_amount', { transaction_amount: 0 }],
    [4037, 'transaction_amount', { transaction_amount: -1 }],
    [4037, 'transaction_amount', { transaction_amount: 1.005 }],
    [4006, 'payer', { payer: undefined }],
    [4050, 'payer', { payer: {} }],
    [4050, 'payer', { payer: { email: 'ana' } }],
    [1, 'issuer_id', { issuer_id: 310 }],
    [4000, 'token', { token: undefined }],
    [2006, 'token', { token: 'ff8080814c11e237014c1ff593b57b4d' }],
    [4001, 'payment_method_id', { payment_method_id: undefined }],
    [4004, 'installments', { installments: undefined }],
    [4005, 'installments', { installments: 'one' }],
    [1, 'external_reference', { external_reference: 'x'.repeat(257) }],
    [1, 'statement_descriptor', { statement_descriptor: 'x'.repeat(23) }],
    [4020, 'notification_url', { notification_url: 'here' }],
    [1, 'binary_mode', { binary_mode: 'yes' }],
  ])('whose fault is cause %i of %s is refused and stores nothing', async (code, _param, changes) => {
    const { url, ledger } = await start();
    const answer = await pay(url, changes);
    expect(answer).toMatchObject({ status: 400, codes: [code], body: { error: 'bad_request', status: 400 } });
    expect(answer.body['message']).toBe(answer.body.cause[0]?.description);
    expect(ledger().payments).toEqual([]);
  });

  test('with a decimal is refused where money has none', async () => {
    const { url, ledger } = await start({ currency: 'CLP' });
    expect(await pay(url)).toMatchObject({ status: 400, codes: [4037] });
    const { body } = await pay(url, { transaction_amount: 1500 });
    expect(body).toMatchObject({ transaction_amount: 1500, currency_id: 'CLP' });
    expect(ledger().payments).toMatchObject([{ amount: 1500, currency: 'CLP' }]);
  });

  test('that is not JSON, or for a path that is not there, is refused', async () => {
    const { url } = await start();
    expect(await ask(url, 'POST', '', '{')).toMatchObject({ status: 400 });
    expect(await ask(url, 'GET', '/1/nowhere')).toMatchObject({ status: 404 });
    expect(await ask(url, 'GET', '/12345678901')).toMatchObject({ status: 404, codes: [2000] });
  });
});

describe('an idempotency key', () => {
  test('must be a UUID when it is sent', async () => {
    const { url, ledger } = await start();
    expect(await pay(url, {}, idempotent('k1'))).toMatchObject({ status: 400, codes: [1] });
    expect(await pay(url, {}, idempotent('5e884898-da28-5eb1-8d04-a1f1c9d3f3aa'))).toMatchObject({ status: 201 });
    expect(ledger().payments).toHaveLength(1);
  });

  test('with the same body is the original payment as it is now, also when both arrive at once', async () => {
    const { url, ledger, settle } = await start({ approvalDelayMs: 20 });
    const key = idempotent(randomUUID());
    const twice = await Promise.all([
      pay(url, { token: 'mp_test_CONT_1' }, key),
      pay(url, { token: 'mp_test_CONT_1' }, key),
    ]);
    expect(twice.map(({ status }) => status).toSorted()).toEqual([200, 201]);
    expect(new Set(twice.map(({ body }) => body.id)).size).toBe(1);
    settle(twice[0].body.id, 'approved');
    expect((await pay(url, { token: 'mp_test_CONT_1' }, key)).body).toMatchObject({ status: 'approved' });
    expect(ledger().payments).toHaveLength(1);
  });

  test('with another body is a conflict', async () => {
    const { url, ledger } = await start();
    const key = idempotent(randomUUID());
    await pay(url, {}, key);
    expect(await pay(url, { transaction_amount: 20 }, key)).toMatchObject({ status: 409 });
    expect(ledger().payments).toHaveLength(1);
  });

  test("is one seller's: another's is another", async () => {
    const { url, ledger } = await start();
    const key = idempotent(randomUUID());
    const one = await pay(url, {}, key);
    const other = await pay(url, {}, { ...key, Authorization: 'Bearer TEST-other' });
    expect(other).toMatchObject({ status: 201 });
    expect(other.body.id).not.toBe(one.body.id);
    expect(ledger().payments).toHaveLength(2);
  });

  test('of a request that was refused is still free', async () => {
    const { url } = await start();
    const key = idempotent(randomUUID());
    expect(await pay(url, { token: 'unknown' }, key)).toMatchObject({ status: 400 });
    expect(await pay(url, {}, key)).toMatchObject({ status: 201 });
  });
});

describe('a card token', () => {
  test.each([
    ['APRO', 'approved', 'accredited'],
    ['OTHE', 'rejected', 'cc_rejected_other_reason'],
    ['CONT', 'in_process', 'pending_contingency'],
    ['CALL', 'rejected', 'cc_rejected_call_for_authorize'],
    ['FUND', 'rejected', 'cc_rejected_insufficient_amount'],
    ['SECU', 'rejected', 'cc_rejected_bad_filled_security_code'],
    ['EXPI', 'rejected', 'cc_rejected_bad_filled_date'],
    ['FORM', 'rejected', 'cc_rejected_bad_filled_other'],
    ['CARD', 'rejected', 'cc_rejected_bad_filled_card_number'],
    ['INST', 'rejected', 'cc_rejected_invalid_installments'],
    ['DUPL', 'rejected', 'cc_rejected_duplicated_payment'],
    ['LOCK', 'rejected', 'cc_rejected_card_disabled'],
    ['CTNA', 'rejected', 'cc_rejected_card_type_not_allowed'],
    ['ATTE', 'rejected', 'cc_rejected_max_attempts'],
    ['BLAC', 'rejected', 'cc_rejected_blacklist'],
    ['UNSU', 'rejected', 'cc_unsupported_unsupported'],
    ['TEST', 'rejected', 'cc_amount_rate_limit_exceeded'],
    ['detail_cc_rejected_high_risk', 'rejected', 'cc_rejected_high_risk'],
    ['detail_cc_rejected_card_error', 'rejected', 'cc_rejected_card_error'],
    ['detail_pending_review_manual', 'in_process', 'pending_review_manual'],
  ])('mp_test_%s makes a payment that is %s, %s', async (name, status, detail) => {
    const { url, ledger } = await start();
    const answer = await pay(url, { token: `mp_test_${name}` });
    expect(answer).toMatchObject({ status: 201, body: { status, status_detail: detail, transaction_amount: 19.99 } });
    expect(String(answer.body.id)).toMatch(/^\d{10,}$/);
    expect(ledger().payments).toMatchObject([{ status, status_detail: detail }]);
  });

  test('is good once with a suffix, and for ever without', async () => {
    const { url, ledger } = await start();
    for (const token of tokenNames) {
      expect([(await pay(url, { token })).status, (await pay(url, { token })).status], token).toEqual([201, 201]);
      const once = `${token}_a1`;
      const first = await pay(url, { token: once });
      expect(first.body, token).toMatchObject({ status: (await pay(url, { token })).body.status });
      expect(await pay(url, { token: once }), token).toMatchObject({ status: 400, codes: [3003] });
    }
    expect(ledger().payments).toHaveLength(4 * tokenNames.length);
  });

  test('that is not decided at once is rejected in binary mode', async () => {
    const { url } = await start();
    for (const [token, detail] of [
      ['mp_test_CONT', 'cc_rejected_other_reason'],
      ['mp_test_3DS', 'cc_rejected_3ds_mandatory'],
    ])
      expect((await pay(url, { token, binary_mode: true, three_d_secure_mode: 'optional' })).body).toMatchObject({
        status: 'rejected',
        status_detail: detail,
        binary_mode: true,
      });
  });

  test('that is challenged waits for the buyer, only where 3-D Secure was asked for', async () => {
    const { url, settle } = await start();
    const { body } = await pay(url, { token: 'mp_test_3DS', three_d_secure_mode: 'optional' });
    expect(body).toMatchObject({
      status: 'pending',
      status_detail: 'pending_challenge',
      three_ds_info: {
        external_resource_url: expect.stringMatching(/^https:/),
        creq: expect.stringMatching(/^[\w-]+$/),
      },
    });
    settle(body.id, 'rejected');
    const failed = await ask(url, 'GET', `/${body.id}`);
    expect(failed.body).toMatchObject({ status: 'rejected', status_detail: 'cc_rejected_3ds_challenge' });
    expect(Object.keys(failed.body)).not.toContain('three_ds_info');
    expect((await pay(url, { token: 'mp_test_3DS' })).body).toMatchObject({ status: 'rejected' });
  });

  test('that is challenged is approved, or cancelled, like whatever waits', async () => {
    const { url, settle } = await start();
    const challenged = async () =>
      (await pay(url, { token: 'mp_test_3DS', three_d_secure_mode: 'optional', binary_mode: false })).body.id;
    const [passed, abandoned] = [await challenged(), await challenged()];
    settle(passed, 'approved');
    expect((await ask(url, 'GET', `/${passed}`)).body).toMatchObject({
      status: 'approved',
      status_detail: 'accredited',
    });
    expect((await ask(url, 'PUT', `/${abandoned}`, { status: 'cancelled' })).body).toMatchObject({
      status: 'cancelled',
      status_detail: 'by_collector',
    });
    expect(() => settle(passed, 'rejected')).toThrow();
  });
});

describe('a payment', () => {
  test('without a card waits for cash', async () => {
    const { url, settle } = await start();
    const { body } = await pay(url, { token: undefined, installments: undefined, payment_method_id: 'oxxo' });
    expect(body).toMatchObject({ status: 'pending', status_detail: 'pending_waiting_payment' });
    settle(body.id, 'approved');
    expect((await ask(url, 'GET', `/${body.id}`)).body).toMatchObject({
      status: 'approved',
      date_created: '2023-11-14T18:13:20.999-04:00',
      date_approved: '2023-11-14T18:13:20.999-04:00',
    });
  });

  test('is cancelled while it is pending, in process or authorized, and never after', async () => {
    const { url } = await start();
    const cancel = (id: number, body: unknown = { status: 'cancelled' }) => ask(url, 'PUT', `/${id}`, body);
    for (const open of [
      { token: undefined, payment_method_id: 'oxxo' },
      { token: 'mp_test_CONT' },
      { capture: false },
    ]) {
      const { body } = await pay(url, open);
      expect(await cancel(body.id, { status: 'approved' })).toMatchObject({ status: 400 });
      expect(await cancel(body.id)).toMatchObject({
        status: 200,
        body: { status: 'cancelled', status_detail: 'by_collector' },
      });
      expect(await cancel(body.id)).toMatchObject({ status: 400, codes: [2063] });
    }
    for (const token of ['mp_test_APRO', 'mp_test_FUND'])
      expect(await cancel((await pay(url, { token })).body.id)).toMatchObject({ status: 400, codes: [2063] });
  });

  test('that waits ends as it is settled, and late after it was cancelled; never what was decided', async () => {
    const { url, ledger, settle } = await start();
    const waiting = async () => (await pay(url, { token: 'mp_test_CONT' })).body.id;
    const [pays, rejected, expired] = [await waiting(), await waiting(), await waiting()];
    settle(pays, 'approved');
    settle(rejected, 'rejected');
    settle(expired, 'expired');
    settle(expired, 'approved');
    expect(ledger().payments.map(({ status }) => status)).toEqual(['approved', 'rejected', 'approved']);
    for (const id of [pays, rejected, 1]) expect(() => settle(id, 'approved')).toThrow();
  });

  test('is taken back by the bank, which says how that ended', async () => {
    const { url, ledger, chargeBack } = await start();
    const [won, lost] = [(await pay(url)).body.id, (await pay(url)).body.id];
    expect(() => chargeBack(won, 'won')).toThrow();
    for (const id of [won, lost]) chargeBack(id, 'opened');
    expect(await refundOf(url, won)).toMatchObject({ status: 400, codes: [2063] });
    chargeBack(won, 'won');
    chargeBack(lost, 'lost');
    expect(ledger().payments).toMatchObject([
      { status: 'charged_back', status_detail: 'reimbursed' },
      { status: 'charged_back', status_detail: 'settled' },
    ]);
  });

  test('that is taken back shows what was given back before, and nothing more', async () => {
    const { url, addFault, chargeBack } = await start();
    const { id } = (await pay(url)).body;
    await refundOf(url, id, { amount: 5 });
    addFault({ route: 'refund', kind: 'refund-pending', times: 1 });
    await refundOf(url, id, { amount: 4 });
    for (const step of ['opened', 'lost'] as const) {
      chargeBack(id, step);
      expect((await ask(url, 'GET', `/${id}`)).body).toMatchObject({
        status: 'charged_back',
        transaction_amount_refunded: 5,
        refunds: [
          { amount: 5, status: 'approved' },
          { amount: 4, status: 'in_process' },
        ],
      });
    }
  });

  test('is in mediation when the buyer complains: kept as it was, or what is left goes back', async () => {
    const { url, claim } = await start();
    const [kept, lost] = [(await pay(url)).body.id, (await pay(url)).body.id];
    const read = async (id: number) => (await ask(url, 'GET', `/${id}`)).body;
    expect(() => claim(kept, 'won')).toThrow();
    for (const id of [kept, lost]) {
      await refundOf(url, id, { amount: 5 });
      claim(id, 'opened');
      expect(await read(id)).toMatchObject({ status: 'in_mediation', transaction_amount_refunded: 5 });
    }
    claim(kept, 'won');
    claim(lost, 'lost');
    expect(await read(kept)).toMatchObject({ status: 'approved', status_detail: 'partially_refunded' });
    expect(await read(lost)).toMatchObject({
      status: 'refunded',
      transaction_amount_refunded: 19.99,
      refunds: [{ amount: 5 }, { amount: 14.99 }],
    });
    expect(() => claim(lost, 'opened')).toThrow();
  });
});

describe('a search', () => {
  test('finds by reference, newest first or last, a page at a time', async () => {
    const { url } = await start();
    const older = await pay(url);
    nowMs += 1000;
    const newer = await pay(url, { token: 'mp_test_FUND' });
    await pay(url, { external_reference: 'HS4' });
    expect((await search(url)).body).toMatchObject({
      paging: { total: 2, limit: 30, offset: 0 },
      results: [{ id: newer.body.id }, { id: older.body.id }],
    });
    const ascending = 'sort=date_created&criteria=asc&external_reference=HS42';
    expect((await search(url, `${ascending}&limit=1&offset=1`)).body).toMatchObject({
      paging: { total: 2, limit: 1, offset: 1 },
      results: [{ id: newer.body.id }],
    });
    expect((await search(url, `${ascending}&status=approved`)).body).toMatchObject({
      results: [{ id: older.body.id }],
    });
  });

  test('lists what changed in a time, both ends included, by the time that is asked for', async () => {
    const { url, settle } = await start();
    const waiting = (await pay(url, { token: 'mp_test_CONT' })).body.id;
    const old = (await pay(url)).body.id;
    nowMs += 1000;
    settle(waiting, 'approved');
    const between = async (range: string, begin: number, end: number) => {
      const at = (ms: number) => new Date(NOW_MS + ms).toISOString();
      const dates = { begin_date: at(begin), end_date: at(end) };
      const query = new URLSearchParams({ sort: 'date_last_updated', criteria: 'asc', range, ...dates });
      return z.array(z.object({ id: z.int() })).parse((await search(url, query.toString())).body['results']);
    };
    expect(await between('date_last_updated', 1, 1000)).toEqual([{ id: waiting }]);
    expect(await between('date_last_updated', 0, 999)).toEqual([{ id: old }]);
    expect(await between('date_last_updated', 0, 1000)).toEqual([{ id: old }, { id: waiting }]);
    expect(await between('date_created', 0, 0)).toEqual([{ id: old }, { id: waiting }]);
    expect(await between('money_release_date', 1000, 1000)).toEqual([{ id: waiting }]);
    const inMexico = 'range=date_created&begin_date=2023-11-14T16:13:20.999-06:00&end_date=2023-11-14T22:13:21Z';
    expect((await search(url, `sort=date_created&criteria=asc&${inMexico}`)).body).toMatchObject({
      paging: { total: 2 },
    });
  });

  test.each(['limit=101', 'limit=0', 'offset=-1'])('of a page with %s is refused', async (page) => {
    const { url } = await start();
    expect(await search(url, `sort=date_created&criteria=desc&${page}`)).toMatchObject({ status: 400, codes: [1] });
  });

  test.each([
    'range=date_created',
    'begin_date=2023-11-14T00:00:00Z&end_date=2023-11-15T00:00:00Z',
    'range=date_created&begin_date=2023-11-14T00:00:00Z',
    'range=date_created&begin_date=2023-11-14&end_date=2023-11-15T00:00:00Z',
    'range=date_approved&begin_date=2023-11-14T00:00:00Z&end_date=2023-11-15T00:00:00Z',
  ])('of a time that is not whole, %s, is refused', async (range) => {
    const { url } = await start();
    expect(await search(url, `sort=date_created&criteria=desc&${range}`)).toMatchObject({ status: 400, codes: [1] });
  });

  test.each(['criteria=desc', 'sort=date_created', 'sort=date_created&criteria=desc&store_id=1'])(
    '%s is refused',
    async (query) => {
      const { url } = await start();
      expect(await search(url, query)).toMatchObject({ status: 400, codes: [1] });
    },
  );

  test('can be slow to see, while a look by id sees at once', async () => {
    const { url, addFault } = await start();
    const { body } = await pay(url);
    addFault({ route: 'search-payments', kind: 'search-lag', ms: 30_000 });
    expect((await search(url)).body).toMatchObject({ results: [] });
    expect(await ask(url, 'GET', `/${body.id}`)).toMatchObject({ status: 200 });
    nowMs += 30_000;
    expect((await search(url)).body).toMatchObject({ results: [{ id: body.id }] });
  });
});

describe('a refund', () => {
  test('without a key has no memory, and never gives more than is left', async () => {
    const { url, ledger } = await start();
    const { id } = (await pay(url)).body;
    for (const status of [201, 201, 400]) expect(await refundOf(url, id, { amount: 7 })).toMatchObject({ status });
    expect(await refundOf(url, id)).toMatchObject({ status: 201, body: { amount: 5.99, payment_id: id } });
    expect((await ask(url, 'GET', `/${id}`)).body).toMatchObject({
      status: 'refunded',
      status_detail: 'refunded',
      transaction_amount_refunded: 19.99,
    });
    expect(await refundOf(url, id)).toMatchObject({ status: 400, codes: [2063] });
    expect(ledger().refunds.map(({ amount }) => amount)).toEqual([700, 700, 599]);
  });

  test('with its key again is the original one; for another body or payment it is a conflict', async () => {
    const { url, ledger } = await start();
    const [id, other] = [(await pay(url)).body.id, (await pay(url)).body.id];
    const key = idempotent(randomUUID());
    const first = await refundOf(url, id, { amount: 5 }, key);
    const again = await refundOf(url, id, { amount: 5 }, key);
    expect([first.status, again.status, again.body.id]).toEqual([201, 200, first.body.id]);
    expect(await refundOf(url, id, { amount: 6 }, key)).toMatchObject({ status: 409 });
    expect(await refundOf(url, other, { amount: 5 }, key)).toMatchObject({ status: 409 });
    expect(ledger().refunds).toHaveLength(1);
    expect((await ask(url, 'GET', `/${id}/refunds`)).body['list']).toMatchObject([{ id: first.body.id, amount: 5 }]);
  });

  test('that waits is neither back nor free to give again, until the bank decides', async () => {
    const { url, ledger, addFault, settleRefund } = await start();
    const { id } = (await pay(url, { transaction_amount: 15 })).body;
    addFault({ route: 'refund', kind: 'refund-pending', times: 2 });
    const failing = await refundOf(url, id, { amount: 10 });
    expect(failing).toMatchObject({ status: 201, body: { status: 'in_process' } });
    expect(await refundOf(url, id, { amount: 10 })).toMatchObject({ status: 400, codes: [4040] });
    addFault({ route: 'refund', kind: 'refund-pending', times: 1 });
    const done = await refundOf(url, id, { amount: 5 });
    settleRefund(failing.body.id, 'rejected');
    expect((await ask(url, 'GET', `/${id}`)).body).toMatchObject({
      transaction_amount_refunded: 0,
      refunds: [{ status: 'rejected' }, { status: 'in_process' }],
    });
    settleRefund(done.body.id, 'approved');
    expect((await ask(url, 'GET', `/${id}`)).body).toMatchObject({
      status_detail: 'partially_refunded',
      transaction_amount_refunded: 5,
      refunds: [{ status: 'rejected' }, { status: 'approved' }],
    });
    expect(() => settleRefund(done.body.id, 'rejected')).toThrow();
    expect(ledger().refunds.map(({ status }) => status)).toEqual(['rejected', 'approved']);
  });

  test('from an empty account is rejected, and gives nothing back', async () => {
    const { url, addFault } = await start();
    const { id } = (await pay(url)).body;
    addFault({ route: 'refund', kind: 'refund-rejected', times: 1 });
    expect(await refundOf(url, id)).toMatchObject({ status: 201, body: { status: 'rejected', amount: 19.99 } });
    expect((await ask(url, 'GET', `/${id}`)).body).toMatchObject({ status: 'approved', status_detail: 'accredited' });
    expect(await refundOf(url, id)).toMatchObject({ status: 201, body: { status: 'approved' } });
  });

  test('needs a kept payment and an amount that is one', async () => {
    const { url } = await start();
    const { id } = (await pay(url, { token: 'mp_test_CONT' })).body;
    expect(await refundOf(url, id)).toMatchObject({ status: 400, codes: [2063] });
    const kept = (await pay(url)).body.id;
    for (const amount of ['5', 0, -1, 1.005])
      expect(await refundOf(url, kept, { amount })).toMatchObject({ status: 400, codes: [4040] });
  });
});

describe('faults', () => {
  test.each([
    ['server-error', 500],
    ['conflict', 409],
    ['locked', 423],
  ] as const)('%s comes before the effect or after it', async (kind, status) => {
    const { url, ledger, addFault } = await start();
    addFault({ route: 'create-payment', kind, when: 'before', times: 1 });
    expect(await pay(url)).toMatchObject({ status, body: { status, cause: [] } });
    expect(ledger().payments).toEqual([]);
    addFault({ route: 'create-payment', kind, when: 'after', times: 1 });
    expect(await pay(url)).toMatchObject({ status });
    expect(ledger().payments).toMatchObject([{ status: 'approved' }]);
  });

  test.each([
    ['wrong-key', 401],
    ['not-found', 404],
    ['too-many-requests', 429],
  ] as const)('%s is a refusal that stores nothing', async (kind, status) => {
    const { url, ledger, addFault } = await start();
    addFault({ route: 'create-payment', kind, times: 1 });
    expect(await pay(url)).toMatchObject({ status });
    expect(ledger().payments).toEqual([]);
  });

  test('say when to come back only if asked to', async () => {
    const { url, addFault } = await start();
    addFault({ route: 'create-payment', kind: 'too-many-requests', retryAfterSeconds: 7, times: 1 });
    addFault({ route: 'create-payment', kind: 'too-many-requests', times: 1 });
    expect((await pay(url)).headers.get('retry-after')).toBe('7');
    expect((await pay(url)).headers.get('retry-after')).toBeNull();
  });

  test.each(['reset', 'cut-body', 'html-body'] as const)('%s loses the answer and keeps the payment', async (kind) => {
    const { url, ledger, addFault } = await start();
    addFault({ route: 'create-payment', kind, when: 'after', times: 1 });
    await expect(pay(url)).rejects.toThrow();
    expect(ledger().payments).toMatchObject([{ status: 'approved' }]);
  });

  test('charge twice with one request, and its key remembers the first', async () => {
    const simulator = await start();
    const key = idempotent(randomUUID());
    simulator.addFault({ route: 'create-payment', kind: 'charged-twice', times: 1 });
    const { body } = await pay(simulator.url, {}, key);
    expect((await pay(simulator.url, {}, key)).body.id).toBe(body.id);
    const again = await restart(simulator);
    expect(again.ledger().payments).toMatchObject([
      { id: body.id, status: 'approved', external_reference: 'HS42' },
      { status: 'approved', external_reference: 'HS42' },
    ]);
    expect((await search(again.url)).body).toMatchObject({ paging: { total: 2 } });
  });

  test('let an effect come late: by itself, when released, or never after a restart', async () => {
    const simulator = await start();
    const late = () => pay(simulator.url, { token: 'mp_test_APRO_late' });
    simulator.addFault({ route: 'create-payment', kind: 'late', ms: 50, answer: 'server-error', times: 1 });
    expect(await late()).toMatchObject({ status: 500 });
    expect(simulator.ledger().payments).toEqual([]);
    await expect.poll(() => simulator.ledger().payments).toMatchObject([{ status: 'approved' }]);
    simulator.addFault({ route: 'create-payment', kind: 'late' });
    await expect(pay(simulator.url)).rejects.toThrow();
    expect([await simulator.releaseLate(), await simulator.releaseLate()]).toEqual([1, 0]);
    expect(simulator.ledger().payments).toHaveLength(2);
    await expect(pay(simulator.url)).rejects.toThrow();
    const second = await restart(simulator);
    expect([await second.releaseLate(), second.ledger().payments.length]).toEqual([0, 2]);
  });

  test('let a late request with a known key change nothing', async () => {
    const { url, ledger, addFault, releaseLate } = await start();
    const key = idempotent(randomUUID());
    addFault({ route: 'create-payment', kind: 'late', times: 1 });
    await expect(pay(url, {}, key)).rejects.toThrow();
    await pay(url, {}, key);
    await releaseLate();
    expect(ledger().payments).toHaveLength(1);
  });

  test('happen as often as asked, on their route only, until cleared', async () => {
    const simulator = await start();
    simulator.addFault({ route: 'create-payment', kind: 'server-error', when: 'before', times: 1 });
    simulator.addFault({ route: 'get-payment', kind: 'server-error', when: 'before' });
    expect([(await pay(simulator.url)).status, (await pay(simulator.url)).status]).toEqual([500, 201]);
    const read = async () => (await ask(simulator.url, 'GET', '/1')).status;
    expect([await read(), await read()]).toEqual([500, 500]);
    simulator.clearFaults();
    expect(await read()).toBe(404);
    expect(simulator.calls()).toMatchObject({ 'create-payment': 2, 'get-payment': 3, refund: 0 });
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
      expect(() => add(onlyRoute ?? 'get-payment', only ?? 'after')).not.toThrow();
      if (only) expect(() => add(onlyRoute ?? 'get-payment', only === 'after' ? 'before' : 'after')).toThrow();
      if (onlyRoute) expect(() => add('get-payment', 'before')).toThrow();
    }
    expect(faultCatalogue).toHaveLength(21);
  });
});

describe('the official SDK', () => {
  const officialUrl = AppConfig.BASE_URL;
  /** The SDK has no option for its address, and calls this static read-only. */
  const pointAt = (url: string) => Reflect.set(AppConfig, 'BASE_URL', url);
  afterEach(() => {
    pointAt(officialUrl);
  });
  const configured = (idempotencyKey?: string, accessToken = 'TEST-sdk') =>
    new MercadoPagoConfig({
      accessToken,
      options: { maxRetries: 0, ...(idempotencyKey !== undefined && { idempotencyKey }) },
    });

  test('pays, looks, searches, cancels and gives back', async () => {
    const { url, ledger } = await start();
    pointAt(url);
    const key = randomUUID();
    const paid = await new Payment(configured(key)).create({ body: order });
    expect(paid).toMatchObject({ status: 'approved', status_detail: 'accredited', api_response: { status: 201 } });
    expect((await new Payment(configured(key)).create({ body: order })).id).toBe(paid.id);
    const id = paid.id ?? 0;
    expect(await new Payment(configured()).get({ id })).toMatchObject({ id, external_reference: 'HS42' });

    const waiting = await new Payment(configured()).create({ body: { ...order, token: 'mp_test_CONT' } });
    expect(await new Payment(configured()).cancel({ id: waiting.id ?? 0 })).toMatchObject({ status: 'cancelled' });
    const found = await new Payment(configured()).search({
      options: { external_reference: 'HS42', sort: 'date_created', criteria: 'desc' },
    });
    expect(found).toMatchObject({ paging: { total: 2 }, results: [{ id: waiting.id }, { id }] });

    const partial = await new PaymentRefund(configured()).create({ payment_id: id, body: { amount: 5 } });
    expect(partial).toMatchObject({ payment_id: id, amount: 5, status: 'approved' });
    expect(await new PaymentRefund(configured()).total({ payment_id: id })).toMatchObject({ amount: 14.99 });
    const refunds = await new PaymentRefund(configured()).list({ payment_id: id });
    expect(refunds.map(({ amount }) => amount)).toEqual([5, 14.99]);
    expect(ledger().payments).toMatchObject([{ status: 'refunded' }, { status: 'cancelled' }]);
  });

  test('looks at the account, which says whether it is a test user, and of which country', async () => {
    const { url, calls, addFault } = await start();
    pointAt(url);
    const whoIs = (accessToken: string) => new User(configured(undefined, accessToken)).get();
    const tester = await whoIs('TEST-sdk');
    expect(tester).toMatchObject({ site_id: 'MLM', tags: ['normal', 'test_user'], nickname: `TESTUSER${tester.id}` });
    const seller = await whoIs('APP_USR-sdk');
    expect(seller).toMatchObject({ site_id: 'MLM', tags: ['normal'] });
    expect(seller.id).not.toBe(tester.id);
    expect((await whoIs('TEST-sdk')).id).toBe(tester.id);
    for (const bad of ['TEST-bad', 'APP_USR-revoked', 'sk_1'])
      await expect(whoIs(bad)).rejects.toMatchObject({ name: 'MPAuthenticationError', status: 401 });
    addFault({ route: 'get-user', kind: 'server-error', when: 'before', times: 1 });
    await expect(whoIs('TEST-sdk')).rejects.toMatchObject({ name: 'MPServerError' });
    expect(calls()).toMatchObject({ 'get-user': 7, 'get-payment': 0 });
    pointAt((await start({ currency: 'CLP', dataDir: join(dataDir, 'chile') })).url);
    expect(await whoIs('TEST-sdk')).toMatchObject({ site_id: 'MLC' });
  });

  test('lists what changed, and is challenged', async () => {
    const { url } = await start();
    pointAt(url);
    const body = { ...order, token: 'mp_test_3DS', three_d_secure_mode: 'optional', binary_mode: false };
    const { id, three_ds_info } = await new Payment(configured()).create({ body });
    expect(three_ds_info).toEqual({
      external_resource_url: expect.stringMatching(/^https:/),
      creq: expect.stringMatching(/^[\w-]+$/),
    });
    const found = await new Payment(configured()).search({
      options: {
        sort: 'date_last_updated',
        criteria: 'asc',
        range: 'date_last_updated',
        begin_date: new Date(NOW_MS - 1).toISOString(),
        end_date: new Date(NOW_MS).toISOString(),
        limit: 1,
      },
    });
    expect(found).toMatchObject({ paging: { total: 1, limit: 1 }, results: [{ id, status: 'pending' }] });
  });

  test('tells refusals apart by their cause', async () => {
    const { url } = await start();
    pointAt(url);
    await expect(new Payment(configured()).create({ body: { ...order, token: 'unknown' } })).rejects.toMatchObject({
      name: 'MPBadRequestError',
      status: 400,
      causes: [{ code: 2006 }],
    });
    await expect(new Payment(configured()).get({ id: 1 })).rejects.toMatchObject({ name: 'MPNotFoundError' });
  });

  test.each(['cut-body', 'html-body', 'empty-json'] as const)('takes %s for a success without an id', async (kind) => {
    const { url, ledger, addFault } = await start();
    pointAt(url);
    addFault({ route: 'create-payment', kind, when: 'after', times: 1 });
    expect((await new Payment(configured()).create({ body: order })).id).toBeUndefined();
    expect(ledger().payments).toHaveLength(1);
  });
});

test('a taken port is one clear sentence, and leaves the books free', async () => {
  const { port } = await start();
  await expect(start({ port })).rejects.toThrow(/Port \d+ for the Mercado Pago simulator is already taken/);
});

test('stopping does not wait for answers that never come', async () => {
  const simulator = await start({ approvalDelayMs: 60_000 });
  simulator.addFault({ route: 'get-payment', kind: 'timeout', when: 'before' });
  const unanswered = [ask(simulator.url, 'GET', '/1'), pay(simulator.url)].map((answer) =>
    expect(answer).rejects.toThrow(),
  );
  await expect.poll(() => simulator.calls()['create-payment'] + simulator.calls()['get-payment']).toBe(2);
  running = [];
  await simulator.stop();
  await Promise.all(unanswered);
  expect((await start()).ledger().payments).toEqual([]);
});
