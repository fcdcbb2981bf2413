import { afterEach, describe, expect, test } from 'vitest';
import { mercadoPagoGateway } from '#shared/gateways/mercado-pago/client.ts';
import { mercadoPagoPayments } from '#shared/gateways/mercado-pago/payment-status.ts';
import { systemClock } from '#shared/platform/clock.ts';
import { type Act, closeServers, cutBody, error, json, KEY, page, play, reset, silence, within } from './loopback.ts';
import { ORDER_REF, payment } from './purchase.ts';

const ID = '133000000001';
const NOW = Date.parse('2026-11-24T14:00:00.000Z');
const DAY = 24 * 60 * 60_000;

afterEach(closeServers);

async function readersOf(...acts: readonly Act[]) {
  const { baseUrl, seen } = await play(...acts);
  const options = { baseUrl, clock: systemClock };
  return { gateway: mercadoPagoGateway(options), payments: mercadoPagoPayments(options), seen };
}

/** What the two readers of one payment by its id have in common. */
const readers = ['trace', 'read'] as const;
const readBy = async (
  reader: (typeof readers)[number],
  id: string,
  ms: number | undefined,
  ...acts: readonly Act[]
) => {
  const { gateway, payments, seen } = await readersOf(...acts);
  const answer = reader === 'trace' ? await gateway.trace(id, within(ms)) : await payments.read(id, within(ms));
  return { answer, seen };
};

describe.each(readers)('%s', (reader) => {
  test('is one request for exactly that payment, with the key of the company', async () => {
    const { answer, seen } = await readBy(reader, ID, undefined, json(200, payment()));
    expect(answer).toMatchObject(reader === 'trace' ? { kind: 'ours', orderRef: ORDER_REF } : { kind: 'found' });
    expect(seen).toMatchObject([
      { method: 'GET', url: `/v1/payments/${ID}`, headers: { authorization: `Bearer ${KEY}` }, body: undefined },
    ]);
    expect(seen[0]?.headers).not.toHaveProperty('x-idempotency-key');
  });

  test('asks for an id above 2^53 by all its digits', async () => {
    const id = '9007199254740993';
    const { answer, seen } = await readBy(reader, id, undefined, json(200, payment({ id })));
    expect(answer).toMatchObject({ kind: reader === 'trace' ? 'ours' : 'found' });
    expect(seen.map(({ url }) => url)).toEqual([`/v1/payments/${id}`]);
  });

  test.each([
    '..',
    '.',
    '',
    'search',
    '../users/me',
    '%2e%2e',
    '7/refunds',
    '7?x=1',
    '7#',
    ' 7',
    '7\n',
    '-7',
    '7.0',
    '٧',
  ])('lets no %j into the path: nothing is asked', async (id) => {
    const { answer, seen } = await readBy(reader, id, undefined, json(200, payment()));
    expect(answer).toEqual({ kind: 'not-found' });
    expect(seen).toEqual([]);
  });

  test.each([
    ['a 404', error(404), { kind: 'not-found' }],
    ["a proxy's 404", page(404), { kind: 'unknown', cause: 'server-error' }],
    ['a 500', error(500), { kind: 'unknown', cause: 'server-error' }],
    ['a reset', reset, { kind: 'unknown', cause: 'connection' }],
    ['a cut body', cutBody, { kind: 'unknown', cause: 'unreadable' }],
    ['a web page', page(200), { kind: 'unknown', cause: 'unreadable' }],
    ['null', json(200, null), { kind: 'unknown', cause: 'unreadable' }],
    ['another payment', json(200, payment({ id: 7 })), { kind: 'unknown', cause: 'unreadable' }],
  ])('answered by %s is not repeated', async (_, act, expected) => {
    const { answer, seen } = await readBy(reader, ID, undefined, act, json(200, payment()));
    expect(answer).toEqual(expected);
    expect(seen).toHaveLength(1);
  });

  test('gives up at its deadline', async () => {
    expect((await readBy(reader, ID, 200, silence)).answer).toEqual({ kind: 'unknown', cause: 'timeout' });
  });
});

describe('changes', () => {
  const clock = { ...systemClock, now: () => NOW };
  const listOf = (total: number, offset: number, ...results: readonly unknown[]) =>
    json(200, { paging: { total, limit: 100, offset }, results });

  async function listedBy(...acts: readonly Act[]) {
    const { baseUrl, seen } = await play(...acts);
    return { gateway: mercadoPagoGateway({ baseUrl, clock }), seen };
  }
  const call = () => ({ ...within(), deadlineAt: NOW + 15_000 });

  test('are what changed from then till now, newest first, a page at a time', async () => {
    const { gateway, seen } = await listedBy(
      listOf(3, 0, payment(), payment({ external_reference: 'TIENDA-7' })),
      listOf(3, 2, payment({ id: 2, external_reference: 'HS2', status: 'in_mediation' })),
    );
    const first = await gateway.changes(NOW - 2 * DAY, null, call());
    expect(first).toMatchObject({ kind: 'page', orders: [{ orderRef: ORDER_REF }], foreign: 1, next: '2' });
    const second = await gateway.changes(NOW - 2 * DAY, first.kind === 'page' ? first.next : null, call());
    expect(second).toMatchObject({
      orders: [{ purchaseId: 2, payments: [{ paymentId: '2', dispute: 'open' }] }],
      foreign: 0,
      next: null,
    });

    const asked = seen.map(({ method, url, headers }) => {
      const { pathname, searchParams } = new URL(url, 'http://localhost');
      return { asked: `${method} ${pathname}`, key: headers.authorization, query: Object.fromEntries(searchParams) };
    });
    const query = {
      range: 'date_last_updated',
      begin_date: '2026-11-22T14:00:00.000Z',
      end_date: '2026-11-24T14:00:00.000Z',
      sort: 'date_last_updated',
      criteria: 'desc',
      limit: '100',
    };
    expect(asked).toEqual(
      ['0', '2'].map((offset) => ({
        asked: 'GET /v1/payments/search',
        key: `Bearer ${KEY}`,
        query: { ...query, offset },
      })),
    );
  });

  test('are not asked for from a place that no page ended with', async () => {
    const { gateway, seen } = await listedBy(listOf(0, 0));
    expect(await gateway.changes(0, 'x', call())).toEqual({ kind: 'unknown', cause: 'unreadable' });
    expect(seen).toEqual([]);
  });

  test('come to an end even where the same page is shown for ever', async () => {
    const { gateway, seen } = await listedBy(listOf(3, 0, {}, {}));
    let from: string | null = null;
    let pages = 0;
    for (; pages < 10; pages += 1) {
      const answer = await gateway.changes(0, from, call());
      if (answer.kind === 'unknown' || answer.next === null) break;
      from = answer.next;
    }
    expect(pages).toBe(1);
    expect(seen).toHaveLength(2);
  });

  test.each([
    ['a 400', error(400), 'server-error'],
    ['a 500', error(500), 'server-error'],
    ['a reset', reset, 'connection'],
    ['a cut body', cutBody, 'unreadable'],
  ])('answered by %s are unknown, and not asked for again', async (_, act, cause) => {
    const { gateway, seen } = await listedBy(act, listOf(0, 0));
    expect(await gateway.changes(0, null, call())).toEqual({ kind: 'unknown', cause });
    expect(seen).toHaveLength(1);
  });
});

describe('a check of the key', () => {
  test.each([
    ['APP_USR-real', ['normal'], true],
    ['APP_USR-of-a-test-account', ['normal', 'test_user'], false],
    ['TEST-key', ['normal'], false],
  ])('%s with the tags %j is a harmless read of whose it is', async (key, tags, live) => {
    const { gateway, seen } = await readersOf(json(200, { id: 1, tags }));
    expect(await gateway.check(within(undefined, key))).toEqual({ kind: 'works', live });
    expect(seen).toMatchObject([
      { method: 'GET', url: '/users/me', headers: { authorization: `Bearer ${key}` }, body: undefined },
    ]);
  });

  test.each([
    ['a 401', error(401), { kind: 'refused' }],
    ["a proxy's 403", page(403), { kind: 'unknown', cause: 'server-error' }],
    ['a 500', error(500), { kind: 'unknown', cause: 'server-error' }],
    ['a web page', page(200), { kind: 'unknown', cause: 'unreadable' }],
    ['a reset', reset, { kind: 'unknown', cause: 'connection' }],
  ])('answered by %s is not repeated', async (_, act, answer) => {
    const { gateway, seen } = await readersOf(act, json(200, { id: 1 }));
    expect(await gateway.check(within())).toEqual(answer);
    expect(seen).toHaveLength(1);
  });
});
