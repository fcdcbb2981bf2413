import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { Secret } from '../../security/secret.ts';

/** How old, or how far ahead, a signed time may be. */
const WINDOW_MS = 15 * 60_000;

export interface Signed {
  /** `data.id` of the query: the body is not signed. */
  readonly dataId: string | null;
  /** The header `x-request-id`. */
  readonly requestId: string | undefined;
}

/**
 * Whether Mercado Pago signed this notification (payments B.10). The case of `data.id` is told both ways, and so is the unit
 * of `ts`: each is taken.
 *
 * @param header `x-signature`
 * @param secret of the company's application; an empty one would be everybody's, and is none
 * @param now milliseconds
 */
export function verifySignature(
  notification: Signed & { readonly header: string | undefined; readonly secret: Secret; readonly now: number },
): 'valid' | 'invalid' | 'missing' {
  const { header, secret, now } = notification;
  if (!header?.trim()) return 'missing';
  const parts = new Map(header.split(',').flatMap(partOf));
  const ts = parts.get('ts') ?? '';
  const presented = parts.get('v1') ?? '';
  if (secret.reveal() === '' || !/^\d{10}(\d{3})?$/.test(ts) || !/^[0-9a-f]{64}$/i.test(presented)) return 'invalid';
  const forms = new Set([notification.dataId, notification.dataId?.toLowerCase() ?? null]);
  const isSigned = [...forms].some((dataId) =>
    timingSafeEqual(Buffer.from(presented, 'hex'), Buffer.from(hmac({ ...notification, dataId, ts }, secret), 'hex')),
  );
  const signedAt = ts.length === 13 ? Number(ts) : Number(ts) * 1000;
  return isSigned && Math.abs(now - signedAt) <= WINDOW_MS ? 'valid' : 'invalid';
}

/** The header that Mercado Pago would send. @param signed `ts` is seconds or milliseconds, as text */
export function signNotification(signed: Signed & { readonly ts: string; readonly secret: Secret }): string {
  return `ts=${signed.ts},v1=${hmac(signed, signed.secret)}`;
}

/** A part whose value is missing is left out, together with its semicolon. */
function hmac({ dataId, requestId, ts }: Signed & { readonly ts: string }, secret: Secret): string {
  const manifest = [
    ...(dataId ? [`id:${dataId};`] : []),
    ...(requestId ? [`request-id:${requestId};`] : []),
    `ts:${ts};`,
  ].join('');
  return createHmac('sha256', secret.reveal()).update(manifest).digest('hex');
}

function partOf(part: string): [string, string][] {
  const at = part.indexOf('=');
  return at < 0 ? [] : [[part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()]];
}

/** What a notification is about. A hint: only a read with the company's key tells what is true. */
export interface Notice {
  readonly topic: string;
  /** Written into the address by ourselves, when the payment was made. */
  readonly companyId: string | null;
  readonly purchaseId: number | null;
  /** As it is signed. */
  readonly dataId: string | null;
  readonly paymentId: string | null;
  /** The same payment, where that it was made is all there is to tell. */
  readonly approvedId: string | null;
}

const payment = z
  .string()
  .regex(/^\d{1,20}$/)
  .optional()
  .catch(undefined);
const purchase = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number)
  .refine(Number.isSafeInteger);
const company = z.string().regex(/^[\w-]{1,40}$/);
const word = z.string().optional().catch(undefined);
const body = z.object({
  type: word,
  topic: word,
  action: word,
  data: z.object({ id: payment, payment_id: payment }).optional().catch(undefined),
});
type Body = z.infer<typeof body>;

/** A notification is short. Anybody can send us a long one, and reading it takes time. */
const LONGEST_BODY = 64 * 1024;

/**
 * What a notification says. Never throws, whatever it was sent.
 *
 * @param query `?data.id=...&type=...`, or the older `?topic=...&id=...`
 */
export function readNotice(query: Readonly<Record<string, string | undefined>>, rawBody: string): Notice {
  const said = body.safeParse(parsed(rawBody)).data;
  const topic = query['type'] ?? query['topic'] ?? said?.type ?? said?.topic ?? '';
  const dataId = query['data.id'] ?? query['id'] ?? null;
  const paymentId = payment.parse(paymentIn(topic, dataId, said)) ?? null;
  return {
    topic,
    dataId,
    companyId: company.safeParse(query['empresa']).data ?? null,
    purchaseId: purchase.safeParse(query['compra']).data ?? null,
    paymentId,
    approvedId: topic === 'payment' && said?.action === 'payment.created' ? paymentId : null,
  };
}

function paymentIn(topic: string, dataId: string | null, said: Body | undefined): string | undefined {
  switch (topic) {
    case 'payment':
      return dataId ?? said?.data?.id;
    // Its own id is the chargeback's.
    case 'topic_chargebacks_wh':
      return said?.data?.payment_id;
    default:
      return undefined;
  }
}

function parsed(text: string): unknown {
  if (text.length > LONGEST_BODY) return undefined;
  try {
    return JSON.parse(text, digits);
  } catch {
    return undefined;
  }
}

/** Numbers as they are written: read as a number, an id above 2^53 would be another one. */
function digits(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? context?.source : value;
}
