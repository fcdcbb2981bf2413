import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Market, startMarket } from '../stage/market.ts';

let market: Market;
let before: number;
beforeAll(async () => {
  market = await startMarket();
  // The webhooks of Conekta are registered.
  await market.sweep();
});
afterAll(() => market.stop());
beforeEach(() => {
  before = market.log.length;
});

const lineShape = z.looseObject({ event: z.string().optional(), correlationId: z.string().optional() });
/** Of the current test. */
const lines = () => market.log.slice(before).map((line) => lineShape.parse(JSON.parse(line)));
const eventsOf = (correlationId: string | undefined) =>
  lines().flatMap((line) => (line.correlationId === correlationId && line.event ? [line.event] : []));

/** The charge is made, its answer is lost, and so is the look at once: the purchase is in doubt. */
async function buyInDoubt() {
  market.conekta.addFault({ kind: 'server-error', route: 'create-charge', when: 'after', times: 1 });
  market.conekta.addFault({ kind: 'server-error', route: 'get-order', when: 'before', times: 1 });
  const { status, body } = await market.buy();
  expect(status).toBe(504);
  return z.object({ id_compra: z.number() }).parse(body).id_compra;
}

describe('the lines of one purchase', () => {
  it('have one correlation id from the portal to the router job, which the answer tells too', async () => {
    const { headers } = await market.buy();
    await market.settled();
    const { 'x-correlation-id': correlationId } = headers;
    expect(eventsOf(correlationId)).toEqual(
      expect.arrayContaining(['purchase begun', 'purchase moved', 'router job done', 'request answered']),
    );
    const about = lines().filter((line) => 'jobId' in line || 'purchaseId' in line);
    expect(about.length).toBeGreaterThan(3);
    for (const line of about) expect([line.event, line.correlationId]).toEqual([line.event, correlationId]);
    // Of the purchase and of the router's visit alike: whoever knows one line finds all others.
    const { accessId } = about[0] ?? {};
    expect(accessId).toMatch(/./);
    expect(lines().flatMap((line) => (line['accessId'] === accessId && line.event ? [line.event] : []))).toEqual([
      'purchase begun',
      'purchase moved',
      'purchase moved',
      'router job done',
    ]);
    const measured = lines().filter((line) => '_aws' in line);
    expect(measured).toMatchObject([
      { sales: 1, correlationId },
      { delivery: expect.any(Number), correlationId },
    ]);
  });

  it('never have one that the client chose', async () => {
    const { headers } = await market.buy({}, { 'x-correlation-id': 'planted' });
    expect(headers['x-correlation-id']).not.toBe('planted');
    expect(lines().map(({ correlationId }) => correlationId)).not.toContain('planted');
    await market.settled();
  });

  it('have that of the webhook which brought the news', async () => {
    market.conekta.notifications.take();
    const purchaseId = await buyInDoubt();
    const [notification] = market.conekta.notifications.take().slice(-1);
    if (!notification) throw new Error('No webhook was sent');
    const { headers } = await market.deliver(notification);
    const { 'x-correlation-id': correlationId } = headers;
    await market.until(() => eventsOf(correlationId).includes('router job done'));
    expect(lines().find(({ event, to }) => event === 'purchase moved' && to === 'paid')).toMatchObject({
      purchaseId,
      correlationId,
    });
  });
});

it('a sale that its router refuses is measured as no failure of ours', async () => {
  await market.router.addFault({ name: 'refuse-connections' });
  market.clock.advance(10_000);
  const { status, headers } = await market.buy();
  await market.router.clearFaults();
  expect(status).toBe(500);
  const { 'x-correlation-id': correlationId } = headers;
  expect(lines()).toContainEqual(expect.objectContaining({ 'declared-failures': 1, correlationId }));
  market.clock.advance(60_000);
});

describe('a sweep', () => {
  const measured = () => lines().findLast((line) => 'due-lag' in line);

  it('measures the oldest of what is owed, under an id of its own, and nothing when nothing is', async () => {
    const purchaseId = await buyInDoubt();
    await market.later(31_000);
    expect(measured()).toMatchObject({ doubt: expect.any(Number), 'doubt-overdue': 0, undelivered: 0 });
    expect(measured()?.['doubt']).toBeGreaterThan(30);
    await market.settled();
    await market.later(60_000);
    expect(measured()).toMatchObject({ undelivered: 0, 'not-removed': 0, doubt: 0, 'doubt-overdue': 0 });
    const paid = lines().find(({ event, to }) => event === 'purchase moved' && to === 'paid');
    expect(paid).toMatchObject({ purchaseId, correlationId: expect.stringMatching(/^[\da-f-]{36}$/) });
  });

  it('measures how long a buyer has waited for a router, and then how long the router has not been told', async () => {
    const purchaseId = await buyInDoubt();
    await market.router.addFault({ name: 'refuse-connections' });
    await market.later(31_000);
    await market.settled();
    await market.later(120_000);
    await market.settled();
    expect(measured()?.['undelivered']).toBeGreaterThan(100);
    expect(lines()).toContainEqual(
      expect.objectContaining({ event: 'access driven again', purchaseIds: [purchaseId] }),
    );
    await market.later(10 * 60_000);
    await market.settled();
    await market.later(120_000);
    expect(measured()).toMatchObject({ undelivered: 0 });
    expect(measured()?.['not-removed']).toBeGreaterThan(100);
    await market.router.clearFaults();
  });
});
