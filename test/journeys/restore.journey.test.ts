import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Market, startMarket } from '../stage/market.ts';
import { rehearseRestore } from './restore-rehearsal.ts';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.stop());

it('a table restored to an earlier moment takes no paid user off a router, charges nobody and refunds nobody twice', async () => {
  const { chargesBefore, ...rehearsed } = await rehearseRestore(market, () => undefined);
  expect(rehearsed).toEqual({
    // Those sold since are strangers now, and left alone.
    present: ['kept', 'lost', 'lost-too'],
    strangers: 2,
    chargesAfter: chargesBefore,
    refunds: { 'refunded-later': 1, 'in-doubt': 1 },
    // The last one was charged and given back after the moment: its order says that nothing of it is left.
    states: { kept: 'paid', 'refunded-later': 'refunded', 'expires-later': 'paid', 'in-doubt': 'declined' },
    unknown: ['lost', 'lost-too'],
    oldSession: 401,
    soldAgain: 200,
  });
});
