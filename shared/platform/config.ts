import * as z from 'zod';

/** A function has all settings of a capability; those its deployment does not use are empty. */
const emptyOr = (shape: z.ZodType<string>) =>
  z.preprocess((value) => (value === '' ? undefined : value), shape.optional());

const name = () => z.string().min(1, 'is empty');
const url = () => z.url('is no URL');
const oneOf = <const T extends readonly [string, ...string[]]>(choices: T) =>
  z.enum(choices, `is none of ${choices.join(', ')}`);

/** The range is the deployment's, and everything in it has to fit: two addresses of it are not a router's. */
const tunnelRange = z
  .cidrv4('is no IPv4 range, such as 10.99.0.0/16')
  .refine((range) => Number(range.split('/')[1]) <= 29, 'is too small a range: /29 is the least');
const addressOrRange = z.union([z.ipv4(), z.cidrv4()]);
const addressList = z
  .string()
  .refine(
    (list) => list.split(',').every((one) => addressOrRange.safeParse(one.trim()).success),
    'is no list of IPv4 addresses and ranges with commas between them',
  );

/**
 * Every setting a function can have. Each function gets only those its needs ask for, so all are optional here and
 * `setting()` refuses, in one clear sentence, when one that is needed is missing. No secret is ever a setting.
 */
const environment = z.object({
  TABLE_NAME: name().optional(),
  /** The object store's bucket with companies' logos. */
  LOGOS_BUCKET: name().optional(),
  JOBS_QUEUE_URL: url().optional(),
  HINTS_QUEUE_URL: url().optional(),
  /** Where this deployment is reached from the internet: gateways send their webhooks there. */
  OWN_URL: url().optional(),
  /** A WireGuard tunnel that routers dial into: its IPv4 range, `host:port` of its hub, and the hub's public key. */
  TUNNEL_RANGE: emptyOr(tunnelRange),
  TUNNEL_ENDPOINT: emptyOr(
    z.string().regex(/^[A-Za-z0-9.-]+:\d{1,5}$/, 'is no host and port, such as hub.example:51820'),
  ),
  TUNNEL_PUBLIC_KEY: emptyOr(z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'is no WireGuard key')),
  /** Addresses and ranges that routers see our worker come from where there is no tunnel, with commas between them. */
  WORKER_ADDRESSES: emptyOr(addressList),
  GATEWAY_CREDENTIALS_KEY: name().optional(),
  ROUTER_CREDENTIALS_KEY: name().optional(),
  ACCESS_CODES_KEY: name().optional(),
  TELEGRAM_TOKENS_KEY: name().optional(),
  SESSIONS_KEY: name().optional(),
  API_KEYS_KEY: name().optional(),
  CONEKTA_BASE_URL: url().default('https://api.conekta.io'),
  MERCADO_PAGO_BASE_URL: url().default('https://api.mercadopago.com'),
  TELEGRAM_BASE_URL: url().default('https://api.telegram.org'),
  AWS_ENDPOINT_URL_DYNAMODB: url().optional(),
  AWS_ENDPOINT_URL_SQS: url().optional(),
  AWS_ENDPOINT_URL_KMS: url().optional(),
  AWS_ENDPOINT_URL_S3: url().optional(),
  /** Read only to know whether the machine has an AWS account at all; the SDK finds the credentials themselves. */
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_PROFILE: z.string().optional(),
  /** Whom `npm run admin -- reset-super-admin` is about unless told otherwise; no function has it. */
  SUPER_ADMIN_INITIAL_EMAIL: emptyOr(z.string()),
  /** Only the sandbox sets it: router hosts on loopback are refused everywhere else (design 5). */
  LOOPBACK_ROUTERS: oneOf(['allowed', 'refused']).default('refused'),
  /** Of the deployment, for its metrics. */
  STAGE: name().default('sandbox'),
  LOG_LEVEL: oneOf(['DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT']).default('INFO'),
});

export type Config = Readonly<z.infer<typeof environment>>;
export type SettingName = keyof Config;

/** The process's own environment, for its one other reader: the sandbox's settings. */
export const processEnvironment: Readonly<Record<string, string | undefined>> = process.env;

export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * @param source environment variables; the process's own unless a test or the sandbox passes others
 * @throws ConfigError with a sentence for every variable that is malformed, without its value
 */
export function readConfig(source: Readonly<Record<string, string | undefined>> = process.env): Config {
  const parsed = environment.safeParse(source);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}.`).join(' '));
}

/**
 * Whether a function has all that it takes, told at its start and not by the first buyer who comes upon the gap.
 *
 * @throws ConfigError with a sentence for every setting that is not there; those that a deployment may do without apart
 */
export function requireSettings(config: Config, names: readonly SettingName[]): void {
  const missing = names.filter((one) => config[one] === undefined && !environment.shape[one].safeParse('').success);
  if (missing.length > 0) throw new ConfigError(missing.map((one) => `${one} is not set.`).join(' '));
}

/** @throws ConfigError when this function was not given the setting: its row's `needs` lacks a capability */
export function setting<Name extends SettingName>(config: Config, name: Name): NonNullable<Config[Name]> {
  const value = config[name];
  if (value === undefined) throw new ConfigError(`${name} is not set; the function's needs do not include it`);
  return value;
}
