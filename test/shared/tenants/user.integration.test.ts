import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '#shared/security/secret.ts';
import { ensureSuperAdmin } from '#shared/tenants/user.ts';
import { type Stage, startStage } from '../../stage/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

describe('the first super admin', () => {
  const ensure = (email: string, password: string) =>
    ensureSuperAdmin(stage.services, { email, password: new Secret(password), name: 'Super Administrador' });
  const logIn = (email: string, password: string) =>
    stage.call('POST', '/api/v1/auth/login', { body: { email, password } });

  it('is made at the first start and left alone at the next', async () => {
    const made = await ensure('root@wifi.mx', 'first-password');
    expect(made).toMatchObject({ role: 'super_admin', companyId: null, active: true });
    expect(await ensure('Root@wifi.mx', 'second-password')).toEqual(made);
    expect(await logIn('root@wifi.mx', 'first-password')).toMatchObject({ status: 200 });
    expect(await logIn('root@wifi.mx', 'second-password')).toMatchObject({ status: 401 });
  });

  it('is one, also when two processes start at once', async () => {
    const [one, other] = await Promise.all([
      ensure('twin@wifi.mx', 'a-password'),
      ensure('twin@wifi.mx', 'a-password'),
    ]);
    expect(one).toEqual(other);
  });
});
