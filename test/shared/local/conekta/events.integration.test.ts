import { verify } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type ConektaSimulator, startConektaSimulator } from '#shared/local/conekta/simulator.ts';
import { type Notification, type Post, postByHttp } from '#shared/local/gateway/outbox.ts';
import { listenOnLoopback } from '#shared/local/loopback-port.ts';
import { makeFolder } from '../../../stage/scratch-folder.ts';
import { Account } from './account.ts';

const clock = { now: () => 1_700_000_000_999 };
const HOOK = 'http://localhost:3000/hook';
let folder: ReturnType<typeof makeFolder>;
let simulator: ConektaSimulator;
let acme: Account;

beforeEach(async () => {
  folder = makeFolder();
  await start();
  await acme.webhooks.createWebhook({ url: HOOK });
});
afterEach(async () => {
  await simulator.stop();
  folder.remove();
});

async function start(post?: Post): Promise<void> {
  simulator = await startConektaSimulator({ port: 0, dataDir: folder.path, clock, ...(post && { post }) });
  acme = new Account(simulator.url);
}

async function restart(post?: Post): Promise<void> {
  await simulator.stop();
  await start(post);
}

const eventShape = z.looseObject({
  id: z.string(),
  type: z.string(),
  data: z.looseObject({ object: z.looseObject({ object: z.string() }) }),
});
const eventOf = ({ body }: Notification) => eventShape.parse(JSON.parse(body));
/** The types of what was sent since the last time. */
const told = () => simulator.notifications.take().map((one) => eventOf(one).type);

async function newKey(active = true) {
  const { data } = await acme.keys.createWebhookKey(undefined, { active });
  return { id: data.id ?? '', pem: data.public_key ?? '' };
}

const isSignedBy = (pem: string, { body, headers }: Pick<Notification, 'body' | 'headers'>) =>
  verify('RSA-SHA256', Buffer.from(body), pem, Buffer.from(headers['digest'] ?? '', 'base64'));

describe('a change is told as', () => {
  test('an order that was created, and a charge that was paid', async () => {
    const id = await acme.open();
    expect(told()).toEqual(['order.created']);
    await acme.charge(id);
    expect(told()).toEqual(['charge.paid', 'order.paid']);
  });

  test('a declined charge, and the paid one after it', async () => {
    const id = await acme.open();
    await expect(acme.charge(id, 'tok_test_card_declined')).rejects.toThrow();
    expect(told()).toEqual(['order.created', 'charge.declined', 'order.declined']);
    await acme.charge(id);
    expect(told()).toEqual(['charge.paid', 'order.paid']);
  });

  test.each(['paid', 'declined', 'expired', 'canceled'] as const)('a charge that waited and is %s', async (outcome) => {
    const id = await acme.charged('tok_test_3ds');
    expect(told()).toEqual(['order.created', 'charge.created', 'order.pending_payment']);
    simulator.settle(id, outcome);
    expect(told()).toEqual([`charge.${outcome}`, `order.${outcome}`]);
  });

  test('an order that its operator cancels', async () => {
    const id = await acme.open();
    await acme.orders.cancelOrder(id);
    expect(told()).toEqual(['order.created', 'order.canceled']);
  });

  test('each part that is given back, and the rest', async () => {
    const id = await acme.charged();
    told();
    await acme.refund(id, 500);
    expect(told()).toEqual(['order.partially_refunded']);
    await acme.refund(id, 500);
    expect(told()).toEqual(['order.partially_refunded']);
    await acme.refund(id, 500);
    expect(told()).toEqual(['charge.refunded', 'order.refunded']);
  });

  test('a refund that waits, and how it ended', async () => {
    const id = await acme.charged();
    told();
    simulator.addFault({ route: 'refund', kind: 'refund-pending', times: 2 });
    await acme.refund(id, 1000);
    await acme.refund(id, 500);
    expect(told()).toEqual(['order.updated', 'order.updated']);
    const [first, second] = simulator.ledger().refunds;
    simulator.settleRefund(first?.id ?? '', 'failed');
    simulator.settleRefund(second?.id ?? '', 'refunded');
    expect(told()).toEqual(['order.updated', 'order.partially_refunded']);
  });

  test('the steps of a chargeback', async () => {
    const [won, lost] = [await acme.charged(), await acme.charged()];
    told();
    simulator.chargeBack(won, 'opened');
    expect(told()).toEqual(['charge.chargeback.created', 'order.charged_back']);
    simulator.chargeBack(won, 'won');
    expect(told()).toEqual(['charge.chargeback.won', 'order.paid']);
    simulator.chargeBack(lost, 'opened');
    told();
    simulator.chargeBack(lost, 'lost');
    expect(told()).toEqual(['charge.chargeback.lost']);
  });

  test('two charges, when one request makes two', async () => {
    simulator.addFault({ route: 'create-charge', kind: 'charged-twice', times: 1 });
    await acme.charged();
    expect(told()).toEqual(['order.created', 'charge.paid', 'order.paid', 'charge.paid']);
  });

  test('nothing, where nothing changed', async () => {
    const id = await acme.charged();
    told();
    await expect(acme.charge(id)).rejects.toThrow();
    await expect(acme.orders.cancelOrder(id)).rejects.toThrow();
    await expect(acme.refund(id, 1501)).rejects.toThrow();
    expect(() => simulator.chargeBack(id, 'won')).toThrow();
    await acme.read(id);
    await acme.list({});
    expect(told()).toEqual([]);
  });

  test('what it is when a late effect happens, and not before', async () => {
    const id = await acme.open();
    told();
    simulator.addFault({ route: 'create-charge', kind: 'late', times: 1 });
    await expect(acme.charge(id)).rejects.toThrow();
    expect(told()).toEqual([]);
    await simulator.releaseLate();
    expect(told()).toEqual(['charge.paid', 'order.paid']);
  });

  test('what it is although the answer was lost', async () => {
    const id = await acme.open();
    told();
    simulator.addFault({ route: 'create-charge', kind: 'reset', when: 'after', times: 1 });
    await expect(acme.charge(id)).rejects.toThrow();
    expect(told()).toEqual(['charge.paid', 'order.paid']);
  });
});

describe('a notification', () => {
  test('is an event, with the order or charge as the API shows it', async () => {
    const id = await acme.charged();
    const [charge, order] = simulator.notifications.take().slice(1).map(eventOf);
    expect(order).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      object: 'event',
      type: 'order.paid',
      created_at: 1_700_000_000,
      livemode: false,
      data: { object: await acme.read(id), previous_attributes: {} },
      webhook_status: 'pending',
      webhook_logs: [],
    });
    expect(charge?.data.object).toMatchObject({ object: 'charge', order_id: id, status: 'paid' });
    expect(charge?.id).not.toBe(order?.id);
  });

  test("goes to every webhook of its company that wants it, and to no other company's", async () => {
    const other = new Account(simulator.url, 'key_other');
    await other.webhooks.createWebhook({ url: 'https://other.example/hook' });
    const url = 'https://portal.example/paid';
    await acme.webhooks.createWebhook({ url, subscribed_events: ['order.paid'] });
    const { data: paused } = await acme.webhooks.createWebhook({ url: 'https://portal.example/paused' });
    await acme.webhooks.updateWebhook(paused.id ?? '', { url: 'https://portal.example/paused', active: false });
    await acme.charged();
    const sent = simulator.notifications.take();
    expect(sent.map((one) => [one.url, eventOf(one).type])).toEqual([
      [HOOK, 'order.created'],
      [HOOK, 'charge.paid'],
      [HOOK, 'order.paid'],
      [url, 'order.paid'],
    ]);
    expect(sent[3]?.body).toBe(sent[2]?.body);
    await other.open();
    expect(simulator.notifications.take().map((one) => one.url)).toEqual(['https://other.example/hook']);
  });

  test('is not sent to a webhook that was deleted', async () => {
    const [webhook] = (await acme.webhooks.getWebhooks()).data.data ?? [];
    await acme.webhooks.deleteWebhook(webhook?.id ?? '');
    await acme.charged();
    expect(told()).toEqual([]);
  });

  test("is signed over its exact bytes with its company's newest active key", async () => {
    const [older, newer] = [await newKey(), await newKey()];
    await newKey(false);
    await new Account(simulator.url, 'key_other').keys.createWebhookKey(undefined, { active: true });
    await restart();
    await acme.open();
    const [one] = simulator.notifications.take();
    if (!one) throw new Error('nothing was sent');
    expect(one.body).toContain('Ana López');
    expect(isSignedBy(newer.pem, one)).toBe(true);
    expect(isSignedBy(older.pem, one)).toBe(false);
    expect(isSignedBy(newer.pem, { ...one, body: one.body.replace('1500', '1501') })).toBe(false);
    expect(isSignedBy(newer.pem, { ...one, body: JSON.stringify(JSON.parse(one.body), null, 1) })).toBe(false);

    await acme.keys.deleteWebhookKey(newer.id);
    await acme.open();
    const [two] = simulator.notifications.take();
    expect(two && isSignedBy(older.pem, two)).toBe(true);
  });

  test('has no signature where there is no active key', async () => {
    await newKey(false);
    const { id } = await newKey();
    await acme.keys.deleteWebhookKey(id);
    await acme.open();
    expect(simulator.notifications.take().map(({ headers }) => headers)).toEqual([{}]);
  });

  test('can be lost or doubled', async () => {
    simulator.notifications.mode = 'lost';
    await acme.open();
    simulator.notifications.mode = 'doubled';
    await acme.open();
    const [one, two, ...others] = simulator.notifications.take();
    expect(one).toBeDefined();
    expect(two).toEqual(one);
    expect(others).toEqual([]);
  });
});

test('notifications leave by HTTP, when what they tell is in the books', async () => {
  const { pem } = await newKey();
  const arrived: { request: IncomingMessage; body: string; kept: number }[] = [];
  const receiver = createServer((request, response) => {
    void text(request).then((body) => {
      arrived.push({ request, body, kept: simulator.ledger().orders.length });
      response.end();
    });
  });
  const url = await listenOnLoopback(receiver, 0, 'the receiver');
  try {
    await restart(postByHttp);
    const [webhook] = (await acme.webhooks.getWebhooks()).data.data ?? [];
    await acme.webhooks.updateWebhook(webhook?.id ?? '', { url: `${url}/hook/EMP-1` });
    await acme.open();
    await expect.poll(() => arrived).toHaveLength(1);
    const [{ request, body, kept } = { request: undefined, body: '', kept: 0 }] = arrived;
    expect(request).toMatchObject({
      method: 'POST',
      url: '/hook/EMP-1',
      headers: { 'content-type': 'application/json' },
    });
    expect(kept).toBe(1);
    expect(isSignedBy(pem, { body, headers: { digest: String(request?.headers['digest']) } })).toBe(true);
  } finally {
    receiver.close();
    receiver.closeAllConnections();
  }
});

test('nothing leaves after a stop', async () => {
  let attempts = 0;
  await restart(() => {
    attempts += 1;
    return Promise.resolve(200);
  });
  const id = await acme.charged('tok_test_pending');
  await expect.poll(() => attempts).toBe(3);
  simulator.settle(id, 'paid');
  await simulator.stop();
  // A timer set later, for longer: one of an attempt would have come before it.
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(attempts).toBe(3);
  await start();
});
