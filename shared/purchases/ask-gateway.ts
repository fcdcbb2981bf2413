import type { GatewayCall, PaymentGateway } from '../gateways/gateway.ts';
import type { Purchase } from '../store/purchases.ts';
import type { Secret } from '../security/secret.ts';
import { keyInForce } from '../tenants/keys-in-force.ts';
import { tellOfRefusedKey } from './refused-key.ts';
import { keyOf, type SettleParts } from './settle.ts';

/** Each call, at most. */
const CALL_WITHIN_MS = 8_000;

interface Answer {
  readonly kind: string;
  readonly cause?: string;
}

export interface Asked<T> {
  readonly answer: T;
  /** The gateway and the key that it took, for what follows from the answer. */
  readonly gateway: PaymentGateway;
  readonly call: () => GatewayCall;
}

/**
 * Asks about a purchase with the credentials it was made with (design 3). A gateway that no longer takes those is asked with
 * the company's own of today, since operators replace keys at one account: an answer counts only where order and purchase
 * match, so another account's is never taken for it. Where neither is taken the operator is told.
 */
export async function askGateway<T extends Answer>(
  purchase: Purchase,
  parts: SettleParts,
  ask: (gateway: PaymentGateway, call: GatewayCall) => Promise<T>,
): Promise<Asked<T>> {
  const { companyId, gateway: name } = purchase;
  const gateway = await parts.gateway(name);
  const callWith = (privateKey: Secret) => (): GatewayCall => {
    return { privateKey, deadlineAt: parts.clock.now() + CALL_WITHIN_MS };
  };
  const own = callWith(await keyOf(purchase, parts));
  const answer = await ask(gateway, own());
  if (answer.cause !== 'key-refused') return { answer, gateway, call: own };
  const company = await parts.companies.find(companyId);
  const key = company && (await keyInForce(company, name, parts.gatewayCredentials));
  if (key) {
    const call = callWith(key);
    const again = await ask(gateway, call());
    if (again.cause !== 'key-refused') return { answer: again, gateway, call };
  }
  await tellOfRefusedKey(purchase, parts);
  return { answer, gateway, call: own };
}
