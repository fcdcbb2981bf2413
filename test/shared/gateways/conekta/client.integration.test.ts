import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { conektaGateway } from '#shared/gateways/conekta/client.ts';
import { type Card, errorReasons, type PaymentGateway } from '#shared/gateways/gateway.ts';
import type { ConektaFaultInput } from '#shared/local/conekta/faults.ts';
import { type ConektaSimulator, startConektaSimulator } from '#shared/local/conekta/simulator.ts';
import { systemClock } from '#shared/platform/clock.ts';
import { Secret } from '#shared/security/secret.ts';
import { cardOf, intent } from './intent.ts';
import { selfSignedForLocalhost } from './self-signed.ts';

const KEY = 'key_plantedPrivateKey1';
let dataDir: string;
let conekta: ConektaSimulator;
let gateway: PaymentGateway;
const servers: Server[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'conekta-'));
  conekta = await startConektaSimulator({ port: 0, dataDir, clock: systemClock });
  gateway = conektaGateway({ baseUrl: conekta.url, clock: systemClock });
});
afterEach(() => {
  conekta.clearFaults();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(async () => {
  await conekta.stop();
  await rm(dataDir, { recursive: true });
});

const within = (ms: number, key = KEY) => ({ privateKey: new Secret(key), deadlineAt: systemClock.now() + ms });
const UNHURRIED_MS = 15_000;

let minted = 0;
const token = (kind: string) => cardOf(`tok_test_${kind}_planted${++minted}`);

async function opened(): Promise<string> {
  const answer = await gateway.open(intent, within(UNHURRIED_MS));
  if (answer.kind !== 'opened') throw new Error(`not opened: ${JSON.stringify(answer)}`);
  return answer.orderRef;
}

const charge = (orderRef: string, card: Card, ms = UNHURRIED_MS) => gateway.charge(orderRef, card, intent, within(ms));
const look = (orderRef: string) => gateway.look(orderRef, within(UNHURRIED_MS));
const chargesOn = (orderRef: string) => conekta.ledger().charges.filter(({ order_id }) => order_id === orderRef);

/** A gateway in front of a server that does exactly this. */
async function gatewayTo(listener: RequestListener): Promise<PaymentGateway> {
  const server = createPlainServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return conektaGateway({ baseUrl: addressOf(server, 'http://127.0.0.1'), clock: systemClock });
}

function addressOf(server: Server, origin: string): string {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return `${origin}:${address.port}`;
}

describe('a purchase', () => {
  test('is an order with its purchase id, then one charge of its whole amount', async () => {
    const orderRef = await opened();
    expect(await look(orderRef)).toEqual({ kind: 'no-charge' });
    const answer = await charge(orderRef, token('visa_4242'));

    const [kept] = chargesOn(orderRef);
    expect(kept).toMatchObject({ amount: 1999, status: 'paid' });
    const approval = { paymentId: kept?.id, amount: { minor: 1999, currency: 'MXN' }, live: false };
    expect(answer).toEqual({ kind: 'approved', approval });
    expect(await look(orderRef)).toEqual(answer);
    expect(conekta.ledger().orders.find(({ id }) => id === orderRef)).toMatchObject({
      amount: 1999,
      currency: 'MXN',
      payment_status: 'paid',
      metadata: { purchase_id: '7000000001', user_type: 'pin' },
    });
  });

  test('costs one request to open and one to charge', async () => {
    const before = conekta.calls();
    await charge(await opened(), token('visa_4242'));
    const after = conekta.calls();
    expect(after['create-order'] - before['create-order']).toBe(1);
    expect(after['create-charge'] - before['create-charge']).toBe(1);
    expect(after['get-order'] - before['get-order']).toBe(0);
  });

  test.each(errorReasons.filter((code) => code !== 'default'))('refused with %s keeps no money', async (code) => {
    const orderRef = await opened();
    const answer = await charge(orderRef, token(`code_${code}`));
    expect(answer).toMatchObject({ kind: 'declined', refusal: { reason: code } });
    expect(chargesOn(orderRef).filter(({ status }) => status === 'paid')).toEqual([]);
    expect(['declined', 'no-charge']).toContain((await look(orderRef)).kind);
  });

  test.each([
    ['card_declined', 'card_declined'],
    ['insufficient_funds', 'insufficient_funds'],
    ['suspected_fraud', 'card_declined'],
    ['restricted_card', 'card_declined'],
  ])('with a card that is %s is declined in the words of its bank', async (card, reason) => {
    const orderRef = await opened();
    const answer = await charge(orderRef, token(card));
    expect(answer).toEqual({ kind: 'declined', refusal: { reason, httpStatus: 402 } });
    expect(chargesOn(orderRef)).toMatchObject([{ status: 'declined' }]);
    expect(await look(orderRef)).toMatchObject({ kind: 'declined', refusal: { httpStatus: 402 } });
  });

  test('with a token that was never made, or was used, moves no money', async () => {
    const first = await opened();
    expect(await charge(first, cardOf('tok_unheard_of'))).toMatchObject({
      kind: 'declined',
      refusal: { httpStatus: 422 },
    });
    const card = token('visa_4242');
    await charge(first, card);
    const second = await opened();
    expect(await charge(second, card)).toEqual({
      kind: 'declined',
      refusal: { reason: 'conekta.errors.processing.tokenization.used', httpStatus: 402 },
    });
    expect(chargesOn(second)).toEqual([]);
  });

  test('that needs a challenge says where, and is approved once it was passed', async () => {
    const orderRef = await opened();
    const answer = await charge(orderRef, token('3ds'));
    expect(answer).toMatchObject({
      kind: 'action-required',
      action: { url: expect.stringMatching(/^https:\/\/pay\.conekta\.com\//), creq: null },
    });
    expect(await look(orderRef)).toEqual(answer);
    conekta.settle(orderRef, 'paid');
    expect(await look(orderRef)).toMatchObject({ kind: 'approved' });
  });

  test('whose charge waits is awaited, and ends as the gateway says', async () => {
    for (const [outcome, kind] of [
      ['declined', 'declined'],
      ['expired', 'closed'],
    ] as const) {
      const orderRef = await opened();
      expect(await charge(orderRef, token('pending'))).toEqual({ kind: 'awaiting-payment' });
      conekta.settle(orderRef, outcome);
      expect(await look(orderRef)).toMatchObject({ kind });
    }
  });

  test('with a key that Conekta refuses is refused when opening', async () => {
    const answer = await gateway.open(intent, within(UNHURRIED_MS, 'key_revoked'));
    expect(answer).toEqual({ kind: 'refused', refusal: { reason: 'authentication_error', httpStatus: 401 } });
  });

  test('with a wrong field is refused when opening', async () => {
    const nameless = { ...intent, customer: { ...intent.customer, name: '' } };
    expect(await gateway.open(nameless, within(UNHURRIED_MS))).toEqual({
      kind: 'refused',
      refusal: { reason: 'parameter_validation_error', httpStatus: 422 },
    });
  });

  test("read with another company's key is not known, and never 'no charge'", async () => {
    const orderRef = await opened();
    await charge(orderRef, token('visa_4242'));
    expect(await gateway.look(orderRef, within(UNHURRIED_MS, 'key_other'))).toMatchObject({ kind: 'unknown' });
  });
});

describe('cancelling', () => {
  test('closes an order without a charge, so that none can come', async () => {
    const orderRef = await opened();
    expect(await gateway.cancel(orderRef, within(UNHURRIED_MS))).toBe('cancelled');
    expect(await look(orderRef)).toEqual({ kind: 'closed' });
    expect(await charge(orderRef, token('visa_4242'))).toMatchObject({ kind: 'unknown' });
    expect(chargesOn(orderRef)).toEqual([]);
  });

  test('is refused once a charge was kept', async () => {
    const orderRef = await opened();
    await charge(orderRef, token('visa_4242'));
    expect(await gateway.cancel(orderRef, within(UNHURRIED_MS))).toBe('refused');
    expect(await look(orderRef)).toMatchObject({ kind: 'approved' });
  });

  test('whose answer was lost is unknown until a look', async () => {
    const orderRef = await opened();
    conekta.addFault({ route: 'cancel-order', kind: 'reset', when: 'after', times: 1 });
    expect(await gateway.cancel(orderRef, within(UNHURRIED_MS))).toBe('unknown');
    expect(await look(orderRef)).toEqual({ kind: 'closed' });
  });
});

describe('a lost answer', () => {
  const route = 'create-charge';
  const spoilings: [ConektaFaultInput, string][] = [
    [{ route, kind: 'server-error', when: 'before' }, 'server-error'],
    [{ route, kind: 'server-error', when: 'after' }, 'server-error'],
    [{ route, kind: 'reset', when: 'before' }, 'connection'],
    [{ route, kind: 'reset', when: 'after' }, 'connection'],
    [{ route, kind: 'cut-body', when: 'before' }, 'unreadable'],
    [{ route, kind: 'cut-body', when: 'after' }, 'unreadable'],
    [{ route, kind: 'html-body', when: 'before' }, 'unreadable'],
    [{ route, kind: 'html-body', when: 'after' }, 'unreadable'],
    [{ route, kind: 'empty-json', when: 'before' }, 'unreadable'],
    [{ route, kind: 'empty-json', when: 'after' }, 'unreadable'],
    [{ route, kind: 'timeout', when: 'before' }, 'timeout'],
    [{ route, kind: 'timeout', when: 'after' }, 'timeout'],
    [{ route, kind: 'delay', when: 'after', ms: 60_000 }, 'timeout'],
    [{ route, kind: 'slow-body', when: 'after', ms: 60_000 }, 'timeout'],
  ];
  test.each(spoilings)('%j is unknown, and a look tells the truth', async (fault, cause) => {
    const orderRef = await opened();
    conekta.addFault({ ...fault, times: 1 });
    const deadlineMs = cause === 'timeout' ? 400 : UNHURRIED_MS;
    expect(await charge(orderRef, token('visa_4242'), deadlineMs)).toEqual({ kind: 'unknown', cause });
    expect((await look(orderRef)).kind).toBe(fault.when === 'after' ? 'approved' : 'no-charge');
    expect(chargesOn(orderRef)).toHaveLength(fault.when === 'after' ? 1 : 0);
  });

  test('of a charge that Conekta makes only later is first no charge, then an approval', async () => {
    const orderRef = await opened();
    conekta.addFault({ route, kind: 'delay', when: 'before', ms: 600, times: 1 });
    expect(await charge(orderRef, token('visa_4242'), 200)).toEqual({ kind: 'unknown', cause: 'timeout' });
    expect(await look(orderRef)).toEqual({ kind: 'no-charge' });
    await expect.poll(() => look(orderRef), { timeout: 10_000 }).toMatchObject({ kind: 'approved' });
  });

  test('of the order itself is unknown', async () => {
    conekta.addFault({ route: 'create-order', kind: 'cut-body', when: 'after', times: 1 });
    expect(await gateway.open(intent, within(UNHURRIED_MS))).toEqual({ kind: 'unknown', cause: 'unreadable' });
  });

  test('of the look that a waiting charge needs is unknown', async () => {
    const orderRef = await opened();
    conekta.addFault({ route: 'get-order', kind: 'server-error', when: 'after', times: 1 });
    expect(await charge(orderRef, token('3ds'))).toEqual({ kind: 'unknown', cause: 'server-error' });
    expect(await look(orderRef)).toMatchObject({ kind: 'action-required' });
  });

  test.each([
    [{ kind: 'too-many-requests' }, 'rate_limit_exceeded', 429],
    [{ kind: 'too-many-requests', retryAfterSeconds: 3 }, 'rate_limit_exceeded', 429],
    [{ kind: 'wrong-key' }, 'authentication_error', 401],
  ] as const)('it is not when %j refuses: nothing was charged', async (fault, reason, httpStatus) => {
    const orderRef = await opened();
    conekta.addFault({ route, ...fault, times: 1 });
    const before = conekta.calls()[route];
    expect(await charge(orderRef, token('visa_4242'))).toEqual({ kind: 'declined', refusal: { reason, httpStatus } });
    expect(conekta.calls()[route] - before).toBe(1);
    expect(await look(orderRef)).toEqual({ kind: 'no-charge' });
  });
});

describe('the deadline', () => {
  test('ends a body that trickles in, byte by byte', async () => {
    const trickling = await gatewayTo((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    const startedAt = systemClock.now();
    expect(await trickling.look('ord_1', within(300))).toEqual({ kind: 'unknown', cause: 'timeout' });
    expect(systemClock.now() - startedAt).toBeLessThan(2_000);
  });

  test('covers the charge and its look together', async () => {
    const orderRef = await opened();
    conekta.addFault({ route: 'create-charge', kind: 'delay', when: 'after', ms: 200, times: 1 });
    conekta.addFault({ route: 'get-order', kind: 'timeout', when: 'before', times: 1 });
    const startedAt = systemClock.now();
    expect(await charge(orderRef, token('3ds'), 500)).toEqual({ kind: 'unknown', cause: 'timeout' });
    expect(systemClock.now() - startedAt).toBeLessThan(2_000);
  });

  test('that is over sends nothing', async () => {
    const orderRef = await opened();
    const before = conekta.calls();
    expect(await charge(orderRef, token('visa_4242'), 0)).toEqual({ kind: 'unknown', cause: 'timeout' });
    expect(conekta.calls()).toEqual(before);
  });
});

describe('the connection', () => {
  test('to a server nobody vouches for is refused before the key is sent', async () => {
    const requests: unknown[] = [];
    const identity = selfSignedForLocalhost();
    const server = https.createServer(identity, (request, response) => {
      requests.push(request.headers);
      response.end('{}');
    });
    servers.push(server.listen(0, 'localhost'));
    await once(server, 'listening');
    const baseUrl = addressOf(server, 'https://localhost');

    const ours = conektaGateway({ baseUrl, clock: systemClock });
    expect(await ours.look('ord_1', within(UNHURRIED_MS))).toEqual({ kind: 'unknown', cause: 'connection' });
    expect(requests).toEqual([]);

    // The same server, vouched for: only the certificate was in the way.
    const httpsAgent = new https.Agent({ ca: identity.cert, rejectUnauthorized: true });
    const trusting = conektaGateway({ baseUrl, clock: systemClock, httpsAgent });
    expect(await trusting.look('ord_1', within(UNHURRIED_MS))).toEqual({ kind: 'unknown', cause: 'unreadable' });
    expect(requests).toHaveLength(1);
  });

  test('never follows a redirect with the key', async () => {
    const asked: (string | undefined)[] = [];
    const redirecting = await gatewayTo((request, response) => {
      asked.push(request.url);
      response.writeHead(307, { Location: '/elsewhere' }).end();
    });
    expect(await redirecting.look('ord_1', within(UNHURRIED_MS))).toEqual({ kind: 'unknown', cause: 'server-error' });
    expect(asked).toEqual(['/orders/ord_1']);
  });

  test('that is refused is a value, not an error', async () => {
    const server = createPlainServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const baseUrl = addressOf(server, 'http://127.0.0.1');
    server.close();
    await once(server, 'close');
    const nobody = conektaGateway({ baseUrl, clock: systemClock });
    expect(await nobody.open(intent, within(UNHURRIED_MS))).toEqual({ kind: 'unknown', cause: 'connection' });
  });

  test('stops reading an answer that never ends', async () => {
    const endless = await gatewayTo((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const pour = () => {
        while (response.write(' '.repeat(65_536)));
      };
      response.on('drain', pour);
      pour();
    });
    expect(await endless.look('ord_1', within(UNHURRIED_MS))).toEqual({ kind: 'unknown', cause: 'unreadable' });
  });

  test('an order id is one path segment, whatever it holds', async () => {
    const asked: (string | undefined)[] = [];
    const recording = await gatewayTo((request, response) => {
      asked.push(request.url);
      response.end('{}');
    });
    await recording.look('../customers?x=1', within(UNHURRIED_MS));
    expect(asked).toEqual(['/orders/..%2Fcustomers%3Fx%3D1']);
  });
});

test('neither the key nor a card token stands in any answer, in the gateway, or in the books of the simulator', async () => {
  const seen: unknown[] = [gateway];
  for (const kind of ['server-error', 'reset', 'cut-body', 'html-body', 'timeout'] as const) {
    const orderRef = await opened();
    conekta.addFault({ route: 'create-charge', kind, when: 'after', times: 1 });
    seen.push(
      await charge(orderRef, token('visa_4242'), kind === 'timeout' ? 300 : UNHURRIED_MS),
      await look(orderRef),
    );
  }
  seen.push(await charge(await opened(), token('card_declined')), await charge(await opened(), cardOf('tok_planted')));
  seen.push(await gateway.open(intent, within(UNHURRIED_MS, `${KEY}\nbad`)));

  const everything = [
    inspect(seen, { depth: Infinity, showHidden: true, getters: true }),
    JSON.stringify(seen),
    await readFile(join(dataDir, 'orders.jsonl'), 'utf8'),
  ].join('\n');
  expect(everything).not.toContain(KEY);
  expect(everything).not.toMatch(/tok_\w*planted/);
  expect(everything).not.toContain('Bearer');
});
