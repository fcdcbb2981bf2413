/** `npm run import:reference -- FILE`: brings the tenants of a reference deployment, from its tables as JSON (README). */
import { readFileSync } from 'node:fs';
import { CommandError, openTarget, readArguments, runCommand } from '#shared/local/command.ts';
import { isFernetKey } from '#shared/security/fernet.ts';
import { Secret } from '#shared/security/secret.ts';
import { bring, prepareImport } from '#shared/tenants/import-reference/bring.ts';
import { readReferenceFile } from '#shared/tenants/import-reference/reference-file.ts';
import { refusedOf, reportText } from '#shared/tenants/import-reference/report.ts';

const USAGE =
  'Usage: npm run import:reference -- FILE [--dry-run] [--fernet-key-file FILE] [--sandbox]. Without --sandbox TABLE_NAME, ' +
  'GATEWAY_CREDENTIALS_KEY, ROUTER_CREDENTIALS_KEY and TELEGRAM_TOKENS_KEY name the table and the keys on AWS.';

await runCommand(async () => {
  const options = {
    'dry-run': { type: 'boolean' },
    'fernet-key-file': { type: 'string' },
    sandbox: { type: 'boolean' },
  } as const;
  const { positionals, values } = readArguments(process.argv.slice(2), options, USAGE);
  const [path, ...rest] = positionals;
  if (path === undefined || rest.length > 0) throw new CommandError(USAGE);
  const file = readReferenceFile(read(path));
  if (!file) throw new CommandError(`${path} is not JSON with a list of rows for any of the reference's tables.`);
  const keyFile = values['fernet-key-file'];
  const fernetKey = keyFile === undefined ? null : new Secret(read(keyFile).trim());
  if (fernetKey && !isFernetKey(fernetKey)) throw new CommandError(`${keyFile} does not hold a Fernet key.`);

  const isDryRun = values['dry-run'] ?? false;
  const needs = ['table', 'gateway-credentials:seal', 'router-credentials:seal', 'telegram-tokens:seal'] as const;
  const { services } = openTarget({ sandbox: values.sandbox ?? false }, needs);
  const lines = await prepareImport(file, fernetKey, services);
  if (!isDryRun) await bring(file, lines, services);
  process.stdout.write(reportText(lines, isDryRun));
  const refused = refusedOf(lines);
  if (refused > 0)
    throw new CommandError(`Rows refused: ${refused}. Correct the file and run it again; nothing comes twice.`);
});

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new CommandError(`${path} cannot be read.`);
  }
}
