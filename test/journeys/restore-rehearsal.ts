/**
 * The table is put back to an earlier moment, as after a point-in-time restore: routers and gateways remember what this system
 * has forgotten. Then the README's procedure is followed, and what has to hold is counted from the far ends' own books.
 */
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Attributes } from '#shared/store/table.ts';
import { prepareRestored } from '#shared/tenants/after-restore.ts';
import { newestPurchases } from '../stage/newest-purchases.ts';
import type { Market } from '../stage/market.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** DynamoDB's limit for one call. */
const WRITTEN_AT_ONCE = 25;

/** What is counted in the end, by the names of its passes. */
export interface Rehearsed {
  /** On the router, of those sold. */
  readonly present: readonly string[];
  readonly chargesBefore: number;
  readonly chargesAfter: number;
  /** Refunds at the gateway, by pass. */
  readonly refunds: Readonly<Record<string, number>>;
  /** Users with our mark that nobody here knows, as the router's state tells. */
  readonly strangers: number;
  /** Of each pass that this table knows. */
  readonly states: Readonly<Record<string, string>>;
  /** Passes whose money is at the gateway and which this table never heard of, as the company's admin is shown them. */
  readonly unknown: readonly string[];
  /** Whether a session of before the restore still opens anything. */
  readonly oldSession: number;
  /** Of a sale after it all. */
  readonly soldAgain: number;
}

/** @param say is told what is done, step by step */
export async function rehearseRestore(market: Market, say: (line: string) => void): Promise<Rehearsed> {
  const { conekta, shop, services, clock } = market;
  const passes = new Map<number, string>();
  const users = new Map<string, string>();
  const sell = async (name: string, changes: Record<string, unknown> = {}) => {
    const { status, body } = await market.buy(changes);
    const id: number = body.id_compra;
    passes.set(id, name);
    const { username } = (await services.purchases.history(shop.companyId, id))?.access ?? {};
    if (username !== undefined) users.set(username, name);
    say(`sold ${name}: ${status}`);
    return id;
  };
  const admin = async () => ({ headers: await market.asCompanyAdmin(shop.companyId) });

  const tenMinutes = await market.sellPlan({ nombre_venta: '10 min', duracion_minutos: 10, reloj: 'compra' });
  await sell('kept');
  const takenBack = await sell('refunded-later');
  await sell('expires-later', { producto_id: tenMinutes });
  conekta.addFault({ kind: 'server-error', route: 'create-charge', when: 'after', times: 1 });
  conekta.addFault({ kind: 'server-error', route: 'get-order', when: 'before', times: 1 });
  await sell('in-doubt');
  await market.settled();

  say('--- the moment that will be restored ---');
  const copy = await market.items();
  clock.advance(MINUTE);
  await sell('lost');
  await sell('lost-too');
  const refund = `/api/v1/admin/mi-empresa/transacciones/${takenBack}/reembolsar`;
  const { status } = await market.call('POST', refund, await admin());
  say(`gave refunded-later back: ${status}`);
  await market.later(15 * MINUTE);
  await market.settled();
  await market.later(2 * MINUTE);
  await market.settled();
  say(`a quarter of an hour on: in-doubt is ${await stateOf('in-doubt')}; on the router: ${onRouter().join(', ')}`);
  const session = await market.asCompanyAdmin(shop.companyId);
  const chargesBefore = kept();
  const refundsBefore = conekta.ledger().refunds.length;

  await putBack(copy);
  say(`--- the table is as it was then: ${copy.length} items; what came after is forgotten ---`);
  const { companies } = await prepareRestored(services);
  say(`npm run admin -- after-restore: ${companies} companies are compared at once, all sessions ended`);
  for (let round = 0; round < 6; round += 1) {
    await market.later(5 * MINUTE);
    await market.settled();
  }
  const reconcile = `/api/v1/admin/routers/${shop.routerId}/reconcile`;
  await market.call('POST', reconcile, await admin());
  await market.later(HOUR);
  await market.settled();

  const shown = await market.call('GET', '/api/v1/admin/mi-empresa/conciliacion', await admin());
  const differences: { id_compra: number; tipo: string; detalle: string }[] =
    shown.body.ultima.pasarelas[0].diferencias;
  for (const { tipo, detalle } of differences) say(`comparison: ${tipo}: ${detalle}`);
  const { strangers = 0 } = (await services.reconciles.find(shop.companyId, shop.routerId))?.last ?? {};
  const known = await newestPurchases(services, shop.companyId, 50);
  const states = Object.fromEntries(known.map(({ id, state }) => [passes.get(id) ?? '?', state]));
  const present = onRouter();
  const refunds = refundsByPass();
  const oldSession = (await market.call('GET', '/api/v1/admin/mi-empresa', { headers: session })).status;
  say(`on the router: ${present.join(', ')}; with our mark and unknown here: ${strangers}`);
  say(`charges kept at the gateway: ${chargesBefore} before, ${kept()} after`);
  say(`refunds at the gateway: ${refundsBefore} before, ${JSON.stringify(refunds)} after`);
  say(`purchases known here: ${JSON.stringify(states)}`);
  const chargesAfter = kept();
  const { status: soldAgain } = await market.buy();
  return {
    present,
    chargesBefore,
    chargesAfter,
    refunds,
    strangers,
    states,
    unknown: differences
      .filter(({ tipo }) => tipo === 'sin_compra')
      .map(({ id_compra }) => passes.get(id_compra) ?? '?')
      .toSorted(),
    oldSession,
    soldAgain,
  };

  function onRouter(): string[] {
    return market
      .customers()
      .map(({ name = '' }) => users.get(name) ?? '?')
      .toSorted();
  }

  function kept(): number {
    return conekta.ledger().charges.filter((charge) => charge.status === 'paid').length;
  }

  async function stateOf(name: string): Promise<string | undefined> {
    const [id = 0] = [...passes].find(([, one]) => one === name) ?? [];
    return (await services.purchases.find(shop.companyId, id))?.state;
  }

  function refundsByPass(): Record<string, number> {
    const { orders, refunds } = conekta.ledger();
    const found: Record<string, number> = {};
    for (const { order_id } of refunds) {
      const id = Number(orders.find((order) => order.id === order_id)?.metadata['purchase_id']);
      const name = passes.get(id) ?? '?';
      found[name] = (found[name] ?? 0) + 1;
    }
    return found;
  }

  /** A restore makes a table of its own; here it takes the other one's place, while nothing runs. */
  async function putBack(items: readonly Attributes[]): Promise<void> {
    const gone = (await market.items()).map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } }));
    const back = items.map((Item) => ({ PutRequest: { Item } }));
    for (const requests of [gone, back])
      for (let start = 0; start < requests.length; start += WRITTEN_AT_ONCE)
        await market.aws.dynamo.send(
          new BatchWriteCommand({
            RequestItems: { [market.tableName]: requests.slice(start, start + WRITTEN_AT_ONCE) },
          }),
        );
  }
}
