import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { signBody } from '#shared/gateways/conekta/webhook.ts';
import { webhookPaths } from '#shared/gateways/webhook-paths.ts';
import type { ConektaFaultInput } from '#shared/local/conekta/faults.ts';
import { Problem } from '#shared/local/conekta/problem.ts';
import type { ConektaSimulator } from '#shared/local/conekta/simulator.ts';
import type { Shop } from '../market.ts';
import { stageUrl } from '../stage.ts';
import type { Deed } from './deed.ts';
import type { CardKind, FarCharge, FarGateway, Trouble } from './far-gateway.ts';
import { taken } from './taken.ts';

const tokens: Readonly<Record<CardKind, string>> = {
  good: 'visa_4242',
  declined: 'card_declined',
  page: '3ds',
  waits: 'pending',
};

const routes: Readonly<Record<Deed, ConektaFaultInput['route']>> = {
  open: 'create-order',
  charge: 'create-charge',
  look: 'get-order',
  cancel: 'cancel-order',
  refund: 'refund',
};

const kinds: Partial<Record<Trouble['kind'], ConektaFaultInput['kind']>> = {
  twice: 'charged-twice',
  refused: 'no-balance',
  pending: 'refund-pending',
};

const disputes = { under_review: 'open', won: 'won', lost: 'lost' } as const;
const keptStatuses: ReadonlySet<string> = new Set(['paid', 'refunded', 'partially_refunded']);
/** Nobody knows this key. */
const strange = generateKeyPairSync('rsa', {
  modulusLength: 1024,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

export function conektaOf(simulator: ConektaSimulator, { companyId, conektaKey }: Shop): FarGateway {
  const orders = () => simulator.ledger().orders.filter(({ metadata }) => metadata['empresa_id'] === companyId);
  return {
    name: 'conekta',
    buyPath: '/api/v1/payments/pagar-conekta',
    notifications: simulator.notifications,
    payWith: (card) => ({ token_tarjeta: `tok_test_${tokens[card]}_${randomUUID()}` }),
    charges(): FarCharge[] {
      const { charges, refunds } = simulator.ledger();
      const own = new Map(orders().map(({ id, metadata }) => [id, Number(metadata['purchase_id'])]));
      return charges
        .filter(({ order_id, status }) => own.has(order_id) && keptStatuses.has(status))
        .map(({ id, order_id, amount, chargeback }) => ({
          id,
          purchaseId: own.get(order_id) ?? 0,
          amountMinor: amount,
          refundedMinor: refunds
            .filter(({ charge_id, status }) => charge_id === id && status === 'refunded')
            .reduce((sum, refund) => sum + refund.amount, 0),
          dispute: chargeback && disputes[chargeback],
        }));
    },
    settle(outcome) {
      for (const { id, payment_status } of orders())
        if (payment_status === 'pending_payment') simulator.settle(id, outcome);
    },
    payLate() {
      const { charges } = simulator.ledger();
      for (const { id, payment_status } of orders()) {
        const wasSent = charges.some(({ order_id, status }) => order_id === id && status === 'canceled');
        if (payment_status === 'canceled' && wasSent) simulator.settle(id, 'paid');
      }
    },
    settleRefunds(outcome) {
      const own = new Set(orders().map(({ id }) => id));
      for (const { id, order_id, status } of simulator.ledger().refunds)
        if (status === 'pending' && own.has(order_id)) simulator.settleRefund(id, outcome);
    },
    async refundByHand(chargeId, amountMinor) {
      const orderId = orderOf(simulator, chargeId);
      const answer = await fetch(`${simulator.url}/orders/${orderId}/refunds`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${conektaKey}`,
          accept: 'application/vnd.conekta-v2.2.0+json',
          'content-type': 'application/json',
        },
        body: JSON.stringify({ amount: amountMinor, reason: 'requested_by_client' }),
      });
      await answer.body?.cancel();
      return answer.status < 400 || answer.status >= 500;
    },
    dispute: (chargeId, step) => taken(() => simulator.chargeBack(orderOf(simulator, chargeId), step), Problem),
    addTrouble: ({ on, kind, ...rest }) =>
      simulator.addFault({ ...rest, route: routes[on], kind: kinds[kind] ?? kind } as ConektaFaultInput),
    mend: () => simulator.clearFaults(),
    releaseLate: () => simulator.releaseLate(),
    forge(purchaseId) {
      const order = orders().find(({ metadata }) => Number(metadata['purchase_id']) === purchaseId);
      if (!order) return undefined;
      const { id, metadata } = order;
      const subject = { object: 'order', id, payment_status: 'paid', metadata };
      const body = JSON.stringify({ object: 'event', id: randomUUID(), type: 'order.paid', data: { object: subject } });
      const headers = { digest: signBody(body, strange.privateKey) };
      return { url: `${stageUrl}${webhookPaths.conekta(companyId)}`, headers, body, concerns: id };
    },
  };
}

function orderOf(simulator: ConektaSimulator, chargeId: string): string {
  return simulator.ledger().charges.find(({ id }) => id === chargeId)?.order_id ?? '';
}
