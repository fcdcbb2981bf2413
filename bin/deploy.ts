/** `npm run deploy`: what was built goes to AWS, and a deployment that nobody can log in to gets its first super admin. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { stackName } from '#lib/constructs/naming.ts';
import { readStage, type Stage } from '#lib/settings.ts';
import { email } from '#shared/http/wire/fields.ts';
import { CommandError, readArguments, runCommand } from '#shared/local/command.ts';
import { processEnvironment, readConfig } from '#shared/platform/config.ts';
import { openServices, useRuntime } from '#shared/services.ts';
import { resetSuperAdmin } from '#shared/tenants/reset-password.ts';

const USAGE =
  'Usage: npm run deploy -- [--stage dev|prod] [--email E]. E is the first super admin of a new deployment, or ' +
  'SUPER_ADMIN_INITIAL_EMAIL; the password is drawn here and shown once.';

const outputsShape = z.record(z.string(), z.object({ TableName: z.string().optional() }));

/**
 * Lets `cdk` ask before it broadens what anybody may do.
 *
 * @returns the table's name
 * @throws CommandError when `cdk` fails, having said why
 */
async function deployStacks(stage: Stage): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'pagos-deploy-'));
  try {
    const outputs = join(folder, 'outputs.json');
    const asked = [
      '--all',
      '--context',
      `stage=${stage}`,
      '--require-approval',
      'broadening',
      '--outputs-file',
      outputs,
    ];
    const cdk = spawn('cdk', ['deploy', ...asked], { stdio: 'inherit' });
    const [code] = z
      .tuple([z.number().nullable()])
      .rest(z.unknown())
      .parse(await once(cdk, 'exit'));
    if (code !== 0) throw new CommandError('cdk did not deploy; what it said stands above.');
    const { TableName } = outputsShape.parse(JSON.parse(readFileSync(outputs, 'utf8')))[stackName(stage, 'data')] ?? {};
    if (TableName === undefined) throw new CommandError('cdk deployed, and told no name of the table.');
    return TableName;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Never changes who is there: a later deployment is no reset of a password. */
async function ensureSomebodyCanLogIn(tableName: string, address: string | undefined): Promise<void> {
  useRuntime({ config: readConfig({ ...processEnvironment, TABLE_NAME: tableName }), logSink: () => undefined });
  const services = openServices(['table']);
  const here = await services.users.list({ role: 'super_admin', companyId: null });
  if (here.length > 0) {
    process.stderr.write(`Super admins of this deployment: ${here.map((one) => one.email).join(', ')}.\n`);
    return;
  }
  if (address === undefined)
    throw new CommandError(
      `Deployed, but nobody can log in yet: TABLE_NAME=${tableName} npm run admin -- reset-super-admin --email E.`,
    );
  const outcome = await resetSuperAdmin(services, address);
  if (outcome.kind === 'not-super-admin') throw new CommandError(`${address} is a company's user; name somebody else.`);
  if (outcome.kind === 'others-only') return;
  // The password alone goes to the standard output, once.
  process.stderr.write(`${address} is the first super admin. Log in with this password and change it:\n`);
  process.stdout.write(`${outcome.temporary.reveal()}\n`);
}

await runCommand(async () => {
  const options = { stage: { type: 'string' }, email: { type: 'string' } } as const;
  const { positionals, values } = readArguments(process.argv.slice(2), options, USAGE);
  if (positionals.length > 0 || (values.stage !== undefined && !['dev', 'prod'].includes(values.stage)))
    throw new CommandError(USAGE);
  const given = values.email ?? readConfig().SUPER_ADMIN_INITIAL_EMAIL;
  const address = given === undefined ? undefined : email().safeParse(given);
  if (address?.success === false) throw new CommandError('That is no address of a super admin; nothing was deployed.');
  await ensureSomebodyCanLogIn(await deployStacks(readStage(values.stage)), address?.data);
});
