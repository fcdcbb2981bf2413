/**
 * Conekta learns where to send a company's webhooks, by its API and with the company's own key, when the key is saved; and
 * forgets it when the key is replaced. Saving never waits for it, and never fails because of it.
 */
import type { ConektaWebhooks } from '../gateways/conekta/webhook-registration.ts';
import type { GatewayCall } from '../gateways/gateway.ts';
import { webhookPaths } from '../gateways/webhook-paths.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { Secret } from '../security/secret.ts';
import type { Company, CompanyStore } from '../store/companies.ts';
import type { Registration, RegistrationStore } from '../store/registrations.ts';
import { keyInForce } from './keys-in-force.ts';

export interface RegistrationParts {
  readonly registrations: RegistrationStore;
  readonly companies: CompanyStore;
  readonly gatewayCredentials: SecretBox;
  readonly webhooks: () => Promise<ConektaWebhooks>;
  /** This deployment's own address. */
  readonly ownUrl: () => string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const SECOND = 1000;
const CALL_WITHIN_MS = 8 * SECOND;
const FIRST_RETRY_MS = 60 * SECOND;
const LONGEST_BACK_OFF_MS = 6 * 60 * 60 * SECOND;
/** About two days; then only saving the key again begins anew. What webhooks would tell, the daily comparison finds. */
const ATTEMPTS = 16;

/** Registers what is owed. Safe to repeat after a crash anywhere: whatever of ours stands at Conekta is replaced. */
export async function registerWebhook(owed: Registration, parts: RegistrationParts): Promise<void> {
  const { registrations, companies, clock, logger } = parts;
  const backOffMs = Math.min(FIRST_RETRY_MS * 2 ** owed.attempts, LONGEST_BACK_OFF_MS);
  const claimed = await registrations.claim(owed, clock.now() + backOffMs);
  const company = claimed && (await companies.find(claimed.companyId));
  if (!claimed || !company) return;
  const { id, conekta } = company;
  const privateKey = await keyInForce(company, 'conekta', parts.gatewayCredentials);
  // Owed again when the company's own key is saved.
  if (!privateKey) return registrations.settle(claimed);
  const call = callWith(privateKey, parts);
  const answer = await (await parts.webhooks()).register(`${parts.ownUrl()}${webhookPaths.conekta(id)}`, call());
  logger.info('webhook registration', { companyId: id, outcome: answer.kind });
  switch (answer.kind) {
    case 'registered': {
      const { webhookId, keyId, publicKeyPem } = answer;
      const webhook = { webhookId, keyId, publicKeyPem, version: conekta.version };
      // Saved anew meanwhile: it stays due, and is done for the new key.
      if (!(await companies.setConektaWebhook(id, conekta.version, { webhook, webhookProblem: null }))) return;
      await forget(company, parts);
      return registrations.settle(claimed);
    }
    case 'refused':
      await companies.setConektaWebhook(id, conekta.version, { webhookProblem: 'refused' });
      return registrations.settle(claimed);
    case 'unknown':
      await companies.setConektaWebhook(id, conekta.version, { webhookProblem: 'no-answer' });
      if (claimed.attempts >= ATTEMPTS) await registrations.settle(claimed);
  }
}

/** The webhook of the key before. Where that key is no longer good, Conekta has nobody to send from any more. */
async function forget({ id, conekta: { webhook, version } }: Company, parts: RegistrationParts): Promise<void> {
  if (!webhook || webhook.version === version) return;
  const before = await parts.companies.findCredentials(id, 'conekta', webhook.version);
  if (!before) return;
  const call = callWith(await parts.gatewayCredentials.open(id, before.sealedPrivateKey), parts);
  await (await parts.webhooks()).remove(webhook, call());
}

/** One call after the other, each with its own deadline. */
const callWith =
  (privateKey: Secret, { clock }: RegistrationParts) =>
  (): GatewayCall => ({
    privateKey,
    deadlineAt: clock.now() + CALL_WITHIN_MS,
  });
