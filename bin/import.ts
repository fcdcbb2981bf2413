/** `npm run import -- FILE`: companies of a file that npm run export wrote at another deployment (README). */
import type { KeyObject } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { CommandError, openTarget, readArguments, runCommand } from '#shared/local/command.ts';
import { newReaderKey, readPrivateKey } from '#shared/security/sealed-lines.ts';
import { Secret } from '#shared/security/secret.ts';
import { arrive, type ArriveParts } from '#shared/tenants/move/arrive.ts';
import { type Arriving, judge } from '#shared/tenants/move/judge.ts';
import { FileRefused, readHeader, recordsOf } from '#shared/tenants/move/move-file.ts';

const USAGE =
  'Usage: npm run import -- --make-key KEYFILE, and then npm run import -- FILE --key KEYFILE [--dry-run] [--take-back] ' +
  '[--sandbox]. Without --sandbox TABLE_NAME, LOGOS_BUCKET and the four keys of what is sealed are named as the data ' +
  'stack`s outputs are.';

await runCommand(async () => {
  const options = {
    'make-key': { type: 'string' },
    key: { type: 'string' },
    'dry-run': { type: 'boolean' },
    'take-back': { type: 'boolean' },
    sandbox: { type: 'boolean' },
  } as const;
  const { positionals, values } = readArguments(process.argv.slice(2), options, USAGE);
  const newKeyFile = values['make-key'];
  if (newKeyFile !== undefined && positionals.length === 0) return makeKey(newKeyFile);
  const [path, ...rest] = positionals;
  if (path === undefined || rest.length > 0 || newKeyFile !== undefined) throw new CommandError(USAGE);
  const reader = readerFrom(values.key);
  if (!existsSync(path)) throw new CommandError(`${path} cannot be read.`);
  const isDryRun = values['dry-run'] ?? false;

  const needs = [
    'table',
    'logos:write',
    'gateway-credentials:seal',
    'router-credentials:seal',
    'access-codes:seal',
    'telegram-tokens:seal',
  ] as const;
  const { services } = openTarget({ sandbox: values.sandbox ?? false }, needs);
  const { table, users, departures, arrivals, addressPolicy, clock } = services;
  const parts: ArriveParts = {
    table,
    users,
    departures,
    arrivals,
    addressPolicy,
    clock,
    box: (purpose) => services.box(purpose),
    logos: (use) => services.logos(use),
  };
  const read = () => recordsOf(linesIn(path), reader);
  try {
    for await (const line of linesIn(path)) {
      if (readHeader(line).kind === 'copy' && !isDryRun)
        throw new CommandError('This is a copy: its companies live on where they were. Export them with --move.');
      break;
    }
    const arriving = await judge(read, parts, values['take-back'] ?? false);
    if (!isDryRun) await arrive(read, arriving, parts);
    process.stdout.write(arriving.map((one) => reportOn(one, isDryRun)).join(''));
    const refused = arriving.filter(({ standing }) => standing.kind === 'refused').length;
    if (refused > 0) throw new CommandError(`Companies refused: ${refused}.`);
  } catch (error) {
    throw error instanceof FileRefused ? new CommandError(error.message) : error;
  }
});

/** The private half never leaves the file; the public one goes to whoever exports. */
function makeKey(path: string): void {
  const { publicKey, privatePem } = newReaderKey();
  try {
    writeFileSync(path, privatePem.reveal(), { mode: 0o600, flag: 'wx' });
  } catch {
    throw new CommandError(`${path} is there already, or cannot be written.`);
  }
  process.stdout.write(`${publicKey}\n`);
}

function readerFrom(path: string | undefined): KeyObject {
  if (path === undefined) throw new CommandError(USAGE);
  const key = existsSync(path) ? readPrivateKey(new Secret(readFileSync(path, 'utf8'))) : undefined;
  if (!key) throw new CommandError(`${path} holds no key of npm run import -- --make-key.`);
  return key;
}

function linesIn(path: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
}

function reportOn({ companyId, name, standing, items, notes }: Arriving, isDryRun: boolean): string {
  const done = {
    new: isDryRun ? `would come with ${items} items` : `came with ${items} items; it is off until you switch it on`,
    asleep: isDryRun ? 'is here in part and would be finished' : 'was here in part and is finished',
    there: 'is here already',
    refused: 'is refused',
  }[standing.kind];
  const because = standing.kind === 'refused' ? `: ${standing.reason}` : '';
  return [`${companyId} (${name}) ${done}${because}.`, ...notes.map((note) => `  note    ${note}`), ''].join('\n');
}
