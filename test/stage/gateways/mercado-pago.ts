import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { webhookPaths } from '#shared/gateways/webhook-paths.ts';
import type { MercadoPagoFaultInput } from '#shared/local/mercado-pago/faults.ts';
import { Problem } from '#shared/local/mercado-pago/problem.ts';
import type { MercadoPagoSimulator } from '#shared/local/mercado-pago/simulator.ts';
import type { Shop } from '../market.ts';
import { stageUrl } from '../stage.ts';
import type { Deed } from './deed.ts';
import type { CardKind, FarCharge, FarGateway, Trouble } from './far-gateway.ts';
import { taken } from './taken.ts';

/**
 * A good payment at an account that none of our functions made.
 *
 * @param reference its `external_reference`
 * @returns its id
 */
export async function payWithoutUs({ url }: MercadoPagoSimulator, accessToken: string, reference: string) {
  const answer = await fetch(`${url}/v1/payments`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${accessToken}`,
      'content-type': 'application/json',
      'x-idempotency-key': randomUUID(),
    },
    body: JSON.stringify({
      transaction_amount: 15,
      token: `mp_test_APRO_${randomUUID()}`,
      installments: 1,
      payment_method_id: 'visa',
      payer: { email: 'eva@correo.mx' },
      external_reference: reference,
    }),
  });
  return z.object({ id: z.number() }).parse(await answer.json()).id;
}

const tokens: Readonly<Record<CardKind, string>> = { good: 'APRO', declined: 'FUND', page: '3DS', waits: 'CONT' };

/** There is no order here: what would be about it is about its payment. */
const routes: Readonly<Record<Deed, MercadoPagoFaultInput['route']>> = {
  open: 'create-payment',
  charge: 'create-payment',
  look: 'search-payments',
  cancel: 'cancel-payment',
  refund: 'refund',
};

const kinds: Partial<Record<Trouble['kind'], MercadoPagoFaultInput['kind']>> = {
  twice: 'charged-twice',
  refused: 'refund-rejected',
  pending: 'refund-pending',
};

const outcomes = { paid: 'approved', declined: 'rejected', expired: 'expired' } as const;
const keptStatuses: ReadonlySet<string> = new Set(['approved', 'refunded', 'charged_back', 'in_mediation']);
const waitingStatuses: ReadonlySet<string> = new Set(['pending', 'in_process', 'authorized']);
const chargebacks: Readonly<Record<string, FarCharge['dispute']>> = {
  in_process: 'open',
  reimbursed: 'won',
  settled: 'lost',
};

type Payment = ReturnType<MercadoPagoSimulator['ledger']>['payments'][number];

function disputeOf({ status, status_detail }: Payment): FarCharge['dispute'] {
  if (status === 'in_mediation') return 'open';
  return status === 'charged_back' ? (chargebacks[status_detail] ?? null) : null;
}

const purchaseOf = ({ external_reference }: Payment): number => Number(external_reference?.replace('HS', ''));

/** What a shop signs in with at Mercado Pago. */
export const accessTokenOf = ({ companyId }: Pick<Shop, 'companyId'>): string => `TEST-${companyId}`;

export function mercadoPagoOf(simulator: MercadoPagoSimulator, shop: Pick<Shop, 'companyId'>): FarGateway {
  const { companyId } = shop;
  const payments = () => simulator.ledger().payments.filter(({ metadata }) => metadata['empresa_id'] === companyId);
  return {
    name: 'mercado-pago',
    buyPath: '/api/v1/payments/pagar-mercado-pago',
    notifications: simulator.notifications,
    payWith: (card) => ({
      token: `mp_test_${tokens[card]}_${randomUUID()}`,
      payment_method_id: 'visa',
      monto: 15,
      cuotas: 1,
    }),
    charges(): FarCharge[] {
      const { refunds } = simulator.ledger();
      return payments()
        .filter(({ status }) => keptStatuses.has(status))
        .map((payment) => ({
          id: String(payment.id),
          purchaseId: purchaseOf(payment),
          amountMinor: payment.amount,
          refundedMinor: refunds
            .filter(({ payment_id, status }) => payment_id === payment.id && status === 'approved')
            .reduce((sum, { amount }) => sum + amount, 0),
          dispute: disputeOf(payment),
        }));
    },
    settle(outcome) {
      for (const { id, status } of payments()) if (waitingStatuses.has(status)) simulator.settle(id, outcomes[outcome]);
    },
    payLate() {
      for (const { id, status } of payments()) if (status === 'cancelled') simulator.settle(id, 'approved');
    },
    settleRefunds(outcome) {
      const own = new Set(payments().map(({ id }) => id));
      for (const { id, payment_id, status } of simulator.ledger().refunds)
        if (status === 'in_process' && own.has(payment_id))
          simulator.settleRefund(id, outcome === 'refunded' ? 'approved' : 'rejected');
    },
    async refundByHand(chargeId, amountMinor) {
      const answer = await fetch(`${simulator.url}/v1/payments/${chargeId}/refunds`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${accessTokenOf(shop)}`,
          'content-type': 'application/json',
          'x-idempotency-key': randomUUID(),
        },
        body: JSON.stringify({ amount: amountMinor / 100 }),
      });
      await answer.body?.cancel();
      return answer.status < 400 || answer.status >= 500;
    },
    dispute: (chargeId, step) => taken(() => simulator.chargeBack(Number(chargeId), step), Problem),
    addTrouble: ({ on, kind, ...rest }) =>
      simulator.addFault({ ...rest, route: routes[on], kind: kinds[kind] ?? kind } as MercadoPagoFaultInput),
    mend: () => simulator.clearFaults(),
    releaseLate: () => simulator.releaseLate(),
    forge(purchaseId) {
      const payment = payments().find((one) => purchaseOf(one) === purchaseId);
      if (!payment) return undefined;
      const id = String(payment.id);
      const query = `empresa=${encodeURIComponent(companyId)}&source_news=webhooks&data.id=${id}&type=payment`;
      const body = JSON.stringify({ type: 'payment', action: 'payment.updated', data: { id } });
      const headers = { 'x-signature': `ts=${Date.now()},v1=${'0'.repeat(64)}`, 'x-request-id': randomUUID() };
      return { url: `${stageUrl}${webhookPaths.mercadoPago}?${query}`, headers, body, concerns: id };
    },
  };
}
