import * as z from 'zod';
import { ControlRefusal, type ControlRoute, NO_FAULT, read, settling } from '../control-route.ts';
import { mailModes } from '../gateway/outbox.ts';
import { chargebackSteps } from './chargebacks.ts';
import { conektaFault } from './faults.ts';
import { Problem } from './problem.ts';
import type { ConektaSimulator } from './simulator.ts';

const settlement = z.strictObject({ outcome: z.enum(['paid', 'declined', 'expired', 'canceled']) });
const refundSettlement = z.strictObject({ outcome: z.enum(['refunded', 'failed', 'canceled', 'expired']) });

const chargeback = z.strictObject({ step: z.enum(chargebackSteps) });
const mail = z.strictObject({ mode: z.enum(mailModes) });

/** @param embedded undefined when the person named another Conekta */
export function conektaControl(embedded: ConektaSimulator | undefined): readonly ControlRoute[] {
  const conekta = (): ConektaSimulator => {
    if (embedded) return embedded;
    throw new ControlRefusal(404, 'There is no Conekta simulator: CONEKTA_BASE_URL points elsewhere.');
  };
  return [
    { method: 'GET', path: '/conekta/ledger', what: 'Money as Conekta sees it.', run: () => conekta().ledger() },
    {
      method: 'POST',
      path: '/conekta/faults',
      what: 'Conekta fails as told; GET /faults lists how: {"kind", "route", ...}.',
      run: (body) => {
        const simulator = conekta();
        const added = read(conektaFault, body, NO_FAULT);
        simulator.addFault(added);
        return { added };
      },
    },
    {
      method: 'DELETE',
      path: '/conekta/faults',
      what: 'Conekta works again.',
      run: () => {
        conekta().clearFaults();
        return { cleared: 'conekta' };
      },
    },
    {
      method: 'POST',
      path: '/conekta/orders/{id}/settle',
      what: 'A charge that waits ends, or cash comes late: {"outcome": "paid" | "declined" | "expired" | "canceled"}.',
      run: (body, id) => {
        const { outcome } = read(settlement, body, 'Not an outcome of a charge');
        settling(() => conekta().settle(id, outcome), Problem, 'There is no order of this id whose charge can end so.');
        return { order: id, outcome };
      },
    },
    {
      method: 'POST',
      path: '/conekta/orders/{id}/chargeback',
      what: 'The bank takes a paid charge back, and says how that ended: {"step": "opened" | "won" | "lost"}.',
      run: (body, id) => {
        const { step } = read(chargeback, body, 'Not a step of a chargeback');
        settling(
          () => conekta().chargeBack(id, step),
          Problem,
          'There is no order of this id whose charge can take this step.',
        );
        return { order: id, step };
      },
    },
    {
      method: 'POST',
      path: '/conekta/refunds/{id}/settle',
      what: 'A refund that waits ends: {"outcome": "refunded" | "failed" | "canceled" | "expired"}.',
      run: (body, id) => {
        const { outcome } = read(refundSettlement, body, 'Not an outcome of a refund');
        settling(() => conekta().settleRefund(id, outcome), Problem, 'There is no refund of this id that waits.');
        return { refund: id, outcome };
      },
    },
    {
      method: 'POST',
      path: '/conekta/notifications',
      what: 'What happens to notifications from now on: {"mode": "delivered" | "doubled" | "lost"}.',
      run: (body) => {
        const { mode } = read(mail, body, 'Not what can happen to notifications');
        conekta().notifications.mode = mode;
        return { mode };
      },
    },
    { method: 'GET', path: '/conekta/webhooks', what: 'Where webhooks go.', run: () => conekta().webhookUrls() },
    {
      method: 'POST',
      path: '/conekta/late/release',
      what: 'What a "late" fault without "ms" holds back happens now.',
      run: async () => ({ released: await conekta().releaseLate() }),
    },
  ];
}
