import * as z from 'zod';
import { gatewayNames } from '../gateways/gateway.ts';
import { assignments } from './assignments.ts';
import { type Attributes, keys, lists, NOT_THERE, type Table, THERE, type Write } from './table.ts';

/** `test` or `live` is a label the operator gives; what counts is what the gateway itself reports. */
export const gatewayModes = ['test', 'live'] as const;
export type GatewayMode = (typeof gatewayModes)[number];

const conektaSettings = z.object({
  version: z.number(),
  sealedPrivateKey: z.string(),
  publicKey: z.string(),
  mode: z.enum(gatewayModes),
});

const mercadoPagoSettings = z.object({
  version: z.number(),
  sealedAccessToken: z.string().nullable(),
  sealedWebhookSecret: z.string().nullable(),
  publicKey: z.string().nullable(),
  mode: z.enum(gatewayModes),
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
  contactEmail: z.string(),
  contactPhone: z.string().nullable(),
  logoUrl: z.string().nullable(),
  active: z.boolean(),
  createdAt: z.number(),
  conekta: conektaSettings,
  mercadoPago: mercadoPagoSettings,
  telegram: telegramSettings,
});
export type Company = z.infer<typeof companySchema>;
export type ConektaSettings = Company['conekta'];
export type MercadoPagoSettings = Company['mercadoPago'];
export type TelegramSettings = Company['telegram'];

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
  listSk: `${new Date(company.createdAt).toISOString()}#${company.id}`,
});

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

  /** Writes the company and the first version of its Conekta credentials. */
  async create(company: Company): Promise<void> {
    const { version, sealedPrivateKey } = company.conekta;
    const credentials: Credentials = { gateway: 'conekta', version, sealedPrivateKey };
    const { kind } = await this.#table.transact([
      { kind: 'put', key: keys.company(company.id), item: companyItem(company), condition: NOT_THERE },
      {
        kind: 'put',
        key: keys.credentials(company.id, credentials.gateway, version),
        item: credentials,
        condition: NOT_THERE,
      },
    ]);
    if (kind === 'refused') throw new Error('The id of a new company is taken');
  }

  async findCredentials(companyId: string, gateway: string, version: number): Promise<Credentials | undefined> {
    return this.#table.get(keys.credentials(companyId, gateway, version), credentialsSchema);
  }

  /** @returns the company after it, or undefined when there is none */
  async update(
    companyId: string,
    changes: Changes<Pick<Company, 'name' | 'contactEmail' | 'contactPhone'>>,
    telegram: Changes<TelegramSettings> = {},
  ): Promise<Company | undefined> {
    const set = assignments({ ...changes, ...inTelegram(telegram) });
    if (!set) return this.find(companyId);
    const item = await this.#table.update(keys.company(companyId), `SET ${set.clauses}`, set.values, THERE);
    return item && companySchema.parse(item);
  }

  /**
   * Puts a new version in force and keeps it readable for the purchases it will make; the versions before stay.
   *
   * @returns false when somebody else replaced the version `before` meanwhile
   */
  async replaceConekta(companyId: string, before: ConektaSettings, after: ConektaSettings): Promise<boolean> {
    const { version, sealedPrivateKey } = after;
    const result = await this.#table.transact([
      inForce(companyId, 'conekta', before.version, { conekta: after }),
      kept(companyId, { gateway: 'conekta', version, sealedPrivateKey }),
    ]);
    return result.kind === 'written';
  }

  /** As `replaceConekta`. Without an access token there is nothing to keep: no purchase can be made. */
  async replaceMercadoPago(
    companyId: string,
    before: MercadoPagoSettings,
    after: MercadoPagoSettings,
    telegram: Changes<TelegramSettings> = {},
  ): Promise<boolean> {
    const { version, sealedAccessToken } = after;
    const result = await this.#table.transact([
      inForce(companyId, 'mercadoPago', before.version, { mercadoPago: after, ...inTelegram(telegram) }),
      ...(sealedAccessToken === null
        ? []
        : [kept(companyId, { gateway: 'mercado-pago', version, sealedPrivateKey: sealedAccessToken })]),
    ]);
    return result.kind === 'written';
  }
}

const inTelegram = (changes: Changes<TelegramSettings>): Attributes =>
  Object.fromEntries(Object.entries(changes).map(([field, value]) => [`telegram.${field}`, value]));

function inForce(
  companyId: string,
  gateway: 'conekta' | 'mercadoPago',
  versionBefore: number,
  changes: Attributes,
): Write {
  const set = assignments(changes);
  return {
    kind: 'update',
    key: keys.company(companyId),
    update: `SET ${set?.clauses}`,
    values: { ...set?.values },
    condition: { expression: `#${gateway}.#version = :before`, values: { ':before': versionBefore } },
  };
}

const kept = (companyId: string, credentials: Credentials): Write => ({
  kind: 'put',
  key: keys.credentials(companyId, credentials.gateway, credentials.version),
  item: credentials,
  condition: NOT_THERE,
});
