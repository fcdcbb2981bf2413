import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../stage/command.ts';
import { scratchFolder } from '../stage/scratch-folder.ts';
import { type Stage, startStage } from '../stage/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

/** Stands in for `cdk`, which needs an account: notes what it was asked, and tells the outputs of a deployment. */
const CDK = `#!/bin/sh
echo "$@" > asked
while [ "$1" != --outputs-file ]; do shift; done
echo "{\\"pagos-dev-data\\":{\\"TableName\\":\\"$DEPLOYED_TABLE\\"},\\"pagos-dev-api\\":{}}" > "$2"
exit "$CDK_EXIT"
`;

async function deploy(args: readonly string[], { exit = 0 } = {}) {
  const folder = scratchFolder();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'cdk'), CDK);
  chmodSync(join(bin, 'cdk'), 0o755);
  const ended = await runProgram('deploy.ts', args, {
    folder,
    variables: {
      PATH: [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
      DEPLOYED_TABLE: stage.tableName,
      CDK_EXIT: String(exit),
      AWS_ENDPOINT_URL_DYNAMODB: stage.endpoints.dynamodb,
    },
  });
  const asked = () => readFileSync(join(folder, 'asked'), 'utf8');
  return { ...ended, asked };
}

describe('npm run deploy', () => {
  it('is stopped by a failure of cdk, and makes nobody', async () => {
    const { code, out, err } = await deploy(['--email', 'root@stage.mx'], { exit: 1 });
    expect([code, out, err]).toEqual([1, '', 'cdk did not deploy; what it said stands above.\n']);
    expect(await stage.services.users.list({ role: 'super_admin', companyId: null })).toEqual([]);
  });

  it('tells how to get in where nobody was named', async () => {
    const { code, out, err } = await deploy([]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(`TABLE_NAME=${stage.tableName} npm run admin -- reset-super-admin`);
  });

  it('makes the first super admin, shows the password once, and never again', async () => {
    const first = await deploy(['--email', 'root@stage.mx']);
    expect([first.code, first.err]).toEqual([
      0,
      'root@stage.mx is the first super admin. Log in with this password and change it:\n',
    ]);
    expect(first.asked()).toContain('deploy --all --context stage=dev --require-approval broadening');
    const login = { email: 'root@stage.mx', password: first.out.trim() };
    const { status, body } = await stage.call('POST', '/api/v1/auth/login', { body: login });
    expect([status, body.user.debe_cambiar_contrasena]).toEqual([200, true]);

    for (const email of ['root@stage.mx', 'other@stage.mx']) {
      const later = await deploy(['--email', email]);
      expect([later.code, later.out, later.err]).toEqual([0, '', 'Super admins of this deployment: root@stage.mx.\n']);
    }
    expect((await stage.call('POST', '/api/v1/auth/login', { body: login })).status).toBe(200);
  });

  it.each([
    [['--stage', 'production'], /^Usage: /],
    [['--email', 'nobody'], /^That is no address/],
  ])('refuses %j before anything is deployed', async (args, sentence) => {
    const { code, err, asked } = await deploy(args);
    expect([code, err]).toEqual([1, expect.stringMatching(sentence)]);
    expect(asked).toThrow('ENOENT');
  });
});
