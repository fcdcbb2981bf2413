import https from 'node:https';
import { once } from 'node:events';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { conektaWebhooks } from '#shared/gateways/conekta/webhook-registration.ts';
import { systemClock } from '#shared/platform/clock.ts';
import { Secret } from '#shared/security/secret.ts';
import { type Answer, type Loopback, type Seen, startLoopback } from './loopback.ts';
import { problem } from './paid-order.ts';
import { selfSignedForLocalhost } from './self-signed.ts';

const KEY = 'key_plantedPrivateKey1';
const PEM = '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n';
const URL_OF_OURS = 'https://api.hotspot.mx/api/v1/webhook/conekta/EMP_1';
const within = (ms = 15_000, key = KEY) => ({ privateKey: new Secret(key), deadlineAt: systemClock.now() + ms });

let server: Loopback | undefined;
afterEach(() => server?.stop());

interface Hook {
  readonly id: string;
  readonly url: string;
}

/** An account: its webhooks and keys, and what it answers instead, where something is told to go wrong. */
async function account(hooks: readonly Hook[] = [], wrong: Readonly<Record<string, Answer>> = {}) {
  const books = { hooks: [...hooks], keys: ['key_of_another_system'] };
  let made = 0;
  server = await startLoopback((request): Answer => {
    const route = `${request.method} ${request.path}`;
    const spoiled = wrong[route];
    return spoiled ?? serve(request);
  });
  function serve({ method, path, body }: Seen): Answer {
    const id = path.split('/')[2] ?? '';
    switch (`${method} /${path.split('/')[1] ?? ''}`) {
      case 'GET /webhooks': {
        const data = books.hooks.map((hook) => ({ object: 'webhook', status: 'listening', livemode: false, ...hook }));
        return [200, { object: 'list', has_more: false, next_page_url: null, data }];
      }
      case 'POST /webhooks': {
        const hook = { id: `hook_${++made}`, url: (body as { url: string }).url };
        books.hooks.push(hook);
        return [200, { object: 'webhook', status: 'listening', livemode: false, ...hook }];
      }
      case 'POST /webhook_keys':
        books.keys.push(`key_${++made}`);
        return [200, { object: 'webhook_key', id: books.keys.at(-1), active: true, livemode: false, public_key: PEM }];
      case 'DELETE /webhooks':
        if (!books.hooks.some((hook) => hook.id === id)) return [404, problem('not_found')];
        books.hooks = books.hooks.filter((hook) => hook.id !== id);
        return [200, { object: 'webhook', id }];
      case 'DELETE /webhook_keys':
        if (!books.keys.includes(id)) return [404, problem('not_found')];
        books.keys = books.keys.filter((key) => key !== id);
        return [200, { object: 'webhook_key', id, deleted: true }];
      default:
        return [404, problem('not_found')];
    }
  }
  const webhooks = conektaWebhooks({ baseUrl: server.url, clock: systemClock });
  const asked = () => server?.seen.map(({ method, path }) => `${method} ${path}`);
  return { books, webhooks, asked, seen: server.seen };
}

const strangers: readonly Hook[] = [
  { id: 'shop', url: 'https://tienda.mx/conekta' },
  { id: 'almost', url: `${URL_OF_OURS}2` },
  { id: 'slash', url: `${URL_OF_OURS}/` },
];

describe('registering', () => {
  test('lists, makes a key, then a webhook for what may happen to money later', async () => {
    const { books, webhooks, seen } = await account(strangers);
    expect(await webhooks.register(URL_OF_OURS, within())).toEqual({
      kind: 'registered',
      keyId: 'key_1',
      webhookId: 'hook_2',
      publicKeyPem: PEM,
    });
    expect(seen).toEqual([
      { method: 'GET', path: '/webhooks', query: { limit: '250' }, key: `Bearer ${KEY}`, body: null },
      { method: 'POST', path: '/webhook_keys', query: {}, key: `Bearer ${KEY}`, body: { active: true } },
      {
        method: 'POST',
        path: '/webhooks',
        query: {},
        key: `Bearer ${KEY}`,
        body: {
          url: URL_OF_OURS,
          subscribed_events: expect.arrayContaining([
            'order.paid',
            'order.charged_back',
            'charge.reversed',
            'charge.chargeback.created',
            'charge.chargeback.won',
            'charge.chargeback.lost',
            'refund.refunded',
          ]),
        },
      },
    ]);
    expect(books.hooks).toEqual([...strangers, { id: 'hook_2', url: URL_OF_OURS }]);
  });

  test('again leaves one webhook of ours, and those of others alone', async () => {
    const { books, webhooks } = await account(strangers);
    await webhooks.register(URL_OF_OURS, within());
    expect(await webhooks.register(URL_OF_OURS, within())).toMatchObject({ kind: 'registered', webhookId: 'hook_4' });
    expect(books.hooks).toEqual([...strangers, { id: 'hook_4', url: URL_OF_OURS }]);
    expect(books.keys).toContain('key_of_another_system');
  });

  test('removes everything that broken-off attempts left at its address', async () => {
    const left = ['a', 'b'].map((id) => ({ id, url: URL_OF_OURS }));
    const { webhooks, asked } = await account([...left, ...strangers]);
    expect(await webhooks.register(URL_OF_OURS, within())).toMatchObject({ kind: 'registered' });
    expect(asked()?.filter((one) => one.startsWith('DELETE'))).toEqual(['DELETE /webhooks/a', 'DELETE /webhooks/b']);
  });

  test('goes on when what it removes is gone already', async () => {
    const { webhooks } = await account([{ id: 'a', url: URL_OF_OURS }], {
      'DELETE /webhooks/a': [404, problem('x')],
    });
    expect(await webhooks.register(URL_OF_OURS, within())).toMatchObject({ kind: 'registered' });
  });

  test.each<[Answer, object]>([
    [[422, problem('localhost')], { kind: 'refused', httpStatus: 422 }],
    [[401, problem('x')], { kind: 'refused', httpStatus: 401 }],
    [[400, problem('x')], { kind: 'refused', httpStatus: 400 }],
    [[408, problem('x')], { kind: 'unknown', cause: 'server-error' }],
    [[409, problem('x')], { kind: 'unknown', cause: 'server-error' }],
    [[429, problem('x')], { kind: 'unknown', cause: 'server-error' }],
    [[500, problem('x')], { kind: 'unknown', cause: 'server-error' }],
    [[502, '<html>'], { kind: 'unknown', cause: 'server-error' }],
    [[200, '<html>'], { kind: 'unknown', cause: 'unreadable' }],
    [[403, '<html>'], { kind: 'unknown', cause: 'unreadable' }],
    [[200, {}], { kind: 'unknown', cause: 'unreadable' }],
    ['reset', { kind: 'unknown', cause: 'connection' }],
  ])('takes its key back when the webhook is answered with %j', async (answer, outcome) => {
    const { books, webhooks } = await account(strangers, { 'POST /webhooks': answer });
    expect(await webhooks.register(URL_OF_OURS, within())).toEqual(outcome);
    expect(books).toEqual({ hooks: strangers, keys: ['key_of_another_system'] });
  });

  test('says how the webhook failed even when its key cannot be taken back', async () => {
    const { webhooks } = await account([], {
      'POST /webhooks': [422, problem('x')],
      'DELETE /webhook_keys/key_1': 'reset',
    });
    expect(await webhooks.register(URL_OF_OURS, within())).toEqual({ kind: 'refused', httpStatus: 422 });
  });

  test.each<[string, Answer, object]>([
    ['GET /webhooks', [401, problem('x')], { kind: 'refused', httpStatus: 401 }],
    ['GET /webhooks', [200, { has_more: true, data: [] }], { kind: 'unknown', cause: 'unreadable' }],
    ['GET /webhooks', 'reset', { kind: 'unknown', cause: 'connection' }],
    ['DELETE /webhooks/a', [500, problem('x')], { kind: 'unknown', cause: 'server-error' }],
    ['DELETE /webhooks/a', [200, '<html>'], { kind: 'unknown', cause: 'unreadable' }],
    ['POST /webhook_keys', [403, problem('x')], { kind: 'refused', httpStatus: 403 }],
    ['POST /webhook_keys', [200, { id: 'key_1' }], { kind: 'unknown', cause: 'unreadable' }],
  ])('makes no webhook when %s is answered with %j', async (route, answer, outcome) => {
    const { webhooks, asked } = await account([{ id: 'a', url: URL_OF_OURS }], { [route]: answer });
    expect(await webhooks.register(URL_OF_OURS, within())).toEqual(outcome);
    expect(asked()).not.toContain('POST /webhooks');
  });

  test('after the deadline sends nothing', async () => {
    const { webhooks, seen } = await account();
    expect(await webhooks.register(URL_OF_OURS, within(0))).toEqual({ kind: 'unknown', cause: 'timeout' });
    expect(seen).toEqual([]);
  });
});

describe('removing', () => {
  const registration = { webhookId: 'a', keyId: 'key_of_another_system' };
  const hooks = [{ id: 'a', url: URL_OF_OURS }];

  test('takes the webhook away, then its key', async () => {
    const { webhooks, books, asked } = await account(hooks);
    expect(await webhooks.remove(registration, within())).toBe('removed');
    expect(books).toEqual({ hooks: [], keys: [] });
    expect(asked()).toEqual(['DELETE /webhooks/a', 'DELETE /webhook_keys/key_of_another_system']);
    expect(await webhooks.remove(registration, within())).toBe('removed');
  });

  test.each<[string, Answer, string, boolean]>([
    ['DELETE /webhooks/a', [401, problem('x')], 'refused', true],
    ['DELETE /webhooks/a', [429, problem('x')], 'unknown', true],
    ['DELETE /webhooks/a', [500, problem('x')], 'unknown', true],
    ['DELETE /webhooks/a', [404, '<html>'], 'unknown', true],
    ['DELETE /webhooks/a', 'reset', 'unknown', true],
    ['DELETE /webhook_keys/key_of_another_system', [403, problem('x')], 'refused', false],
    ['DELETE /webhook_keys/key_of_another_system', 'reset', 'unknown', false],
  ])('when %s is answered with %j is %s', async (route, answer, outcome, isHookLeft) => {
    const { webhooks, books } = await account(hooks, { [route]: answer });
    expect(await webhooks.remove(registration, within())).toBe(outcome);
    expect(books.hooks).toEqual(isHookLeft ? hooks : []);
    // A webhook that stands keeps the key it signs with.
    expect(books.keys).toEqual(['key_of_another_system']);
  });
});

test('the key is sent to no server that nobody vouches for, and stands in no answer', async () => {
  const requests: unknown[] = [];
  const untrusted = https
    .createServer(selfSignedForLocalhost(), (request, response) => {
      requests.push(request.headers);
      response.end('{}');
    })
    .listen(0, 'localhost');
  await once(untrusted, 'listening');
  const address = untrusted.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  const webhooks = conektaWebhooks({ baseUrl: `https://localhost:${address.port}`, clock: systemClock });
  const registered = await webhooks.register(URL_OF_OURS, within());
  expect(registered).toEqual({ kind: 'unknown', cause: 'connection' });
  expect(requests).toEqual([]);
  untrusted.close();

  const { webhooks: reachable } = await account([], { 'POST /webhooks': 'reset' });
  const seen = [
    registered,
    webhooks,
    await reachable.register(URL_OF_OURS, within()),
    await reachable.register(URL_OF_OURS, within(15_000, `${KEY}\nbad`)),
  ];
  expect(inspect(seen, { depth: Infinity, showHidden: true }) + JSON.stringify(seen)).not.toContain(KEY);
});
