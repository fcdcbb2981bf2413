/** `npm run admin -- ...`: what whoever runs a deployment does besides its API (README). */
import * as z from 'zod';
import { email } from '#shared/http/wire/fields.ts';
import { CommandError, openTarget, readArguments, runCommand } from '#shared/local/command.ts';
import type { Services } from '#shared/services.ts';
import { placeInTrail } from '#shared/store/audit.ts';
import { prepareRestored } from '#shared/tenants/after-restore.ts';
import { resetSuperAdmin } from '#shared/tenants/reset-password.ts';

const USAGE =
  'Usage: npm run admin -- reset-super-admin [--email E] | after-restore | trail --since TIME, and [--sandbox]. Without ' +
  '--sandbox TABLE_NAME names the table on AWS. A password is drawn here, never given.';
const PAGE = 100;

await runCommand(async () => {
  const options = { email: { type: 'string' }, since: { type: 'string' }, sandbox: { type: 'boolean' } } as const;
  const { positionals, values } = readArguments(process.argv.slice(2), options, USAGE);
  const [what, ...rest] = positionals;
  if (rest.length > 0) throw new CommandError(USAGE);
  const { services, superAdminEmail } = openTarget({ sandbox: values.sandbox ?? false }, ['table']);
  switch (what) {
    case 'reset-super-admin':
      return resetPassword(services, values.email ?? superAdminEmail);
    case 'after-restore': {
      const { companies, users } = await prepareRestored(services);
      process.stdout.write(
        `Companies that are compared at once: ${companies}. Users whose sessions ended: ${users}.\n`,
      );
      return;
    }
    case 'trail':
      return showTrail(services, values.since);
    default:
      throw new CommandError(USAGE);
  }
});

/** The way in for whoever runs a deployment and has lost it, or has none yet. */
async function resetPassword(services: Services, given: string | undefined): Promise<void> {
  const address = email().safeParse(given);
  if (!address.success)
    throw new CommandError('Whose password? Give a valid address with --email, or in SUPER_ADMIN_INITIAL_EMAIL.');

  const outcome = await resetSuperAdmin(services, address.data);
  switch (outcome.kind) {
    case 'not-super-admin':
      throw new CommandError(`${address.data} is a company's user: a super admin resets that password.`);
    case 'others-only':
      throw new CommandError(`Nobody has ${address.data}; super admins here: ${outcome.emails.join(', ')}.`);
    case 'created':
    case 'reset': {
      const done = outcome.kind === 'created' ? 'made' : 'reset';
      // The password alone goes to the standard output, once.
      process.stderr.write(`${outcome.user.email} was ${done}. Log in with this password and change it:\n`);
      process.stdout.write(`${outcome.temporary.reveal()}\n`);
    }
  }
}

/** What staff did since then, newest first: of a table that was given up, what has to be done again. */
async function showTrail({ audit }: Services, given: string | undefined): Promise<void> {
  const since = z.iso.datetime({ offset: true }).safeParse(given);
  if (!since.success) throw new CommandError('Since when? Give a time with its zone: --since 2026-12-01T10:00:00Z.');
  const sinceMs = Date.parse(since.data);
  for (let before: string | undefined; ;) {
    const page = await audit.ofAll(before, PAGE);
    const wanted = page.filter(({ at }) => at >= sinceMs);
    for (const { at, email: who, action, companyId, params, outcome } of wanted) {
      const what = [new Date(at).toISOString(), who, action, companyId ?? '-', JSON.stringify(params), outcome];
      process.stdout.write(`${what.join('  ')}\n`);
    }
    const last = page.at(-1);
    if (!last || wanted.length < PAGE) return;
    before = placeInTrail(last);
  }
}
