import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Market, startMarket } from '../stage/market.ts';
import { addCompany, addRouter } from '../stage/tenants.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.stop());
afterEach(async () => {
  market.conekta.clearFaults();
  market.telegram.clearFaults();
  await market.router.clearFaults();
});

const lineShape = z.looseObject({ alarm: z.string().optional() });
const lines = () => market.log.map((line) => lineShape.parse(JSON.parse(line)));
/** By the last sweep. */
const measured = () => lines().findLast((line) => 'due-lag' in line);
const admin = () => market.asCompanyAdmin(market.shop.companyId);

describe('messages that cannot be brought', () => {
  const configure = async (body: object) =>
    market.call('PUT', '/api/v1/admin/mi-empresa', { headers: await admin(), body });
  const withTelegram = { telegram_bot_token: '7012345678:AAH-bot', telegram_chat_id: '-100555' };

  it('are no lag of the sweep, and are measured apart', async () => {
    await configure({ ...withTelegram, notificaciones_telegram: true });
    market.telegram.addFault({ route: 'send-message', kind: 'wrong-key' });
    const { companyId, routerId } = market.shop;
    const createdAt = market.clock.now();
    // More than a sweep tries before it hears that the bot is unknown.
    for (let notice = 0; notice < 40; notice += 1) {
      const about = { routerId, routerName: 'Principal', since: createdAt + notice, createdAt };
      await market.services.notices.add(companyId, { kind: 'router-down', ...about });
    }
    for (let minute = 0; minute < 4; minute += 1) await market.later(MINUTE);
    expect(Number(measured()?.['untold'])).toBeGreaterThan(200);
    expect(Number(measured()?.['due-lag'])).toBeLessThan(65);
    // Whether a bot is known to it says nothing of Telegram.
    expect(measured()).not.toHaveProperty('telegram-silent');
  });

  it('tell that Telegram is silent, until it answers', async () => {
    market.telegram.clearFaults();
    market.telegram.addFault({ route: 'send-message', kind: 'reset', when: 'before' });
    await market.later(10 * MINUTE);
    expect(measured()).toMatchObject({ 'telegram-silent': 1 });
    market.telegram.clearFaults();
    await market.later(60 * MINUTE);
    expect(measured()).toMatchObject({ 'telegram-silent': 0 });
    await configure({ notificaciones_telegram: false });
    await market.later(MINUTE);
  });
});

describe('a refund', () => {
  const refunded = async () => {
    const { body } = await market.buy();
    const path = `/api/v1/admin/mi-empresa/transacciones/${body.id_compra}/reembolsar`;
    await market.call('POST', path, { headers: await admin() });
  };

  it('that its gateway does not confirm has an age, until it is given back', async () => {
    market.conekta.addFault({ route: 'get-order', kind: 'server-error', when: 'before' });
    market.conekta.addFault({ route: 'refund', kind: 'server-error', when: 'before' });
    await refunded();
    await market.later(40 * MINUTE);
    await market.later(5 * MINUTE);
    expect(Number(measured()?.['refund-open'])).toBeGreaterThan(44 * 60);
    market.conekta.clearFaults();
    await market.later(10 * MINUTE);
    await market.later(10 * MINUTE);
    await market.later(10 * MINUTE);
    expect(measured()).toMatchObject({ 'refund-open': 0 });
  });

  it('that is refused is counted each time, and after thirty days a person is told that it is not tried any more', async () => {
    market.conekta.addFault({ route: 'refund', kind: 'no-balance' });
    const before = market.log.length;
    await refunded();
    const since = () => lines().slice(before);
    const failures = () => since().filter((line) => line['refunds-failed'] === 1).length;
    expect(failures()).toBe(1);
    const givenUp = () => since().filter(({ alarm }) => alarm === 'refund-given-up');
    await market.later(29 * DAY);
    expect([failures(), givenUp().length]).toEqual([2, 0]);
    await market.later(2 * DAY);
    expect([failures(), givenUp().length]).toEqual([3, 1]);
    await market.later(2 * DAY);
    expect([failures(), givenUp().length]).toEqual([3, 1]);
  });
});

describe('a router that went down', () => {
  it('is one of the lost for half an hour, of those that are down for longer, and of neither once it rests', async () => {
    const { companyId, routerId } = await addRouter(market.stage, await addCompany(market.stage, { nombre: 'Otra' }));
    const { watches, routers, clock } = market.services;
    const seen = await watches.find(companyId, routerId);
    if (!seen) throw new Error('not watched');
    await watches.advance(seen, { missed: 1, toldDownSince: clock.now(), dueAt: clock.now() + 31 * MINUTE });
    await market.later(29 * MINUTE);
    expect(measured()).toMatchObject({ 'routers-down': 1, 'routers-lost': 1 });
    await market.later(MINUTE);
    expect(measured()).toMatchObject({ 'routers-down': 1, 'routers-lost': 0 });
    await routers.setActive(companyId, routerId, false);
    await market.later(2 * MINUTE);
    expect(measured()).toMatchObject({ 'routers-down': 0, 'routers-lost': 0 });
  });
});
