import type { ChargeIntent, GatewayCall, PaymentGateway } from '#shared/gateways/gateway.ts';
import { cardOf, intent } from '../shared/gateways/conekta/intent.ts';

/** A call of the port, and what is special about it. */
export interface NamedCall {
  readonly verb: Exclude<keyof PaymentGateway, 'name'>;
  readonly what: string;
  readonly run: (gateway: PaymentGateway) => Promise<unknown>;
}

const LONG = 'Red inalámbrica del café «El Niño» — ñandú & cía. '.repeat(8);

/** Buyers and products as they really come: each changes what the order or the charge says. */
const intents: readonly [string, ChargeIntent][] = [
  ['everything given', intent],
  [
    'no phone, no address, no MAC',
    { ...intent, customer: { ...intent.customer, phone: null }, macAddress: null, ipAddress: null },
  ],
  ['a phone with its country', { ...intent, customer: { ...intent.customer, phone: '+52 (55) 1234-5678' } }],
  ['a phone that is none', { ...intent, customer: { ...intent.customer, phone: '12' } }],
  ['an IPv6 address', { ...intent, ipAddress: '2001:db8::23' }],
  [
    'accents and an emoji',
    { ...intent, productName: '¡Año Nuevo! 🎉', customer: { ...intent.customer, name: 'Íñigo Muñoz Ángeles' } },
  ],
  [
    'names as long as they get',
    { ...intent, productName: LONG, customer: { ...intent.customer, name: LONG.slice(0, 100) } },
  ],
  ['a long name that ends in an emoji', { ...intent, productName: `${'x'.repeat(248)}😀` }],
  ['a name too short for an item', { ...intent, productName: '1' }],
  ['a user kind and ids as long as they get', { ...intent, userKind: LONG, companyId: LONG, routerId: LONG }],
  ['one centavo', { ...intent, amount: { minor: 1, currency: 'MXN' } }],
  ['a dear product', { ...intent, amount: { minor: 99_999_999, currency: 'MXN' } }],
];

/** Every call the adapter can make. A verb of the port that is missing here does not compile. */
export function conektaCalls(call: () => GatewayCall): readonly NamedCall[] {
  let minted = 0;
  const card = (kind: string) => cardOf(`tok_test_${kind}_spec${++minted}`);

  async function opened(gateway: PaymentGateway, wanted = intent): Promise<string> {
    const answer = await gateway.open(wanted, call());
    if (answer.kind !== 'opened') throw new Error(`The simulator did not open an order: ${JSON.stringify(answer)}`);
    return answer.orderRef;
  }
  async function paid(gateway: PaymentGateway): Promise<{ orderRef: string; paymentId: string }> {
    const orderRef = await opened(gateway);
    const answer = await gateway.charge(orderRef, card('visa_4242'), intent, call());
    if (answer.kind !== 'approved') throw new Error(`The simulator did not approve: ${JSON.stringify(answer)}`);
    return { orderRef, paymentId: answer.approval.paymentId };
  }
  const refund = (amountMinor: number) => async (gateway: PaymentGateway) =>
    gateway.refund({ ...(await paid(gateway)), amountMinor, currency: 'MXN', attemptKey: 'none' }, call());

  const calls: Record<NamedCall['verb'], readonly Omit<NamedCall, 'verb'>[]> = {
    open: intents.map(([what, wanted]) => ({ what, run: (gateway) => opened(gateway, wanted) })),
    charge: [
      ...intents.map(([what, wanted]) => ({
        what,
        run: async (gateway: PaymentGateway) =>
          gateway.charge(await opened(gateway, wanted), card('visa_4242'), wanted, call()),
      })),
      ...['card_declined', 'pending', '3ds'].map((kind) => ({
        what: `a card that is ${kind}`,
        run: async (gateway: PaymentGateway) => gateway.charge(await opened(gateway), card(kind), intent, call()),
      })),
    ],
    look: [{ what: 'an order', run: async (gateway) => gateway.look(await opened(gateway), call()) }],
    cancel: [{ what: 'an order', run: async (gateway) => gateway.cancel(await opened(gateway), call()) }],
    refundsOf: [
      { what: 'a paid order', run: async (gateway) => gateway.refundsOf((await paid(gateway)).orderRef, call()) },
    ],
    refund: [
      { what: 'a part', run: refund(700) },
      { what: 'the whole', run: refund(intent.amount.minor) },
    ],
  };
  const verbs = Object.keys(calls) as NamedCall['verb'][];
  return verbs.flatMap((verb) => calls[verb].map((one) => ({ ...one, verb })));
}
