import * as z from 'zod';
import { ControlRefusal, type ControlRoute, NO_FAULT, read, settling } from '../control-route.ts';
import { mailModes } from '../gateway/outbox.ts';
import { disputeSteps } from './disputes.ts';
import { mercadoPagoFault } from './faults.ts';
import { Problem } from './problem.ts';
import type { MercadoPagoSimulator } from './simulator.ts';

const settlement = z.strictObject({ outcome: z.enum(['approved', 'rejected', 'expired', 'cancelled']) });
const refundSettlement = z.strictObject({ outcome: z.enum(['approved', 'rejected']) });
const dispute = z.strictObject({ step: z.enum(disputeSteps) });
const mail = z.strictObject({ mode: z.enum(mailModes) });
/** As pasted into the settings: anything else is a slip, and would get a secret that nobody signs with. */
const credentials = z.strictObject({ access_token: z.string().regex(/^(TEST|APP_USR)-[\w-]+$/) });

/** @param embedded undefined when the person named another Mercado Pago */
export function mercadoPagoControl(embedded: MercadoPagoSimulator | undefined): readonly ControlRoute[] {
  const mercadoPago = (): MercadoPagoSimulator => {
    if (embedded) return embedded;
    throw new ControlRefusal(404, 'There is no Mercado Pago simulator: MERCADO_PAGO_BASE_URL points elsewhere.');
  };
  return [
    {
      method: 'GET',
      path: '/mercado-pago/ledger',
      what: 'Money as Mercado Pago sees it.',
      run: () => mercadoPago().ledger(),
    },
    {
      method: 'POST',
      path: '/mercado-pago/faults',
      what: 'Mercado Pago fails as told; GET /faults lists how: {"kind", "route", ...}.',
      run: (body) => {
        const simulator = mercadoPago();
        const added = read(mercadoPagoFault, body, NO_FAULT);
        simulator.addFault(added);
        return { added };
      },
    },
    {
      method: 'DELETE',
      path: '/mercado-pago/faults',
      what: 'Mercado Pago works again.',
      run: () => {
        mercadoPago().clearFaults();
        return { cleared: 'mercado-pago' };
      },
    },
    {
      method: 'POST',
      path: '/mercado-pago/payments/{id}/settle',
      what: 'A payment that waits ends, or cash comes late: {"outcome": "approved" | "rejected" | "expired" | "cancelled"}.',
      run: (body, id) => {
        const { outcome } = read(settlement, body, 'Not an outcome of a payment');
        settling(
          () => mercadoPago().settle(Number(id), outcome),
          Problem,
          'There is no payment of this id that can end so.',
        );
        return { payment: id, outcome };
      },
    },
    {
      method: 'POST',
      path: '/mercado-pago/payments/{id}/chargeback',
      what: 'The bank takes an approved payment back, and says how that ended: {"step": "opened" | "won" | "lost"}.',
      run: (body, id) => {
        const { step } = read(dispute, body, 'Not a step of a chargeback');
        settling(
          () => mercadoPago().chargeBack(Number(id), step),
          Problem,
          'There is no payment of this id that can take this step.',
        );
        return { payment: id, step };
      },
    },
    {
      method: 'POST',
      path: '/mercado-pago/payments/{id}/claim',
      what: 'The buyer complains of an approved payment, and how that ended: {"step": "opened" | "won" | "lost"}.',
      run: (body, id) => {
        const { step } = read(dispute, body, 'Not a step of a claim');
        settling(
          () => mercadoPago().claim(Number(id), step),
          Problem,
          'There is no payment of this id that can take this step.',
        );
        return { payment: id, step };
      },
    },
    {
      method: 'POST',
      path: '/mercado-pago/refunds/{id}/settle',
      what: 'A refund that waits ends: {"outcome": "approved" | "rejected"}.',
      run: (body, id) => {
        const { outcome } = read(refundSettlement, body, 'Not an outcome of a refund');
        settling(
          () => mercadoPago().settleRefund(Number(id), outcome),
          Problem,
          'There is no refund of this id that waits.',
        );
        return { refund: id, outcome };
      },
    },
    {
      method: 'POST',
      path: '/mercado-pago/notifications',
      what: 'What happens to notifications from now on: {"mode": "delivered" | "doubled" | "lost"}.',
      run: (body) => {
        const { mode } = read(mail, body, 'Not what can happen to notifications');
        mercadoPago().notifications.mode = mode;
        return { mode };
      },
    },
    {
      method: 'POST',
      path: '/mercado-pago/webhook-secret',
      what: 'What a seller\'s panel shows as the secret of its webhooks: {"access_token": "TEST-..."}.',
      run: (body) => {
        const { access_token } = read(credentials, body, "Not a seller's access token");
        return { webhook_secret: mercadoPago().webhookSecretOf(access_token) };
      },
    },
    {
      method: 'POST',
      path: '/mercado-pago/late/release',
      what: 'What a "late" fault without "ms" holds back happens now.',
      run: async () => ({ released: await mercadoPago().releaseLate() }),
    },
  ];
}
