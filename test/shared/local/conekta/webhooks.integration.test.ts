import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConektaSimulator, startConektaSimulator } from '#shared/local/conekta/simulator.ts';
import { makeFolder } from '../../../stage/scratch-folder.ts';
import { Account, refusalOf } from './account.ts';

const clock = { now: () => 1_700_000_000_999 };
const URL_1 = 'http://localhost:3000/api/v1/webhook/conekta/EMP-1';
let folder: ReturnType<typeof makeFolder>;
let simulator: ConektaSimulator;
let acme: Account;
let other: Account;

beforeEach(async () => {
  folder = makeFolder();
  await start();
});
afterEach(async () => {
  await simulator.stop();
  folder.remove();
});

async function start(): Promise<void> {
  simulator = await startConektaSimulator({ port: 0, dataDir: folder.path, clock });
  acme = new Account(simulator.url);
  other = new Account(simulator.url, 'key_other');
}

async function registered(url = URL_1, account = acme): Promise<string> {
  return (await account.webhooks.createWebhook({ url })).data.id ?? '';
}
const urls = async (account = acme, url?: string) =>
  (await account.webhooks.getWebhooks(undefined, undefined, 250, undefined, url)).data.data?.map((one) => one.url);

describe('a webhook', () => {
  test('is registered, listed, found by its address, changed and deleted', async () => {
    const { data: made } = await acme.webhooks.createWebhook({ url: URL_1, subscribed_events: ['order.paid'] });
    expect(made).toEqual({
      object: 'webhook',
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      livemode: false,
      active: true,
      status: 'listening',
      subscribed_events: ['order.paid'],
      url: URL_1,
    });
    const id = made.id ?? '';
    await registered('https://portal.example/2');
    const { data: list } = await acme.webhooks.getWebhooks();
    expect(list).toMatchObject({ object: 'list', has_more: false, next_page_url: null });
    expect(list.data).toContainEqual(made);
    expect(await urls(acme, URL_1)).toEqual([URL_1]);

    const { data: changed } = await acme.webhooks.updateWebhook(id, { url: URL_1, active: false });
    expect(changed).toEqual({ ...made, active: false });
    expect((await acme.webhooks.deleteWebhook(id)).data).toEqual(changed);
    expect(await urls()).toEqual(['https://portal.example/2']);
    expect(await refusalOf(acme.webhooks.deleteWebhook(id))).toMatchObject({ status: 404 });
  });

  test("belongs to its company: another one's does not exist", async () => {
    const id = await registered();
    expect(await urls(other)).toEqual([]);
    expect(await refusalOf(other.webhooks.updateWebhook(id, { url: URL_1 }))).toMatchObject({ status: 404 });
    expect(await refusalOf(other.webhooks.deleteWebhook(id))).toMatchObject({ status: 404 });
    expect(await urls()).toEqual([URL_1]);
    expect(simulator.webhookUrls()).toEqual([URL_1]);
  });

  test('of which a company has ten at most', async () => {
    for (let count = 1; count <= 10; count += 1) await registered(`${URL_1}?${count}`);
    expect(await refusalOf(registered())).toMatchObject({ status: 422, type: 'parameter_validation_error' });
    await registered(URL_1, other);
    expect(await urls()).toHaveLength(10);
    const [one] = (await acme.webhooks.getWebhooks()).data.data ?? [];
    await acme.webhooks.deleteWebhook(one?.id ?? '');
    await registered();
  });

  test.each(['', 'portal', '/hook', 'ftp://portal.example/hook', 'javascript:alert(1)'])(
    'to %j is refused',
    async (url) => {
      expect(await refusalOf(registered(url))).toMatchObject({ status: 422, param: 'url' });
      const id = await registered();
      expect(await refusalOf(acme.webhooks.updateWebhook(id, { url }))).toMatchObject({ status: 422, param: 'url' });
      expect(await urls()).toEqual([URL_1]);
    },
  );

  test('needs an address, and names of events', async () => {
    // @ts-expect-error the address is what it is about
    expect(await refusalOf(acme.webhooks.createWebhook({}))).toMatchObject({ status: 422, param: 'url' });
    const events = acme.webhooks.createWebhook({ url: URL_1, subscribed_events: ['order.paid', 'ORDER'] });
    expect(await refusalOf(events)).toMatchObject({ status: 422, param: 'subscribed_events.1' });
  });
});

describe('a webhook key', () => {
  const made = async (active = true) => (await acme.keys.createWebhookKey(undefined, { active })).data;

  test('is an RSA key of its own, read again and deleted', async () => {
    const [one, two] = [await made(), await made(false)];
    expect(one).toEqual({
      object: 'webhook_key',
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      livemode: false,
      active: true,
      created_at: 1_700_000_000,
      public_key: expect.stringMatching(/^-----BEGIN PUBLIC KEY-----\n/),
    });
    const key = createPublicKey(one.public_key ?? '');
    expect([key.asymmetricKeyType, key.asymmetricKeyDetails?.modulusLength]).toEqual(['rsa', 2048]);
    expect(two).toMatchObject({ active: false });
    expect(two.public_key).not.toBe(one.public_key);

    expect((await acme.keys.getWebhookKey(one.id ?? '')).data).toEqual({ ...one, deactivated_at: null });
    const ids = async () => (await acme.keys.getWebhookKeys()).data.data?.map(({ id }) => id);
    expect(await ids()).toEqual([two.id, one.id]);
    expect((await acme.keys.deleteWebhookKey(one.id ?? '')).data).toMatchObject({ id: one.id, deleted: true });
    expect(await ids()).toEqual([two.id]);
    expect(await refusalOf(acme.keys.getWebhookKey(one.id ?? ''))).toMatchObject({ status: 404 });
  });

  test("belongs to its company: another one's does not exist", async () => {
    const { id = '' } = await made();
    expect(await refusalOf(other.keys.getWebhookKey(id))).toMatchObject({ status: 404 });
    expect(await refusalOf(other.keys.deleteWebhookKey(id))).toMatchObject({ status: 404 });
    expect((await other.keys.getWebhookKeys()).data.data).toEqual([]);
    expect((await acme.keys.getWebhookKeys()).data.data).toHaveLength(1);
  });

  test('is asked for with a yes or a no', async () => {
    // @ts-expect-error a word is neither
    const request = acme.keys.createWebhookKey(undefined, { active: 'yes' });
    expect(await refusalOf(request)).toMatchObject({ status: 422, param: 'active' });
  });

  test('never shows its private half', async () => {
    const one = await made();
    const { data } = await acme.keys.getWebhookKeys();
    expect(JSON.stringify([one, data])).not.toContain('PRIVATE');
    expect(await readFile(join(folder.path, 'webhooks.jsonl'), 'utf8')).not.toContain('key_acme');
  });
});

test('webhooks and keys survive a restart, and stay deleted', async () => {
  const { id = '' } = (await acme.keys.createWebhookKey(undefined, { active: true })).data;
  await registered();
  await acme.webhooks.deleteWebhook(await registered('https://portal.example/gone'));
  const before = [(await acme.keys.getWebhookKey(id)).data, (await acme.webhooks.getWebhooks()).data.data];
  await simulator.stop();
  await start();
  expect([(await acme.keys.getWebhookKey(id)).data, (await acme.webhooks.getWebhooks()).data.data]).toEqual(before);
  expect(simulator.webhookUrls()).toEqual([URL_1]);
});

test('every webhook route can fail, and is counted', async () => {
  const webhookId = await registered();
  const { id: keyId = '' } = (await acme.keys.createWebhookKey(undefined, { active: true })).data;
  const requests = {
    'list-webhooks': () => acme.webhooks.getWebhooks(),
    'create-webhook': () => acme.webhooks.createWebhook({ url: URL_1 }),
    'update-webhook': () => acme.webhooks.updateWebhook(webhookId, { url: URL_1 }),
    'delete-webhook': () => acme.webhooks.deleteWebhook(webhookId),
    'list-webhook-keys': () => acme.keys.getWebhookKeys(),
    'create-webhook-key': () => acme.keys.createWebhookKey(undefined, { active: true }),
    'get-webhook-key': () => acme.keys.getWebhookKey(keyId),
    'delete-webhook-key': () => acme.keys.deleteWebhookKey(keyId),
  } as const;
  const before = simulator.calls();
  for (const [name, request] of Object.entries(requests)) {
    const route = name as keyof typeof requests;
    simulator.addFault({ route, kind: 'wrong-key', times: 1 });
    expect(await refusalOf(request()), route).toMatchObject({ status: 401 });
    simulator.addFault({ route, kind: 'server-error', when: 'before', times: 1 });
    expect(await refusalOf(request()), route).toMatchObject({ status: 500 });
    simulator.addFault({ route, kind: 'reset', when: 'after', times: 1 });
    await expect(request(), route).rejects.toThrow();
    expect(simulator.calls()[route] - before[route], route).toBe(3);
  }
  // What was reset after its effect was done all the same: one made and one deleted, of each.
  expect(await urls()).toEqual([URL_1]);
  expect(await refusalOf(acme.webhooks.deleteWebhook(webhookId))).toMatchObject({ status: 404 });
  expect((await acme.keys.getWebhookKeys()).data.data).toHaveLength(1);
});

test('a late webhook is registered when it is released', async () => {
  simulator.addFault({ route: 'create-webhook', kind: 'late', times: 1 });
  await expect(registered()).rejects.toThrow();
  expect(simulator.webhookUrls()).toEqual([]);
  await simulator.releaseLate();
  expect(simulator.webhookUrls()).toEqual([URL_1]);
});
