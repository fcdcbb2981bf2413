import type { GatewayCall, GatewayName } from '../gateways/gateway.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { Secret } from '../security/secret.ts';
import type { Company, CompanyStore } from '../store/companies.ts';
import { placeholderKeys } from './company.ts';

/**
 * The private key, or access token, that a company works with today.
 *
 * @param box opens gateway credentials
 * @returns undefined when it has none for this gateway, or while a placeholder stands for it: no gateway is asked with that
 */
export async function keyInForce(
  { id, conekta, mercadoPago }: Company,
  gateway: GatewayName,
  box: SecretBox,
): Promise<Secret | undefined> {
  const sealed = gateway === 'conekta' ? conekta.sealedPrivateKey : mercadoPago.sealedAccessToken;
  if (sealed === null) return undefined;
  const key = await box.open(id, sealed);
  return key.reveal() === placeholderKeys.private ? undefined : key;
}

/**
 * The same, read now, as a gateway call takes it.
 *
 * @param deadlineAt absolute, milliseconds
 */
export async function credentialsInForce(
  companyId: string,
  gateway: GatewayName,
  parts: { readonly companies: CompanyStore; readonly gatewayCredentials: SecretBox },
  deadlineAt: number,
): Promise<GatewayCall | undefined> {
  const company = await parts.companies.find(companyId);
  const privateKey = company && (await keyInForce(company, gateway, parts.gatewayCredentials));
  return privateKey && { privateKey, deadlineAt };
}
