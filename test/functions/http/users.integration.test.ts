import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Headers, type Stage, stageAdmin, startStage } from '../../stage/stage.ts';
import { addCompany } from '../../stage/tenants.ts';

let stage: Stage;
let headers: Headers;
let companyId: string;
beforeAll(async () => {
  stage = await startStage();
  headers = await stage.asSuperAdmin();
  companyId = await addCompany(stage);
});
afterAll(() => stage.stop());

const create = (fields: object) =>
  stage.call('POST', '/admin/usuarios', {
    headers,
    body: {
      password: 'una-clave-larga',
      nombre: 'Ana Ruiz',
      rol: 'cliente_admin',
      empresa_id: companyId,
      ...fields,
    },
  });
const list = async (query = '') => (await stage.call('GET', `/admin/usuarios${query}`, { headers })).body;
const refused = (detail: string) => ({ status: 400, body: { detail } });
const NOT_FOUND = { status: 404, body: { detail: 'Usuario no encontrado' } };

describe('a new user', () => {
  it('of a company can log in', async () => {
    const { status, body } = await create({ email: 'ana@wifi.mx' });
    expect(status).toBe(200);
    expect(body).toEqual({
      message: 'Usuario creado exitosamente',
      usuario: {
        id: expect.any(Number),
        email: 'ana@wifi.mx',
        nombre: 'Ana Ruiz',
        rol: 'cliente_admin',
        empresa_id: companyId,
        activo: true,
      },
    });
    const login = { email: 'ana@wifi.mx', password: 'una-clave-larga' };
    const answer = await stage.call('POST', '/api/v1/auth/login', { body: login });
    expect(answer.body.user).toEqual({ ...body.usuario, debe_cambiar_contrasena: false });
  });

  it('may be a super admin, who has no company', async () => {
    const { body } = await create({ email: 'second@root.mx', rol: 'super_admin', empresa_id: '' });
    expect(body.usuario).toMatchObject({ rol: 'super_admin', empresa_id: null });
  });

  it('is checked in the contract`s order, and nothing is written', async () => {
    const before = await list();
    const email = 'checked@wifi.mx';
    expect(await create({ email, rol: 'admin', empresa_id: null, password: 'x' })).toMatchObject(
      refused("Rol inválido. Debe ser 'super_admin' o 'cliente_admin'"),
    );
    expect(await create({ email, empresa_id: null, password: 'x' })).toMatchObject(
      refused('cliente_admin requiere empresa_id'),
    );
    expect(await create({ email, empresa_id: '' })).toMatchObject(refused('cliente_admin requiere empresa_id'));
    expect(await create({ email, empresa_id: 'EMP_0000000000', password: 'x' })).toMatchObject({
      status: 404,
      body: { detail: 'Empresa no encontrada' },
    });
    expect(await create({ email, rol: 'super_admin', password: 'x' })).toMatchObject(
      refused('super_admin no debe tener empresa_id'),
    );
    expect(await create({ email, password: 'seven77' })).toMatchObject({ status: 400 });
    expect(await create({ email, password: email })).toMatchObject({ status: 400 });
    expect(await list()).toEqual(before);
  });

  it('needs an e-mail that nobody has, in any letter case, also when two ask at once', async () => {
    await create({ email: 'taken@wifi.mx' });
    expect(await create({ email: 'TAKEN@wifi.mx' })).toMatchObject(refused('El email ya está registrado'));
    const answers = await Promise.all([create({ email: 'race@wifi.mx' }), create({ email: 'Race@wifi.mx' })]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    const emails = (await list()).map(({ email }: { email: string }) => email.toLowerCase());
    expect(emails.filter((email: string) => email === 'race@wifi.mx')).toHaveLength(1);
  });

  it.each([
    { email: 'not-an-address' },
    { email: `${'x'.repeat(95)}@wifi.mx` },
    { email: undefined },
    { password: undefined },
    { nombre: 'x'.repeat(101) },
    { nombre: undefined },
    { rol: undefined },
    { debe_cambiar_contrasena: 'perhaps' },
  ])('with a field that is not right is a 422: %j', async (wrong) => {
    const before = await list();
    const { status, body } = await create({ email: 'wrong@wifi.mx', ...wrong });
    expect(status).toBe(422);
    expect(body.detail).toMatchObject([{ loc: ['body', ...Object.keys(wrong)] }]);
    expect(await list()).toEqual(before);
  });
});

describe('users', () => {
  it('are listed in the order of creation, and by role and company', async () => {
    const other = await addCompany(stage);
    const { usuario } = (await create({ email: 'other@wifi.mx', empresa_id: other })).body;
    const all = await list();
    expect(all[0]).toMatchObject({ email: stageAdmin.email });
    expect(all.at(-1)).toEqual(usuario);
    expect(await list(`?empresa_id=${other}`)).toEqual([usuario]);
    expect(await list(`?empresa_id=${other}&rol=cliente_admin`)).toEqual([usuario]);
    expect(await list(`?empresa_id=${other}&rol=super_admin`)).toEqual([]);
    expect((await list('?rol=super_admin')).every(({ rol }: { rol: string }) => rol === 'super_admin')).toBe(true);
    expect(await list('?rol=cliente')).toEqual([]);
  });

  it('are read one by one', async () => {
    const { usuario } = (await create({ email: 'single@wifi.mx' })).body;
    const { status, body } = await stage.call('GET', `/admin/usuarios/${usuario.id}`, { headers });
    expect(status).toBe(200);
    expect(body).toEqual(usuario);
    for (const nobody of [0, -1, 999_999])
      expect(await stage.call('GET', `/admin/usuarios/${nobody}`, { headers })).toMatchObject(NOT_FOUND);
    expect(await stage.call('GET', '/admin/usuarios/ana', { headers })).toMatchObject({ status: 422 });
  });
});

describe('a user', () => {
  const toggle = (id: number | string) => stage.call('PUT', `/admin/usuarios/${id}/toggle-activo`, { headers });

  it('is switched off and loses every session at once; on again, an old session stays over', async () => {
    const { id } = (await create({ email: 'toggled@wifi.mx' })).body.usuario;
    const user = await stage.services.users.find(id);
    if (!user) throw new Error('no user');
    const session = await stage.asUser(user);
    const logOut = () => stage.call('POST', '/api/v1/auth/logout', { headers: session });
    expect((await toggle(id)).body).toEqual({ message: 'Usuario desactivado', usuario_id: id, activo: false });
    expect(await logOut()).toMatchObject({ status: 401 });
    expect((await toggle(id)).body).toEqual({ message: 'Usuario activado', usuario_id: id, activo: true });
    expect(await logOut()).toMatchObject({ status: 401 });
  });

  it('cannot switch himself off', async () => {
    const [{ id }] = await list();
    expect(await toggle(id)).toMatchObject(refused('No puedes desactivar tu propio usuario'));
    expect(await toggle(999_999)).toMatchObject(NOT_FOUND);
  });
});
