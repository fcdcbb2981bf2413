import type { HttpEvent } from '../endpoint.ts';
import { zonelessTime } from './timestamp.ts';

/** The body as it was sent: signatures are made over its very bytes. */
export function rawBody({ body = '', isBase64Encoded }: HttpEvent): Buffer {
  return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
}

/** Contract 8.1: the gateways look at the status only. */
export const webhookReceived = (at: number) =>
  ({
    status: 200,
    body: { status: 'received', message: 'Webhook received and queued', received_at: zonelessTime(at) },
  }) as const;
