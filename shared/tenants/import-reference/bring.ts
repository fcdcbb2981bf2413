import type { Clock } from '../../platform/clock.ts';
import type { AddressPolicy } from '../../security/address-policy.ts';
import type { Secret } from '../../security/secret.ts';
import type { SecretBox } from '../../security/secret-box.ts';
import type { ApiKeyStore } from '../../store/api-keys.ts';
import type { Company, CompanyStore } from '../../store/companies.ts';
import type { ProductStore } from '../../store/products.ts';
import type { RouterStore } from '../../store/routers.ts';
import { type Attributes, BATCH_KEYS, type Table } from '../../store/table.ts';
import type { UserStore } from '../../store/users.ts';
import type { CompanyDraft, RouterDraft } from './drafts.ts';
import { highestNumber, keysToRead, type Line, nameOf, planImport, type Task } from './plan.ts';
import type { ReferenceFile } from './reference-file.ts';

export interface ImportParts {
  readonly table: Table;
  readonly companies: CompanyStore;
  readonly routers: RouterStore;
  readonly products: ProductStore;
  readonly users: UserStore;
  readonly apiKeys: ApiKeyStore;
  readonly addressPolicy: AddressPolicy;
  readonly clock: Clock;
  box(purpose: 'gateway-credentials' | 'router-credentials' | 'telegram-tokens'): SecretBox;
}

/** Reads what stands here and decides on every row. Writes nothing. */
export async function prepareImport(
  file: ReferenceFile,
  fernetKey: Secret | null,
  { table, addressPolicy, clock }: ImportParts,
): Promise<Line[]> {
  const wanted = keysToRead(file);
  const found = new Map<string, Attributes>();
  for (let start = 0; start < wanted.length; start += BATCH_KEYS) {
    const batch = wanted.slice(start, start + BATCH_KEYS);
    const items = await table.batchGet(batch);
    for (const [index, key] of batch.entries()) {
      const item = items[index];
      if (item) found.set(nameOf(key), item);
    }
  }
  return planImport(file, (key) => found.get(nameOf(key)), { addressPolicy, fernetKey, now: clock.now() });
}

/**
 * Writes what was decided, row by row, each one whole or not at all: whatever ends it in between, the next run goes on where
 * this one stopped.
 */
export async function bring(file: ReferenceFile, lines: readonly Line[], parts: ImportParts): Promise<void> {
  // First of all: what is made here from now on must not take a number that is still to come.
  await parts.table.raiseNumber('PRODUCT', highestNumber(file.productos));
  await parts.table.raiseNumber('USER', highestNumber(file.usuarios));
  // A row that came to be there since it was decided on is as one that was there before.
  for (const { verdict } of lines) if (verdict.kind === 'create') await write(verdict.task, parts);
}

async function write(task: Task, parts: ImportParts): Promise<void> {
  const now = parts.clock.now();
  switch (task.kind) {
    case 'company':
      await parts.companies.add(await sealCompany(task.draft, parts), now);
      return;
    case 'router': {
      const { password, keyHash: _, ...router } = task.draft;
      const sealedPassword = await sealPassword(task.draft, parts.box('router-credentials'));
      const activeKey = task.activeKey && { id: task.activeKey.id, hash: task.activeKey.hash };
      await parts.routers.add({ ...router, sealedPassword, activeKey }, task.activeKey, now);
      return;
    }
    case 'product':
      await parts.products.create(task.product.companyId, task.product);
      return;
    case 'user':
      await parts.users.create(task.user);
      return;
    case 'api-key':
      await parts.apiKeys.add(task.apiKey);
      return;
    case 'none':
      return;
  }
}

async function sealCompany(
  { conekta, mercadoPago, telegram, ...company }: CompanyDraft,
  parts: Pick<ImportParts, 'box'>,
): Promise<Company> {
  const box = parts.box('gateway-credentials');
  const seal = async (secret: Secret | null) => secret && box.seal(company.id, secret);
  const { privateKey, ...conektaRest } = conekta;
  const { accessToken, webhookSecret, ...mercadoPagoRest } = mercadoPago;
  const { botToken, ...telegramRest } = telegram;
  const [sealedPrivateKey, sealedAccessToken, sealedWebhookSecret, sealedBotToken] = await Promise.all([
    box.seal(company.id, privateKey),
    seal(accessToken),
    seal(webhookSecret),
    botToken && parts.box('telegram-tokens').seal(company.id, botToken),
  ]);
  return {
    ...company,
    conekta: { ...conektaRest, sealedPrivateKey },
    mercadoPago: { ...mercadoPagoRest, sealedAccessToken, sealedWebhookSecret },
    telegram: { ...telegramRest, sealedBotToken },
  };
}

const sealPassword = async ({ companyId, password }: RouterDraft, box: SecretBox): Promise<string | null> =>
  password && box.seal(companyId, password);
