/** `npm run admin -- reset-super-admin`: the way in for whoever runs a deployment and has lost it, or has none yet. */
import { email } from '#shared/http/wire/fields.ts';
import { CommandError, openTarget, readArguments, runCommand } from '#shared/local/command.ts';
import { resetSuperAdmin } from '#shared/tenants/reset-password.ts';

const USAGE =
  'Usage: npm run admin -- reset-super-admin [--email E] [--sandbox]. Without --sandbox TABLE_NAME names the table on AWS. ' +
  'The password is drawn here, never given.';

await runCommand(async () => {
  const options = { email: { type: 'string' }, sandbox: { type: 'boolean' } } as const;
  const { positionals, values } = readArguments(process.argv.slice(2), options, USAGE);
  if (positionals.length !== 1 || positionals[0] !== 'reset-super-admin') throw new CommandError(USAGE);
  const { services, superAdminEmail } = openTarget({ sandbox: values.sandbox ?? false }, ['table']);
  const address = email().safeParse(values.email ?? superAdminEmail);
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
});
