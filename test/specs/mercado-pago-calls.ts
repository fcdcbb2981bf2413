import type { Card, ChargeIntent, GatewayCall, PaymentGateway, RefundOrder } from '#shared/gateways/gateway.ts';
import type { MercadoPagoPayments } from '#shared/gateways/mercado-pago/payment-status.ts';
import type { DisputeStep } from '#shared/local/mercado-pago/disputes.ts';
import type { MercadoPagoSimulator } from '#shared/local/mercado-pago/simulator.ts';
import { uuidOf } from '#shared/platform/ids.ts';
import { Secret } from '#shared/security/secret.ts';
import { card as wholeCard, intent } from '../shared/gateways/mercado-pago/purchase.ts';
import type { NamedCall } from './checker.ts';
import { intents } from './intents.ts';

type Verb = Exclude<keyof PaymentGateway, 'name'> | keyof MercadoPagoPayments;

export interface MercadoPagoParts {
  readonly gateway: PaymentGateway;
  /** The same, where nobody listens to notifications. */
  readonly deafGateway: PaymentGateway;
  readonly payments: MercadoPagoPayments;
  readonly simulator: MercadoPagoSimulator;
  readonly call: () => GatewayCall;
}

/** Every call the adapter can make. A verb that is missing here does not compile. */
export function mercadoPagoCalls({
  gateway,
  deafGateway,
  payments,
  simulator,
  call,
}: MercadoPagoParts): readonly NamedCall[] {
  let minted = 0;
  const wrongKey = () => ({ ...call(), privateKey: new Secret('TEST-specs-revoked') });
  const cardOf = (kind: string, changes: Partial<Card> = {}): Card => ({
    ...wholeCard,
    token: new Secret(`mp_test_${kind}_spec${++minted}`),
    ...changes,
  });
  /** A purchase of its own, since what was charged once is the same payment for ever. */
  const another = (wanted: ChargeIntent = intent) => ({ ...wanted, purchaseId: wanted.purchaseId + ++minted });
  async function opened(wanted: ChargeIntent): Promise<string> {
    const answer = await gateway.open(wanted, call());
    if (answer.kind !== 'opened') throw new Error(`No order was opened: ${JSON.stringify(answer)}`);
    return answer.orderRef;
  }
  const charged = async (card: Card, wanted = another(), by = gateway) =>
    by.charge(await opened(wanted), card, wanted, call());
  async function orderWith(kind: string): Promise<string> {
    const wanted = another();
    await charged(cardOf(kind), wanted);
    return opened(wanted);
  }
  async function paid(orderRef?: string): Promise<{ orderRef: string; paymentId: string }> {
    const wanted = another();
    const ref = orderRef ?? (await opened(wanted));
    const answer = await gateway.charge(ref, cardOf('APRO'), wanted, call());
    if (answer.kind !== 'approved') throw new Error(`The simulator did not approve: ${JSON.stringify(answer)}`);
    return { orderRef: ref, paymentId: answer.approval.paymentId };
  }

  const charge = (what: string, card: () => Card, ends: string, wanted = intent, by = gateway) => ({
    what,
    ends,
    run: () => charged(card(), another(wanted), by),
  });
  const newRefund = async (amountMinor: number): Promise<RefundOrder> => ({
    ...(await paid()),
    amountMinor,
    currency: 'MXN',
    attemptKey: uuidOf(`specs ${++minted}`),
  });
  const refund = (what: string, amountMinor: number, ends: string, before: () => void = () => undefined) => ({
    what,
    ends,
    run: async () => {
      const order = await newRefund(amountMinor);
      before();
      return gateway.refund(order, call());
    },
  });
  const refundedWhole = async () => {
    const order = await newRefund(intent.amount.minor);
    await gateway.refund(order, call());
    return order;
  };
  const disputed = (
    what: string,
    dispute: (paymentId: number, step: DisputeStep) => void,
    ...steps: DisputeStep[]
  ) => ({
    what,
    ends: 'known',
    run: async () => {
      const { orderRef, paymentId } = await paid();
      for (const step of steps) dispute(Number(paymentId), step);
      return gateway.paymentsOf(orderRef, call());
    },
  });

  const calls: Record<Verb, readonly Omit<NamedCall, 'verb'>[]> = {
    open: [{ what: 'an order', ends: 'opened', sendsNothing: true, run: () => gateway.open(intent, call()) }],
    charge: [
      ...intents.map(([what, wanted]) => charge(what, () => cardOf('APRO'), 'approved', wanted)),
      charge('a card without an issuer', () => cardOf('APRO', { issuerId: null }), 'approved'),
      charge('no installments', () => cardOf('APRO', { installments: null }), 'approved'),
      charge('no identification', () => cardOf('APRO', { identification: null }), 'approved'),
      charge('no fingerprint', () => cardOf('APRO', { deviceId: null }), 'approved'),
      charge('nobody who listens', () => cardOf('APRO'), 'approved', intent, deafGateway),
      charge('a card that is declined', () => cardOf('FUND'), 'declined'),
      charge('a card that waits', () => cardOf('CONT'), 'awaiting-payment'),
      charge('a card that asks its owner', () => cardOf('3DS'), 'action-required'),
      charge('a token nobody made', () => ({ ...wholeCard, token: new Secret('unheard of') }), 'declined'),
      {
        what: 'the same again',
        ends: 'approved',
        run: async () => {
          const [card, wanted] = [cardOf('APRO'), another()];
          await charged(card, wanted);
          return charged(card, wanted);
        },
      },
      {
        what: 'with a key that was revoked',
        ends: 'declined',
        run: async () => gateway.charge(await opened(intent), cardOf('APRO'), intent, wrongKey()),
      },
    ],
    look: [
      { what: 'a paid order', ends: 'approved', run: async () => gateway.look((await paid()).orderRef, call()) },
      { what: 'a challenge', ends: 'action-required', run: async () => gateway.look(await orderWith('3DS'), call()) },
      { what: 'nothing', ends: 'no-charge', run: async () => gateway.look(await opened(another()), call()) },
      { what: 'with a key that was revoked', ends: 'unknown', run: () => gateway.look('HS1', wrongKey()) },
    ],
    cancel: [
      { what: 'what waits', ends: 'cancelled', run: async () => gateway.cancel(await orderWith('CONT'), call()) },
      { what: 'what is paid', ends: 'refused', run: async () => gateway.cancel((await paid()).orderRef, call()) },
      { what: 'nothing', ends: 'cancelled', run: async () => gateway.cancel(await opened(another()), call()) },
    ],
    paymentsOf: [
      { what: 'a paid order', ends: 'known', run: async () => gateway.paymentsOf((await paid()).orderRef, call()) },
      {
        what: 'what was given back',
        ends: 'known',
        run: async () => gateway.paymentsOf((await refundedWhole()).orderRef, call()),
      },
      disputed('a chargeback', simulator.chargeBack, 'opened'),
      disputed('a chargeback that was won', simulator.chargeBack, 'opened', 'won'),
      disputed('a claim', simulator.claim, 'opened'),
    ],
    refund: [
      refund('a part', 700, 'accepted'),
      refund('the whole', intent.amount.minor, 'accepted'),
      refund('more than there is', intent.amount.minor + 1, 'refused'),
      refund('one that waits', 700, 'pending', () =>
        simulator.addFault({ route: 'refund', kind: 'refund-pending', times: 1 }),
      ),
      refund('one the bank declines', 700, 'refused', () =>
        simulator.addFault({ route: 'refund', kind: 'refund-rejected', times: 1 }),
      ),
      {
        what: 'the same again',
        ends: 'accepted',
        run: async () => gateway.refund(await refundedWhole(), call()),
      },
      {
        what: 'what is not there',
        ends: 'refused',
        run: async () => gateway.refund({ ...(await newRefund(700)), paymentId: '1' }, call()),
      },
    ],
    trace: [
      { what: 'a payment', ends: 'ours', run: async () => gateway.trace((await paid()).paymentId, call()) },
      {
        what: 'a payment of the shop next door',
        ends: 'foreign',
        run: async () => gateway.trace((await paid('SHOP-1')).paymentId, call()),
      },
      { what: 'what is not there', ends: 'not-found', run: () => gateway.trace('1', call()) },
    ],
    changes: [
      { what: 'the first page', ends: 'page', run: () => gateway.changes(1_700_000_000_999, null, call()) },
      { what: 'the next page', ends: 'page', run: () => gateway.changes(0, '3', call()) },
    ],
    check: [
      { what: 'the key', ends: 'works', run: () => gateway.check(call()) },
      { what: 'a key that was revoked', ends: 'refused', run: () => gateway.check(wrongKey()) },
    ],
    read: [
      { what: 'a payment', ends: 'found', run: async () => payments.read((await paid()).paymentId, call()) },
      { what: 'what is not there', ends: 'not-found', run: () => payments.read('1', call()) },
    ],
  };
  const verbs = Object.keys(calls) as Verb[];
  return verbs.flatMap((verb) => calls[verb].map((one) => ({ ...one, verb })));
}
