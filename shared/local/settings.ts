import { join } from 'node:path';
import * as z from 'zod';
import { ConfigError, processEnvironment, readConfig } from '#shared/platform/config.ts';
import { StartError } from './start-error.ts';

/** What a person may say about the sandbox, by environment variables and by flags of `npm start`. */
export interface SandboxSettings {
  readonly ports: SandboxPorts;
  readonly dataDir: string;
  /** `--fresh`: begin empty. */
  readonly fresh: boolean;
  /** `--no-demo`: seed only the super admin. */
  readonly demo: boolean;
  /** `--bundle`: run the functions as they are deployed. */
  readonly runsBundle: boolean;
  /** Variables that point a part elsewhere, as they are; see `elsewhere`. */
  readonly environment: Environment;
  /** Then the sandbox ends when npm does, however npm ends. */
  readonly startedByNpm: boolean;
}

/** 0 picks a free one. */
export interface SandboxPorts {
  readonly api: number;
  readonly router: number;
  readonly conekta: number;
  readonly mercadoPago: number;
  readonly telegram: number;
  readonly control: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Set by the person, each of these replaces an embedded part; the account is used for endpoints off this machine. */
const elsewhere = [
  'AWS_ENDPOINT_URL_DYNAMODB',
  'AWS_ENDPOINT_URL_SQS',
  'AWS_ENDPOINT_URL_KMS',
  'AWS_ENDPOINT_URL_S3',
  // Its bucket there: names of buckets are the whole world's.
  'LOGOS_BUCKET',
  'CONEKTA_BASE_URL',
  'MERCADO_PAGO_BASE_URL',
  'TELEGRAM_BASE_URL',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_REGION',
  'AWS_PROFILE',
  'LOG_LEVEL',
] as const;

const port = (standard: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/)
    .default(String(standard))
    .transform(Number)
    .refine((number) => number <= 65_535);

const variables = z.object({
  PORT: port(3000),
  SIM_ROUTER_PORT: port(8728),
  SIM_CONEKTA_PORT: port(4010),
  SIM_MERCADO_PAGO_PORT: port(4020),
  SIM_TELEGRAM_PORT: port(4030),
  CONTROL_PORT: port(4000),
  DATA_DIR: z.string().default(join('.local', 'data')),
  npm_lifecycle_event: z.string().optional(),
});

/**
 * @param flags what follows `npm start --`
 * @param source environment variables; an empty one counts as not set
 * @throws StartError naming what is wrong
 */
export function readSandboxSettings(
  flags: readonly string[],
  source: Environment = processEnvironment,
): SandboxSettings {
  const unknown = flags.find((flag) => !['--fresh', '--no-demo', '--bundle'].includes(flag));
  if (unknown !== undefined)
    throw new StartError(
      `Unknown option ${unknown}: the sandbox takes --fresh (begin empty), --no-demo and --bundle (as deployed).`,
    );
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = variables.safeParse(given);
  if (!parsed.success) {
    const names = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new StartError(`Not a port number from 0 to 65535: ${names}.`);
  }
  const { DATA_DIR, npm_lifecycle_event } = parsed.data;
  const environment = Object.fromEntries(elsewhere.map((name) => [name, given[name]]));
  checkEnvironment(environment);
  return {
    ports: {
      api: parsed.data.PORT,
      router: parsed.data.SIM_ROUTER_PORT,
      conekta: parsed.data.SIM_CONEKTA_PORT,
      mercadoPago: parsed.data.SIM_MERCADO_PAGO_PORT,
      telegram: parsed.data.SIM_TELEGRAM_PORT,
      control: parsed.data.CONTROL_PORT,
    },
    dataDir: DATA_DIR,
    fresh: flags.includes('--fresh'),
    demo: !flags.includes('--no-demo'),
    runsBundle: flags.includes('--bundle'),
    environment,
    startedByNpm: npm_lifecycle_event !== undefined,
  };
}

function checkEnvironment(environment: Environment): void {
  try {
    readConfig(environment);
  } catch (error) {
    throw error instanceof ConfigError ? new StartError(error.message) : error;
  }
}
