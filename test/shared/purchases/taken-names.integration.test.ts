import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type Access } from '#shared/store/accesses.ts';
import { PurchaseStore } from '#shared/store/purchases.ts';
import { keys } from '#shared/store/table.ts';
import { type Market, startMarket } from '../../stage/market.ts';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.stop());

it('a purchase whose user name somebody has by chance draws another one, and is charged once', async () => {
  const start = PurchaseStore.prototype.start;
  onTestFinished(() => void (PurchaseStore.prototype.start = start));
  const drawn: string[] = [];
  PurchaseStore.prototype.start = async function (purchase, access: Access | undefined, ...rest) {
    if (!access) throw new Error('A new code was to be drawn');
    drawn.push(access.username);
    // The first name is somebody's just before it is written.
    const { companyId, routerId, username } = access;
    const reserved = {
      kind: 'put',
      key: keys.reservedName(companyId, routerId, username),
      item: { accessId: 'other' },
    } as const;
    if (drawn.length === 1) await market.services.table.transact([reserved]);
    return start.call(this, purchase, access, ...rest);
  };
  const charges = market.conekta.ledger().charges.length;
  const { status, body } = await market.buy();
  expect(status).toBe(200);
  expect(drawn).toHaveLength(2);
  expect(body.usuario_hotspot.usuario).toBe(drawn[1]);
  expect(market.conekta.ledger().charges.length).toBe(charges + 1);
});
