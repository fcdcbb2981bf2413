/** What differs between the two gateways, as a case needs it; the rest is the `FarGateway` that the fault runs speak of. */
import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { conektaGateway } from '#shared/gateways/conekta/client.ts';
import { signBody } from '#shared/gateways/conekta/webhook.ts';
import type { GatewayName, PaymentGateway } from '#shared/gateways/gateway.ts';
import { mercadoPagoGateway } from '#shared/gateways/mercado-pago/client.ts';
import { signNotification } from '#shared/gateways/mercado-pago/webhook.ts';
import { webhookPaths } from '#shared/gateways/webhook-paths.ts';
import type { ConektaFaultInput } from '#shared/local/conekta/faults.ts';
import type { Notification } from '#shared/local/gateway/outbox.ts';
import type { MercadoPagoFaultInput } from '#shared/local/mercado-pago/faults.ts';
import type { Clock } from '#shared/platform/clock.ts';
import { Secret } from '#shared/security/secret.ts';
import type { Deed } from '../../stage/gateways/deed.ts';
import { conektaOf } from '../../stage/gateways/conekta.ts';
import type { FarGateway } from '../../stage/gateways/far-gateway.ts';
import { accessTokenOf, mercadoPagoOf } from '../../stage/gateways/mercado-pago.ts';
import { type Market, newMercadoPagoToken, newToken, type Shop } from '../../stage/market.ts';
import { stageUrl } from '../../stage/stage.ts';

/** A fault that both simulators know by the same name. */
export interface Fault {
  readonly on: Deed;
  readonly kind:
    | 'server-error'
    | 'too-many-requests'
    | 'wrong-key'
    | 'not-found'
    | 'timeout'
    | 'reset'
    | 'delay'
    | 'cut-body'
    | 'slow-body'
    | 'html-body'
    | 'empty-json'
    | 'altered'
    | 'late'
    | 'charged-twice'
    | 'refund-pending';
  readonly when?: 'before' | 'after';
  readonly times?: number;
  readonly ms?: number;
  readonly retryAfterSeconds?: number;
  readonly field?: string;
  readonly value?: string | number | boolean;
}

/** Somebody claims to be the gateway. */
export interface Forgery {
  readonly what: string;
  readonly mail: Notification;
  /** What it is answered with: 401 where a signature was due and is not right. */
  readonly status: 200 | 401;
}

export interface Till {
  readonly name: GatewayName;
  readonly title: string;
  readonly far: FarGateway;
  /** What a purchase with this card sends: the words of the simulator's own token list. */
  card(words: string): Readonly<Record<string, unknown>>;
  /** Cards that are refused by their bank, by the simulator's words. */
  readonly declines: readonly string[];
  /** Card tokens that are none, and what the buyer's page is answered. */
  readonly deadTokens: readonly (readonly [what: string, fields: Readonly<Record<string, unknown>>, status: number])[];
  /** A token that was used before is refused with this status. */
  readonly usedTokenStatus: number;
  readonly badKeyStatus: number;
  readonly tooManyStatus: number;
  /** How a look at a purchase fails: Mercado Pago's are searches, and reads of what a webhook named. */
  fail(fault: Fault): void;
  /** Requests so far; looks of all kinds together. */
  calls(deed: Deed): number;
  /** The names under which the gateway's answers show amount, currency and mode. */
  readonly fields: { readonly amount: readonly [string, number]; readonly currency: string; readonly mode: string };
  /** Makes the company sign in as somebody else from now on. */
  rotateKey(market: Market): Promise<void>;
  /** Signatures and subjects that are not the gateway's, made from a real notification. */
  forgeries(real: Notification, purchaseId: number, now: number): readonly Forgery[];
  /** The company sells something else on the same account, and its webhooks reach us. */
  sellElsewhere(): Promise<void>;
  /** Its real adapter, pointed at another address. */
  adapterTo(baseUrl: string, clock: Clock): PaymentGateway;
}

/** Of a key that no company has. */
const { privateKey: strangersKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

export function conektaTill({ conekta }: Market, shop: Shop): Till {
  const routes = {
    open: 'create-order',
    charge: 'create-charge',
    look: 'get-order',
    cancel: 'cancel-order',
    refund: 'refund',
  } as const;
  return {
    name: 'conekta',
    title: 'Conekta',
    far: conektaOf(conekta, shop),
    card: (words) => ({ token_tarjeta: newToken(words) }),
    declines: ['card_declined', 'insufficient_funds', 'suspected_fraud', 'restricted_card'],
    deadTokens: [
      ['unknown', { token_tarjeta: `tok_never_made_${randomUUID()}` }, 422],
      ['expired', { token_tarjeta: newToken('msi_error') }, 402],
      ['invalid', { token_tarjeta: newToken('code_conekta.errors.processing.tokenization.invalid') }, 402],
    ],
    usedTokenStatus: 402,
    badKeyStatus: 401,
    tooManyStatus: 429,
    fail: ({ on, ...rest }) => conekta.addFault({ ...rest, route: routes[on] } as ConektaFaultInput),
    calls: (deed) => conekta.calls()[routes[deed]],
    fields: { amount: ['amount', 1600], currency: 'currency', mode: 'livemode' },
    async rotateKey(market) {
      await market.call('PUT', '/api/v1/admin/mi-empresa/conekta-config', {
        headers: await market.asCompanyAdmin(shop.companyId),
        body: { conekta_private_key: `key_${randomUUID()}` },
      });
    },
    forgeries(real, purchaseId) {
      const forged = (what: string, body: string, headers: Notification['headers']): Forgery => ({
        what,
        mail: { ...real, body, headers },
        status: 401,
      });
      const asPaid = JSON.stringify({
        object: 'event',
        id: randomUUID(),
        type: 'order.paid',
        data: { object: { object: 'order', id: 'ord_unknown1', payment_status: 'paid', metadata: { purchase_id: 1 } } },
      });
      return [
        forged('no signature', real.body, {}),
        forged('an empty signature', real.body, { digest: '' }),
        forged("a stranger's key", real.body, { digest: signBody(real.body, strangersKey) }),
        forged('a changed body', real.body, real.headers),
        forged('an unknown id', asPaid, { digest: signBody(asPaid, strangersKey) }),
        forged('a purchase named anew', real.body.replaceAll(String(purchaseId), '1234567890123'), real.headers),
      ];
    },
    async sellElsewhere() {
      const headers = { authorization: `Bearer ${shop.conektaKey}`, accept: 'application/vnd.conekta-v2.3.0+json' };
      const body = JSON.stringify({
        currency: 'MXN',
        customer_info: { name: 'Eva Luna', email: 'eva@correo.mx', phone: '5522997233' },
        line_items: [{ name: 'Coffee', unit_price: 4500, quantity: 1 }],
        charges: [{ payment_method: { type: 'card', token_id: newToken() } }],
      });
      await fetch(`${conekta.url}/orders`, { method: 'POST', headers, body });
    },
    adapterTo: (baseUrl, clock) => conektaGateway({ baseUrl, clock }),
  };
}

export function mercadoPagoTill({ mercadoPago }: Market, shop: Shop): Till {
  const routes = {
    open: 'create-payment',
    charge: 'create-payment',
    look: 'search-payments',
    cancel: 'cancel-payment',
    refund: 'refund',
  } as const;
  const accessToken = accessTokenOf(shop);
  const card = (words: string) => payWith(newMercadoPagoToken(words));
  const payWith = (token: string) => ({ token, payment_method_id: 'visa', monto: 15, cuotas: 1 });
  return {
    name: 'mercado-pago',
    title: 'Mercado Pago',
    far: mercadoPagoOf(mercadoPago, shop),
    card,
    declines: [
      ...[
        'OTHE',
        'CALL',
        'FUND',
        'SECU',
        'EXPI',
        'FORM',
        'CARD',
        'INST',
        'LOCK',
        'CTNA',
        'ATTE',
        'BLAC',
        'UNSU',
        'TEST',
        'DUPL',
      ],
      ...['cc_rejected_card_error', 'cc_rejected_time_out', 'cc_rejected_high_risk', 'rejected_by_regulations'].map(
        (detail) => `detail_${detail}`,
      ),
    ],
    deadTokens: [
      ['unknown', payWith(`mp_never_made_${randomUUID()}`), 400],
      ['expired', card('expired'), 400],
    ],
    usedTokenStatus: 400,
    badKeyStatus: 500,
    tooManyStatus: 500,
    fail({ on, ...rest }) {
      mercadoPago.addFault({ ...rest, route: routes[on] } as MercadoPagoFaultInput);
      // A payment that a webhook named is read by its id first; counted faults are for the look that no webhook asked for.
      if (on === 'look' && rest.times === undefined)
        mercadoPago.addFault({ ...rest, route: 'get-payment' } as MercadoPagoFaultInput);
    },
    calls(deed) {
      const calls = mercadoPago.calls();
      return deed === 'look' ? calls['search-payments'] + calls['get-payment'] : calls[routes[deed]];
    },
    fields: { amount: ['transaction_amount', 16], currency: 'currency_id', mode: 'live_mode' },
    async rotateKey(market) {
      await market.connectMercadoPago(`TEST-${randomUUID()}`);
    },
    forgeries(real, purchaseId, now) {
      const secret = new Secret(mercadoPago.webhookSecretOf(accessToken));
      const other = new Secret(mercadoPago.webhookSecretOf(`TEST-${randomUUID()}`));
      const requestId = real.headers['x-request-id'] ?? '';
      const dataId = new URL(real.url).searchParams.get('data.id') ?? '';
      const signed = (ts: number | string, by: Secret, id = dataId) => ({
        'x-request-id': requestId,
        'x-signature': signNotification({ dataId: id, requestId, ts: String(ts), secret: by }),
      });
      const empty = createHmac('sha256', '').update(`id:${dataId};request-id:${requestId};ts:${now};`).digest('hex');
      const forged = (what: string, headers: Notification['headers'], status: 200 | 401 = 401): Forgery => ({
        what,
        mail: { ...real, headers },
        status,
      });
      const unknown = '99999999999';
      return [
        forged('no signature', {}),
        forged('a signature of nothing', { ...real.headers, 'x-signature': 'ts=1,v1=00' }),
        forged('the empty secret', { ...real.headers, 'x-signature': `ts=${now},v1=${empty}` }),
        forged("another company's secret", signed(now, other)),
        forged('another request id', { ...signed(now, secret), 'x-request-id': randomUUID() }),
        forged('a stale time in milliseconds', signed(now - 16 * 60_000, secret)),
        forged('a stale time in seconds', signed(Math.floor(now / 1000) - 16 * 60, secret)),
        forged('a good time in seconds, but nothing was paid', signed(Math.floor(now / 1000), secret), 200),
        {
          what: 'another id under the same signature',
          mail: { ...real, url: real.url.replace(`data.id=${dataId}`, `data.id=${unknown}`) },
          status: 401,
        },
        {
          what: 'an unknown id, well signed',
          mail: {
            ...real,
            url: `${stageUrl}${webhookPaths.mercadoPago}?empresa=${shop.companyId}&data.id=${unknown}&type=payment`,
            headers: signed(now, secret, unknown),
          },
          status: 200,
        },
        {
          what: 'a purchase named anew under the same signature',
          mail: { ...real, url: real.url.replace(`compra=${purchaseId}`, 'compra=1234567890123') },
          status: 200,
        },
      ];
    },
    async sellElsewhere() {
      await fetch(`${mercadoPago.url}/v1/payments`, {
        method: 'POST',
        headers: { authorization: `Bearer ${accessToken}`, 'x-idempotency-key': randomUUID() },
        body: JSON.stringify({
          transaction_amount: 45,
          payer: { email: 'eva@correo.mx' },
          token: newMercadoPagoToken(),
          payment_method_id: 'visa',
          installments: 1,
          external_reference: 'coffee-1',
          notification_url: `${stageUrl}${webhookPaths.mercadoPago}?empresa=${shop.companyId}&source_news=webhooks`,
        }),
      });
    },
    adapterTo: (baseUrl, clock) => mercadoPagoGateway({ baseUrl, clock }),
  };
}
