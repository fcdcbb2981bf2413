import type { Reply } from '#shared/gateways/conekta/outcome.ts';

/** An order of 1500 centavos as Conekta answers it, in the parts that matter to its money. */
export const ORDER = 'ord_1';
export const answered = (status: number, body: unknown): Reply => ({ kind: 'answered', status, body });
export const lost: Reply = { kind: 'lost', cause: 'timeout' };
export const problem = (code: string) => ({ object: 'error', type: 'api_error', details: [{ code }] });

/** @param created_at seconds */
export const refund = (amount: number, status?: string | null, created_at = 200) => ({
  object: 'refund',
  id: `re_${amount}`,
  amount,
  created_at,
  ...(status !== undefined && { status }),
});
export const listed = (...refunds: object[]) => ({ object: 'list', has_more: false, data: refunds });
export const charge = (status: string, refunds?: unknown, more: object = {}) => ({
  object: 'charge',
  id: 'ch_1',
  order_id: ORDER,
  livemode: false,
  amount: 1500,
  currency: 'MXN',
  status,
  created_at: 100,
  ...(refunds !== undefined && { refunds }),
  ...more,
});
export const order = (amount_refunded: number | null | undefined, ...charges: object[]) => ({
  object: 'order',
  id: ORDER,
  ...(amount_refunded !== undefined && { amount_refunded }),
  ...(charges.length > 0 && { charges: listed(...charges) }),
});
