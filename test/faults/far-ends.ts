/** What banks, people and repairers do at the far ends, without us. */
import type { Run } from './run.ts';

type Orders = ReturnType<Run['world']['conekta']['ledger']>['orders'];

const ordersOf = ({ world, shop }: Run): Orders =>
  world.conekta.ledger().orders.filter(({ metadata }) => metadata['empresa_id'] === shop.companyId);

/** How charges that wait for a person or a bank end now. */
export function settleCharges(run: Run, outcome: 'paid' | 'declined' | 'expired'): void {
  const { conekta } = run.world;
  for (const { id, payment_status } of ordersOf(run))
    if (payment_status === 'pending_payment') conekta.settle(id, outcome);
}

/** Whoever was sent to a page or a counter pays although the order was closed. */
export function payLate(run: Run): void {
  const { conekta } = run.world;
  const { charges } = conekta.ledger();
  for (const { id, payment_status } of ordersOf(run)) {
    const wasSent = charges.some(({ order_id, status }) => order_id === id && status === 'canceled');
    if (payment_status === 'canceled' && wasSent) conekta.settle(id, 'paid');
  }
}

/** How refunds that the bank took its time for end now. */
export function settleRefunds(run: Run, outcome: 'refunded' | 'failed'): void {
  const { conekta } = run.world;
  const own = new Set(ordersOf(run).map(({ id }) => id));
  for (const { id, order_id, status } of conekta.ledger().refunds)
    if (status === 'pending' && own.has(order_id)) conekta.settleRefund(id, outcome);
}

/** The trouble is over: from here on only time passes. */
export async function mendEverything(run: Run): Promise<void> {
  const { conekta, router } = run.world;
  conekta.clearFaults();
  await router.clearFaults();
  await conekta.releaseLate();
  settleCharges(run, 'paid');
  settleRefunds(run, 'refunded');
}
