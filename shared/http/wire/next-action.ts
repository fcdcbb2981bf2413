import * as z from 'zod';
import type { Purchase } from '../../store/purchases.ts';

/** Where the page sends the buyer, in Conekta's shape; and what Mercado Pago's challenge has to be sent there by POST. */
export const nextActionBody = z.object({
  type: z.literal('redirect_to_url'),
  redirect_to_url: z.object({ url: z.string() }),
  three_ds_info: z.object({ external_resource_url: z.string(), creq: z.string() }).optional(),
});

export function nextAction({ nextActionUrl: url, nextActionCreq: creq }: Purchase) {
  if (url === null) return {};
  const challenge = creq === null ? {} : { three_ds_info: { external_resource_url: url, creq } };
  return { next_action: { type: 'redirect_to_url', redirect_to_url: { url }, ...challenge } } as const;
}
