import type { webhookRows } from '../contracts/webhooks.ts';
import type { ExamplesFor } from '../example.ts';

const reply = {
  status: 'received' as const,
  message: 'Webhook received and queued',
  received_at: '2026-05-03T18:22:10.123456',
};

export const webhookExamples = {
  'webhooks/receive-mercado-pago': {
    body: { type: 'payment', action: 'payment.updated', data: { id: '123456789' } },
    reply,
  },
  'webhooks/receive-conekta': {
    params: { empresa_id: 'EMP_3A9F1C0B2D' },
    body: { type: 'order.paid', data: { object: { id: 'ord_de_ejemplo' } } },
    reply,
  },
} satisfies ExamplesFor<typeof webhookRows>;
