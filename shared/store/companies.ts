import * as z from 'zod';
import { type GatewayName, gatewayNames } from '../gateways/gateway.ts';
import { assignments } from './assignments.ts';
import { censusWrite } from './census.ts';
import { comparisonOwed } from './comparisons.ts';
import { retentionOwed } from './forgets.ts';
import { type Page, pageOf } from './page.ts';
import { registrationOwed } from './registrations.ts';
import { type Attributes, keys, lists, NOT_THERE, type Table, THERE, type Write } from './table.ts';

/** From then on daily: companies come at the time of day at which they were made, and so spread over it. */
const FIRST_COMPARED_AFTER_MS = 24 * 60 * 60 * 1000;

/** `test` or `live` is a label the operator gives; what counts is what the gateway itself reports. */
export const gatewayModes = ['test', 'live'] as const;
export type GatewayMode = (typeof gatewayModes)[number];

/** What the gateway itself said of the key when it was last tested; null when it did not, or was not asked. */
const reportedLive = z.boolean().nullable().default(null);

/** What Conekta was told about where our webhooks go, and the key it signs them with. */
const conektaWebhook = z.object({
  webhookId: z.string(),
  keyId: z.string(),
  publicKeyPem: z.string(),
  /** Of the credentials it was told with. */
  version: z.number(),
});

const conektaSettings = z.object({
  version: z.number(),
  sealedPrivateKey: z.string(),
  publicKey: z.string(),
  mode: z.enum(gatewayModes),
  reportedLive,
  webhook: conektaWebhook.nullable().default(null),
  /** Why there is none with the key in force, if it has been tried. */
  webhookProblem: z.enum(['refused', 'no-answer']).nullable().default(null),
});

const mercadoPagoSettings = z.object({
  version: z.number(),
  sealedAccessToken: z.string().nullable(),
  sealedWebhookSecret: z.string().nullable(),
  publicKey: z.string().nullable(),
  mode: z.enum(gatewayModes),
  reportedLive,
});

const telegramSettings = z.object({
  sealedBotToken: z.string().nullable(),
  chatId: z.string().nullable(),
  enabled: z.boolean(),
});

/** One independent WiFi operator. The credentials in force ride along, sealed, so that a sale reads one item. */
export const companySchema = z.object({
  id: z.string(),
  name: z.string(),
  contactEmail: z.string().nullable(),
  contactPhone: z.string().nullable(),
  logoUrl: z.string().nullable(),
  active: z.boolean(),
  createdAt: z.number(),
  conekta: conektaSettings,
  mercadoPago: mercadoPagoSettings,
  telegram: telegramSettings,
  /** Declined cards borne in ten minutes (design 5); absent while the operator leaves it to us. */
  declineLimitOfEmail: z.number().optional(),
  declineLimitOnRouter: z.number().optional(),
  /** What else it set for itself (tenants/settings.ts); absent likewise. */
  deliveryDeadlineMinutes: z.number().optional(),
  timeZone: z.string().optional(),
  /** `#RRGGBB`, for its portal. */
  colour: z.string().nullable().default(null),
  /** As its customers read it. */
  supportContact: z.string().nullable().default(null),
  retentionMonths: z.number().optional(),
});
export type Company = z.infer<typeof companySchema>;
export type ConektaSettings = Company['conekta'];
export type MercadoPagoSettings = Company['mercadoPago'];
export type TelegramSettings = Company['telegram'];

/** What a company may set for itself (tenants/settings.ts). */
export type CompanySettings = Pick<
  Company,
  | 'declineLimitOfEmail'
  | 'declineLimitOnRouter'
  | 'deliveryDeadlineMinutes'
  | 'timeZone'
  | 'colour'
  | 'supportContact'
  | 'retentionMonths'
>;

/** A partial update: what is undefined stays as it is. */
export type Changes<T> = { readonly [Field in keyof T]?: T[Field] | undefined };

/** A sealed private key as it was when a purchase was made with it: settled and refunded with that one (design 3). */
const credentialsSchema = z.object({
  gateway: z.enum(gatewayNames),
  version: z.number(),
  sealedPrivateKey: z.string(),
});
export type Credentials = z.infer<typeof credentialsSchema>;

/** A company as it is written: in the list of all companies, in the order of creation. */
export const companyItem = (company: Company): Attributes => ({
  ...company,
  listPk: lists.companies,
  listSk: placeInList(company),
});

const placeInList = ({ id, createdAt }: Company): string => `${new Date(createdAt).toISOString()}#${id}`;

export class CompanyStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async find(companyId: string): Promise<Company | undefined> {
    return this.#table.get(keys.company(companyId), companySchema);
  }

  /** In the order of creation. */
  async list(): Promise<Company[]> {
    return this.#table.queryList(lists.companies, companySchema);
  }

  /** As many as `limit` of them. @param after where the page before ended, or '' */
  async page(after: string, limit: number): Promise<Page<Company>> {
    const found = await this.#table.queryListPage(lists.companies, companySchema, after, limit + 1);
    return pageOf(found, limit, placeInList);
  }

  /** Writes a company of ours. */
  async create(company: Company): Promise<void> {
    if (!(await this.add(company, company.createdAt))) throw new Error('The id of a new company is taken');
  }

  /**
   * Writes the company and the first version of its credentials.
   *
   * @param now from when on it is compared with its gateways
   * @returns false when there is one of this id
   */
  async add(company: Company, now: number): Promise<boolean> {
    const { id, conekta, mercadoPago } = company;
    const { kind } = await this.#table.transact([
      { kind: 'put', key: keys.company(id), item: companyItem(company), condition: NOT_THERE },
      kept(id, { gateway: 'conekta', version: conekta.version, sealedPrivateKey: conekta.sealedPrivateKey }),
      ...keptToken(id, mercadoPago),
      censusWrite({ companies: 1, activeCompanies: company.active ? 1 : 0 }),
      registrationOwed(id),
      retentionOwed(id, now + FIRST_COMPARED_AFTER_MS),
      comparisonOwed(id, now + FIRST_COMPARED_AFTER_MS),
    ]);
    return kind === 'written';
  }

  async findCredentials(companyId: string, gateway: string, version: number): Promise<Credentials | undefined> {
    return this.#table.get(keys.credentials(companyId, gateway, version), credentialsSchema);
  }

  /** @returns the company after it, or undefined when there is none */
  async update(
    companyId: string,
    changes: Changes<Pick<Company, 'name' | 'contactEmail' | 'contactPhone' | keyof CompanySettings>>,
    telegram: Changes<TelegramSettings> = {},
  ): Promise<Company | undefined> {
    const set = assignments({ ...changes, ...inTelegram(telegram) });
    if (!set) return this.find(companyId);
    const item = await this.#table.update(keys.company(companyId), `SET ${set.clauses}`, set.values, THERE);
    return item && companySchema.parse(item);
  }

  /** @returns false when it no longer shows the logo `before` */
  async replaceLogo(companyId: string, before: string | null, logoUrl: string): Promise<boolean> {
    return this.#table.write({
      kind: 'update',
      key: keys.company(companyId),
      update: 'SET #logoUrl = :logoUrl',
      values: { ':logoUrl': logoUrl },
      condition: { expression: '#logoUrl = :before', values: { ':before': before } },
    });
  }

  /** @returns false when it stood so already */
  async setActive(companyId: string, active: boolean): Promise<boolean> {
    const { kind } = await this.#table.transact([
      {
        kind: 'update',
        key: keys.company(companyId),
        update: 'SET #active = :active',
        values: { ':active': active },
        condition: { expression: `${THERE.expression} AND #active <> :active` },
      },
      censusWrite({ activeCompanies: active ? 1 : -1 }),
    ]);
    return kind === 'written';
  }

  /**
   * Puts a new version in force and keeps it readable for the purchases it will make; the versions before stay.
   *
   * @returns false when somebody else replaced the version `before` meanwhile
   */
  async replaceConekta(companyId: string, before: ConektaSettings, after: ConektaSettings): Promise<boolean> {
    const { version, sealedPrivateKey } = after;
    const isNewKey = sealedPrivateKey !== before.sealedPrivateKey;
    const result = await this.#table.transact([
      inForce(companyId, 'conekta', before.version, { conekta: after }),
      kept(companyId, { gateway: 'conekta', version, sealedPrivateKey }),
      ...(isNewKey ? [registrationOwed(companyId)] : []),
      comparedFromNow(companyId),
    ]);
    return result.kind === 'written';
  }

  /** @returns false when the credentials of this version are no longer in force */
  async setConektaWebhook(
    companyId: string,
    version: number,
    changes: Changes<Pick<ConektaSettings, 'webhook' | 'webhookProblem'>>,
  ): Promise<boolean> {
    const fields = Object.entries(changes).map(([field, value]) => [`conekta.${field}`, value]);
    return this.#table.write(inForce(companyId, 'conekta', version, Object.fromEntries(fields)));
  }

  /** As `replaceConekta`. Without an access token there is nothing to keep: no purchase can be made. */
  async replaceMercadoPago(
    companyId: string,
    before: MercadoPagoSettings,
    after: MercadoPagoSettings,
    telegram: Changes<TelegramSettings> = {},
  ): Promise<boolean> {
    const result = await this.#table.transact([
      inForce(companyId, 'mercadoPago', before.version, { mercadoPago: after, ...inTelegram(telegram) }),
      ...keptToken(companyId, after),
      comparedFromNow(companyId),
    ]);
    return result.kind === 'written';
  }

  /** Remembers what the gateway said of the key of this version; of a key replaced meanwhile it says nothing. */
  async recordReportedMode(
    companyId: string,
    gateway: GatewayName,
    version: number,
    live: boolean | null,
  ): Promise<void> {
    const settings = gateway === 'conekta' ? 'conekta' : 'mercadoPago';
    await this.#table.update(
      keys.company(companyId),
      `SET #${settings}.#reportedLive = :live`,
      { ':live': live },
      { expression: `#${settings}.#version = :version`, values: { ':version': version } },
    );
  }
}

const inTelegram = (changes: Changes<TelegramSettings>): Attributes =>
  Object.fromEntries(Object.entries(changes).map(([field, value]) => [`telegram.${field}`, value]));

function inForce(
  companyId: string,
  gateway: 'conekta' | 'mercadoPago',
  versionBefore: number,
  changes: Attributes,
): Extract<Write, { kind: 'update' }> {
  const set = assignments(changes);
  return {
    kind: 'update',
    key: keys.company(companyId),
    update: `SET ${set?.clauses}`,
    values: { ...set?.values },
    condition: { expression: `#${gateway}.#version = :before`, values: { ':before': versionBefore } },
  };
}

/** A company that is older than the daily comparison gets its own at the first chance. */
const comparedFromNow = (companyId: string): Write => comparisonOwed(companyId, 0);

const kept = (companyId: string, credentials: Credentials): Write => ({
  kind: 'put',
  key: keys.credentials(companyId, credentials.gateway, credentials.version),
  item: credentials,
  condition: NOT_THERE,
});

const keptToken = (companyId: string, { version, sealedAccessToken }: MercadoPagoSettings): readonly Write[] =>
  sealedAccessToken === null
    ? []
    : [kept(companyId, { gateway: 'mercado-pago', version, sealedPrivateKey: sealedAccessToken })];
