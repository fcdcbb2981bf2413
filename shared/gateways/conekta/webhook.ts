import { constants, createPublicKey, sign, verify } from 'node:crypto';
import * as z from 'zod';
import { purchaseIdFrom, purchaseIdIn } from './purchase-id.ts';

/** SHA-256 signed with RSA, PKCS #1 v1.5, in base64: the likeliest reading of Conekta's page (payments A.9). */
const ALGORITHM = 'RSA-SHA256';
const padding = constants.RSA_PKCS1_PADDING;

/**
 * Whether Conekta signed these bytes. No time is signed: an old delivery stays valid for ever, so it is a hint at most.
 *
 * @param rawBody as it came: JSON that was parsed and written again is another text
 * @param digestHeader the header `DIGEST`
 * @param publicKeyPem the public half of the company's webhook key
 */
export function verifyDigest(
  rawBody: Buffer | string,
  digestHeader: string | undefined,
  publicKeyPem: string,
): 'valid' | 'invalid' | 'missing' {
  if (!digestHeader?.trim()) return 'missing';
  try {
    // Kept in JSON or in an environment, a key's line ends turn into backslash and n.
    const key = createPublicKey(publicKeyPem.replace(/(\\r)?\\n/g, '\n'));
    if (key.asymmetricKeyType !== 'rsa') return 'invalid';
    const signature = Buffer.from(digestHeader, 'base64');
    return verify(ALGORITHM, bytesOf(rawBody), { key, padding }, signature) ? 'valid' : 'invalid';
  } catch {
    return 'invalid';
  }
}

/** The header that Conekta would send with these bytes. */
export function signBody(rawBody: Buffer | string, privateKeyPem: string): string {
  return sign(ALGORITHM, bytesOf(rawBody), { key: privateKeyPem, padding }).toString('base64');
}

/** What a delivery is about. A hint: only a read with the company's key tells what is true. */
export interface ConektaEvent {
  /** `order.paid`, `charge.chargeback.lost`, `webhook_ping` ... */
  readonly type: string;
  readonly orderRef: string | null;
  readonly purchaseId: number | null;
  /** The charge, where that it was paid is all there is to tell. */
  readonly approvedId: string | null;
}

/** Nothing else goes into a path or a row of ours. */
const reference = z.string().regex(/^[\w-]{1,100}$/);

const envelope = z.object({
  object: z.literal('event'),
  type: z.string().min(1).max(100),
  data: z.object({ object: z.unknown().optional() }).optional().catch(undefined),
});

const subject = z.object({
  object: z.string().catch(''),
  id: z.unknown().optional(),
  order_id: z.unknown().optional(),
  reference_id: z.unknown().optional(),
  metadata: z.unknown().optional(),
});

/** An event is an order of a few kilobytes, seldom more than ten. Anybody can send us a long one, and reading it takes time. */
const LONGEST_BODY = 256 * 1024;

/** What a delivery says, or undefined for what is no event of Conekta's. Never throws, whatever it was sent. */
export function readEvent(rawBody: string): ConektaEvent | undefined {
  const event = envelope.safeParse(parsed(rawBody)).data;
  if (!event) return undefined;
  const thing = event.data?.object;
  return { type: event.type, ...subjectOf(thing), approvedId: approvedIn(event.type, thing) };
}

function subjectOf(thing: unknown): Pick<ConektaEvent, 'orderRef' | 'purchaseId'> {
  const about = subject.safeParse(thing).data;
  switch (about?.object) {
    case undefined:
      return { orderRef: null, purchaseId: null };
    case 'order':
      return { orderRef: referenceFrom(about.id), purchaseId: purchaseIdIn(about.metadata) ?? null };
    case 'charge':
      return { orderRef: referenceFrom(about.order_id), purchaseId: purchaseIdFrom(about.reference_id) ?? null };
    default:
      return { orderRef: referenceFrom(about?.order_id), purchaseId: null };
  }
}

const paidCharge = z.object({ object: z.literal('charge'), id: z.unknown() });
const paidOrder = z.object({ charges: z.object({ data: z.array(z.object({ id: z.unknown() })).length(1) }) });

function approvedIn(type: string, thing: unknown): string | null {
  if (type === 'charge.paid') return referenceFrom(paidCharge.safeParse(thing).data?.id);
  if (type === 'order.paid') return referenceFrom(paidOrder.safeParse(thing).data?.charges.data[0]?.id);
  return null;
}

function referenceFrom(given: unknown): string | null {
  return reference.safeParse(given).data ?? null;
}

function parsed(text: string): unknown {
  if (text.length > LONGEST_BODY) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function bytesOf(body: Buffer | string): Buffer {
  return typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
}
