import type { ConektaWebhooks } from '#shared/gateways/conekta/webhook-registration.ts';
import type { GatewayCall, PaymentGateway } from '#shared/gateways/gateway.ts';
import { cardOf, intent } from '../shared/gateways/conekta/intent.ts';
import type { NamedCall } from './checker.ts';
import { intents } from './intents.ts';

type Verb = Exclude<keyof PaymentGateway, 'name'> | keyof ConektaWebhooks;

const WEBHOOK_URL = 'https://api.hotspot.mx/api/v1/webhook/conekta/EMP_0011223344';

/** Every call the adapter can make. A verb that is missing here does not compile. */
export function conektaCalls(
  gateway: PaymentGateway,
  webhooks: ConektaWebhooks,
  call: () => GatewayCall,
): readonly NamedCall[] {
  let minted = 0;
  const card = (kind: string) => cardOf(`tok_test_${kind}_spec${++minted}`);

  async function opened(wanted = intent): Promise<string> {
    const answer = await gateway.open(wanted, call());
    if (answer.kind !== 'opened') throw new Error(`The simulator did not open an order: ${JSON.stringify(answer)}`);
    return answer.orderRef;
  }
  async function paid(): Promise<{ orderRef: string; paymentId: string }> {
    const orderRef = await opened();
    const answer = await gateway.charge(orderRef, card('visa_4242'), intent, call());
    if (answer.kind !== 'approved') throw new Error(`The simulator did not approve: ${JSON.stringify(answer)}`);
    return { orderRef, paymentId: answer.approval.paymentId };
  }
  async function registered() {
    const answer = await webhooks.register(WEBHOOK_URL, call());
    if (answer.kind !== 'registered') throw new Error(`The simulator made no webhook: ${JSON.stringify(answer)}`);
    return answer;
  }
  const charge = (what: string, kind: string, ends: string, wanted = intent) => ({
    what,
    ends,
    run: async () => gateway.charge(await opened(wanted), card(kind), wanted, call()),
  });
  const refund = (what: string, amountMinor: number) => ({
    what,
    ends: 'accepted',
    run: async () => gateway.refund({ ...(await paid()), amountMinor, currency: 'MXN', attemptKey: 'none' }, call()),
  });

  const calls: Record<Verb, readonly Omit<NamedCall, 'verb'>[]> = {
    open: intents.map(([what, wanted]) => ({ what, ends: 'opened', run: () => gateway.open(wanted, call()) })),
    charge: [
      ...intents.map(([what, wanted]) => charge(what, 'visa_4242', 'approved', wanted)),
      charge('a card that is declined', 'card_declined', 'declined'),
      charge('a card that waits', 'pending', 'awaiting-payment'),
      charge('a card that asks its owner', '3ds', 'action-required'),
    ],
    look: [{ what: 'an order', ends: 'no-charge', run: async () => gateway.look(await opened(), call()) }],
    cancel: [{ what: 'an order', ends: 'cancelled', run: async () => gateway.cancel(await opened(), call()) }],
    paymentsOf: [
      { what: 'a paid order', ends: 'known', run: async () => gateway.paymentsOf((await paid()).orderRef, call()) },
    ],
    refund: [refund('a part', 700), refund('the whole', intent.amount.minor)],
    trace: [
      { what: 'an order', ends: 'ours', run: async () => gateway.trace(await opened(), call()) },
      { what: 'what is not there', ends: 'not-found', run: () => gateway.trace('ord_nobody', call()) },
    ],
    changes: [
      { what: 'the first page', ends: 'page', run: () => gateway.changes(1_700_000_000_999, null, call()) },
      { what: 'the next page', ends: 'page', run: async () => gateway.changes(0, await opened(), call()) },
    ],
    check: [{ what: 'the key', ends: 'works', run: () => gateway.check(call()) }],
    register: [
      { what: 'a webhook', ends: 'registered', run: registered },
      { what: 'one where there is one already', ends: 'registered', run: registered },
    ],
    remove: [
      { what: 'a webhook', ends: 'removed', run: async () => webhooks.remove(await registered(), call()) },
      {
        what: 'one that is gone',
        ends: 'removed',
        run: async () => {
          const registration = await registered();
          await webhooks.remove(registration, call());
          return webhooks.remove(registration, call());
        },
      },
    ],
  };
  const verbs = Object.keys(calls) as Verb[];
  return verbs.flatMap((verb) => calls[verb].map((one) => ({ ...one, verb })));
}
