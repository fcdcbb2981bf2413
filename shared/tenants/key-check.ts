/** "Test these keys": a harmless read at the gateway, with the key in force or with one that is not saved yet. */
import type { CheckAnswer, GatewayName, PaymentGateway } from '../gateways/gateway.ts';
import { Refusal } from '../platform/refusal.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { Secret } from '../security/secret.ts';
import type { Company, CompanyStore, GatewayMode } from '../store/companies.ts';
import { requireCompany } from './company.ts';
import { keyInForce } from './keys-in-force.ts';

interface Parts {
  readonly companies: CompanyStore;
  readonly gateway: (name: GatewayName) => Promise<PaymentGateway>;
  /** Opens gateway credentials. */
  readonly box: SecretBox;
}

export interface KeyCheck {
  readonly answer: CheckAnswer;
  /** The operator's label. */
  readonly mode: GatewayMode;
}

/**
 * Asks the gateway about a key. What it says of the key in force is kept, for whoever looks at the settings later; a key that
 * only came with the request is neither kept nor remembered.
 *
 * @param candidate tested instead of the key in force
 * @param deadlineAt absolute, milliseconds
 * @throws Refusal `conekta-not-configured` or `gateway-not-configured` when there is no key to test
 */
export async function checkKey(
  companyId: string,
  name: GatewayName,
  candidate: Secret | undefined,
  deadlineAt: number,
  { companies, gateway, box }: Parts,
): Promise<KeyCheck> {
  const company = await requireCompany(companies, companyId);
  const { mode, version } = settingsOf(company, name);
  const privateKey = candidate ?? (await keyInForce(company, name, box));
  if (!privateKey) throw new Refusal(name === 'conekta' ? 'conekta-not-configured' : 'gateway-not-configured');
  const answer = await (await gateway(name)).check({ privateKey, deadlineAt });
  if (!candidate && answer.kind === 'works') await companies.recordReportedMode(companyId, name, version, answer.live);
  return { answer, mode };
}

/** Whether the operator's label says one thing and the gateway another. What the gateway does not say differs from nothing. */
export const modeDiffers = (mode: GatewayMode, reportedLive: boolean | null): boolean =>
  reportedLive !== null && reportedLive !== (mode === 'live');

const settingsOf = ({ conekta, mercadoPago }: Company, name: GatewayName) =>
  name === 'conekta' ? conekta : mercadoPago;
