/** What the commands of bin stand on: which deployment they work on, and how they end. */
import { readFileSync } from 'node:fs';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import * as z from 'zod';
import { capabilities, type Capability } from '../platform/capabilities.ts';
import { type Config, ConfigError, processEnvironment, readConfig } from '../platform/config.ts';
import { openServices, type Services, useRuntime } from '../services.ts';
import { localKeys } from './kms-keys.ts';
import { STACK_FILE } from './stack-file.ts';
import { systemCode } from './start-error.ts';

/** Why a command ends without having done what it was asked for, as one sentence. */
export class CommandError extends Error {
  override name = 'CommandError';
}

/**
 * Runs a command to its end: 0, or 1 with one sentence on the error stream, never a stack trace.
 *
 * @param work what was read of the command line comes from `readArguments`
 */
export async function runCommand(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exitCode = 1;
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof CommandError || error instanceof ConfigError) return error.message;
  const cause = systemCode(error) ?? (error instanceof Error ? error.name : 'unknown');
  return `It could not be done (${cause}): check that the account, the region and the names are right and within reach.`;
}

/** @throws CommandError with `usage` for anything it does not know. What was given is not repeated: it may be a password. */
export function readArguments<const O extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: O,
  usage: string,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch {
    throw new CommandError(usage);
  }
}

export interface Target {
  readonly services: Services;
  readonly config: Config;
  /** Undefined where nobody has said who it is. */
  readonly superAdminEmail: string | undefined;
}

/**
 * The deployment a command works on: the running sandbox of this folder, or what the environment names on AWS.
 *
 * @throws CommandError when there is none
 */
export function openTarget({ sandbox }: { readonly sandbox: boolean }, needs: readonly Capability[]): Target {
  const { config, superAdminEmail } = sandbox ? readSandbox() : readDeployment(needs);
  useRuntime({ config, logSink: () => undefined });
  return { services: openServices(needs), config, superAdminEmail };
}

const stackShape = z.object({
  superAdmin: z.object({ email: z.string() }),
  aws: z.object({ dynamodb: z.url(), kms: z.url(), s3: z.url(), table: z.string(), logos: z.string() }),
});

function readSandbox() {
  const { superAdmin, aws } = readStack();
  const config = readConfig({
    ...processEnvironment,
    ...localKeys,
    TABLE_NAME: aws.table,
    AWS_ENDPOINT_URL_DYNAMODB: aws.dynamodb,
    AWS_ENDPOINT_URL_KMS: aws.kms,
    AWS_ENDPOINT_URL_S3: aws.s3,
    LOGOS_BUCKET: aws.logos,
    LOOPBACK_ROUTERS: 'allowed',
  });
  return { config, superAdminEmail: superAdmin.email };
}

function readStack(): z.infer<typeof stackShape> {
  try {
    return stackShape.parse(JSON.parse(readFileSync(STACK_FILE, 'utf8')));
  } catch {
    throw new CommandError(`There is no sandbox running here (${STACK_FILE}): npm start in another terminal.`);
  }
}

function readDeployment(needs: readonly Capability[]) {
  const config = readConfig();
  const missing = needs.flatMap((need) => capabilities[need]).filter((name) => config[name] === undefined);
  if (missing.length > 0)
    throw new CommandError(`${missing.join(', ')} not set: name what the deployment has, or say --sandbox.`);
  return { config, superAdminEmail: config.SUPER_ADMIN_INITIAL_EMAIL };
}
