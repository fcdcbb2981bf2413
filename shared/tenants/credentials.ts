/**
 * Replacing a company's gateway credentials (contract 6.5). In every change undefined leaves a value as it is and null
 * deletes it. Each save is a new version: purchases go on with the version they were made with (design 3).
 */
import { Refusal } from '../platform/refusal.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { Secret } from '../security/secret.ts';
import type {
  Changes,
  Company,
  CompanyStore,
  ConektaSettings,
  GatewayMode,
  TelegramSettings,
} from '../store/companies.ts';

export interface ConektaChanges {
  readonly privateKey: Secret | undefined;
  readonly publicKey: string | undefined;
  readonly mode: GatewayMode | undefined;
}

export interface MercadoPagoChanges {
  readonly accessToken: Secret | null | undefined;
  readonly webhookSecret: Secret | null | undefined;
  readonly publicKey: string | null | undefined;
  readonly mode: GatewayMode | undefined;
}

export interface TelegramChanges {
  readonly botToken: Secret | null | undefined;
  readonly chatId: string | null | undefined;
  readonly enabled: boolean | undefined;
}

interface Parts {
  readonly companies: CompanyStore;
  /** Seals gateway credentials, the bot token among them. */
  readonly box: SecretBox;
  /** The company as it was just read, where it was: it is not read a second time. */
  readonly known?: Company;
}

/** @throws Refusal when there is no such company */
export async function replaceConekta(
  companyId: string,
  { privateKey, publicKey, mode }: ConektaChanges,
  { companies, box }: Parts,
): Promise<void> {
  if (!someOf(privateKey, publicKey, mode)) return;
  const sealedPrivateKey = await seal(companyId, privateKey, box);
  await untilWritten(companyId, companies, undefined, async (company) => {
    const before = company.conekta;
    const after = {
      version: before.version + 1,
      sealedPrivateKey: chosen(sealedPrivateKey, before.sealedPrivateKey),
      publicKey: chosen(publicKey, before.publicKey),
      mode: chosen(mode, before.mode),
      reportedLive: privateKey ? null : before.reportedLive,
      ...webhookAfter(before, privateKey !== undefined),
    };
    return companies.replaceConekta(companyId, before, after);
  });
}

/** One of a key before is good until that of the new key stands; under the same key it goes on. */
function webhookAfter({ webhook, webhookProblem, version }: ConektaSettings, isNewKey: boolean) {
  if (isNewKey) return { webhook, webhookProblem: null };
  const isInForce = webhook?.version === version;
  return { webhook: webhook && isInForce ? { ...webhook, version: version + 1 } : webhook, webhookProblem };
}

/**
 * Mercado Pago's credentials and, beside them, where notices go. Notices alone make no new version.
 *
 * @throws Refusal when there is no such company
 */
export async function replaceMercadoPago(
  companyId: string,
  { accessToken, webhookSecret, publicKey, mode }: MercadoPagoChanges,
  { companies, box, known }: Parts,
  telegram: Changes<TelegramSettings> = {},
): Promise<void> {
  if (!someOf(accessToken, webhookSecret, publicKey, mode)) {
    if (!(await companies.update(companyId, {}, telegram))) throw new Refusal('company-not-found');
    return;
  }
  const [sealedAccessToken, sealedWebhookSecret] = await Promise.all([
    seal(companyId, accessToken, box),
    seal(companyId, webhookSecret, box),
  ]);
  await untilWritten(companyId, companies, known, async (company) => {
    const before = company.mercadoPago;
    const after = {
      version: before.version + 1,
      sealedAccessToken: chosen(sealedAccessToken, before.sealedAccessToken),
      sealedWebhookSecret: chosen(sealedWebhookSecret, before.sealedWebhookSecret),
      publicKey: chosen(publicKey, before.publicKey),
      mode: chosen(mode, before.mode),
      reportedLive: accessToken === undefined ? before.reportedLive : null,
    };
    return companies.replaceMercadoPago(companyId, before, after, telegram);
  });
}

/** Where notices go, ready to be stored. */
export async function sealTelegram(
  companyId: string,
  { botToken, chatId, enabled }: TelegramChanges,
  box: SecretBox,
): Promise<Changes<TelegramSettings>> {
  return { sealedBotToken: await seal(companyId, botToken, box), chatId, enabled };
}

const someOf = (...changes: readonly unknown[]): boolean => changes.some((change) => change !== undefined);

const chosen = <T>(change: T | undefined, before: T): T => (change === undefined ? before : change);

async function seal<Nothing extends null | undefined>(
  companyId: string,
  change: Secret | Nothing,
  box: SecretBox,
): Promise<string | Nothing> {
  return change ? box.seal(companyId, change) : change;
}

/** Two admins may save at once: whoever loses reads again, so that no version is skipped or overwritten. */
const ATTEMPTS = 5;

async function untilWritten(
  companyId: string,
  companies: CompanyStore,
  known: Company | undefined,
  write: (company: Company) => Promise<boolean>,
): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const company = attempt === 1 && known ? known : await companies.find(companyId);
    if (!company) throw new Refusal('company-not-found');
    if (await write(company)) return;
  }
  throw new Error('Credentials changed under every attempt to replace them');
}
