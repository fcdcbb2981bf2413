import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Headers, type Stage, startStage } from '../../stage/stage.ts';
import { addCompany, addRouter } from '../../stage/tenants.ts';

let stage: Stage;
let companyId: string;
let routerId: string;
let admin: Headers;
let stranger: Headers;
let foreignRouterId: string;

beforeAll(async () => {
  stage = await startStage();
  companyId = await addCompany(stage);
  ({ routerId } = await addRouter(stage, companyId));
  admin = await stage.asCompanyAdmin(companyId);
  const foreignCompanyId = await addCompany(stage);
  ({ routerId: foreignRouterId } = await addRouter(stage, foreignCompanyId));
  stranger = await stage.asCompanyAdmin(foreignCompanyId);
});
afterAll(() => stage.stop());

const PATH = '/api/v1/admin/products';
let profiles = 0;
/** A valid body, of a profile no other test uses. */
const draft = (fields: object = {}) => ({
  router_id: routerId,
  perfil_mikrotik_id: `*${(profiles += 1).toString(16)}`,
  perfil_mikrotik_nombre: '1hora',
  nombre_venta: '1 hora',
  precio: 15,
  ...fields,
});
const create = (body: unknown, headers = admin) => stage.call('POST', PATH, { headers, body });
const update = (id: number, body: unknown, headers = admin) => stage.call('PUT', `${PATH}/${id}`, { headers, body });
const show = (id: number | string, headers = admin) => stage.call('GET', `${PATH}/${id}`, { headers });
const added = async (fields: object = {}) => (await create(draft(fields))).body as { id: number };

const UNKNOWN = { status: 404, body: { detail: 'Producto no encontrado' } };

describe('creating a product', () => {
  it('answers it with the contract`s defaults, prices as numbers and details as texts', async () => {
    const body = draft({ detalles: [{ texto: '10 Mbps' }, 'Ilimitado'] });
    const answer = await create(body);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.any(Number),
      router_id: routerId,
      perfil_mikrotik_id: body.perfil_mikrotik_id,
      perfil_mikrotik_nombre: '1hora',
      nombre_venta: '1 hora',
      descripcion: null,
      imagen_url: null,
      precio: 15,
      moneda: 'MXN',
      detalles: ['10 Mbps', 'Ilimitado'],
      activo: true,
      orden_visual: 0,
      destacado: false,
      duracion_minutos: null,
      limite_mb: null,
      reloj: null,
      dispositivos: null,
      creado_en: '2026-05-03T18:22:10',
    });
    expect(await show(answer.body.id)).toMatchObject({ status: 200, body: answer.body });
  });

  it('keeps every field it was sent, numbers as text too', async () => {
    const sent = {
      descripcion: 'Una hora\nde internet',
      imagen_url: 'https://img.mx/1.png',
      precio: '19.99',
      moneda: 'USD',
      activo: 'false',
      orden_visual: '-3',
      destacado: 1,
    };
    expect((await create(draft(sent))).body).toMatchObject({
      ...sent,
      precio: 19.99,
      activo: false,
      orden_visual: -3,
      destacado: true,
    });
  });

  it('on another company`s router, or on none, is a 404', async () => {
    for (const router_id of [foreignRouterId, 'RTR_00000000'])
      expect(await create(draft({ router_id }))).toMatchObject({
        status: 404,
        body: { detail: 'Router no encontrado o no pertenece a esta empresa' },
      });
  });

  it.each([
    [{ precio: 0 }, 'precio', 'greater_than'],
    [{ precio: -1 }, 'precio', 'greater_than'],
    [{ precio: 1.005 }, 'precio', 'decimal_max_places'],
    [{ precio: 100_000_000 }, 'precio', 'less_than_equal'],
    [{ precio: 1e21 }, 'precio', 'less_than_equal'],
    [{ precio: ' ' }, 'precio', 'float_parsing'],
    [{ precio: 'gratis' }, 'precio', 'float_parsing'],
    [{ precio: undefined }, 'precio', 'missing'],
    [{ router_id: undefined }, 'router_id', 'missing'],
    [{ perfil_mikrotik_id: '' }, 'perfil_mikrotik_id', 'string_too_short'],
    [{ perfil_mikrotik_id: 'a'.repeat(101) }, 'perfil_mikrotik_id', 'string_too_long'],
    [{ perfil_mikrotik_nombre: 'a'.repeat(101) }, 'perfil_mikrotik_nombre', 'string_too_long'],
    [{ nombre_venta: 'a'.repeat(101) }, 'nombre_venta', 'string_too_long'],
    [{ nombre_venta: 5 }, 'nombre_venta', 'string_type'],
    [{ imagen_url: 'a'.repeat(501) }, 'imagen_url', 'string_too_long'],
    [{ descripcion: 'a'.repeat(2001) }, 'descripcion', 'string_too_long'],
    [{ orden_visual: 2 ** 31 }, 'orden_visual', 'less_than_equal'],
    [{ activo: 'quizá' }, 'activo', 'bool_parsing'],
    [{ detalles: 'x' }, 'detalles', 'array_type'],
    [{ duracion_minutos: 0 }, 'duracion_minutos', 'greater_than_equal'],
    [{ duracion_minutos: 527_041 }, 'duracion_minutos', 'less_than_equal'],
    [{ duracion_minutos: 1.5 }, 'duracion_minutos', 'int_from_float'],
    [{ limite_mb: -1 }, 'limite_mb', 'greater_than_equal'],
    [{ duracion_minutos: 60, reloj: 'siempre' }, 'reloj', 'literal_error'],
    [{ dispositivos: 0 }, 'dispositivos', 'greater_than_equal'],
  ])('with %j is a 422 at %s', async (fields, field, type) => {
    const { status, body } = await create(draft(fields));
    expect(status).toBe(422);
    expect(body.detail).toMatchObject([{ type, loc: ['body', field] }]);
  });

  it('sells time, counted from the purchase unless told otherwise', async () => {
    const { body } = await create(draft({ duracion_minutos: 60, limite_mb: '500', dispositivos: 2 }));
    expect(body).toMatchObject({ duracion_minutos: 60, limite_mb: 500, reloj: 'compra', dispositivos: 2 });
    expect(await show(body.id)).toMatchObject({ body });
  });

  it('with a clock and no time is a 422 with a text', async () => {
    expect(await create(draft({ reloj: 'uso' }))).toMatchObject({
      status: 422,
      body: { detail: 'reloj requiere duracion_minutos' },
    });
  });

  it.each(['ARS', 'mxn', 'PESOS MEXICANOS', ''])('in the currency %j is a 422 with a text', async (moneda) => {
    expect(await create(draft({ moneda }))).toMatchObject({
      status: 422,
      body: { detail: 'Moneda no válida. Valores permitidos: MXN, USD, EUR' },
    });
  });
});

describe('a profile is sold once per router', () => {
  it('until its product is switched off: making it again brings it back, with its number and new values', async () => {
    const body = draft();
    const { body: first } = await create({ ...body, descripcion: 'Vieja', orden_visual: 3 });
    const taken = {
      status: 409,
      body: {
        detail: `Ya existe un producto con el perfil '${body.perfil_mikrotik_id}' para este router (${routerId})`,
      },
    };
    expect(await create(body)).toMatchObject(taken);
    await stage.call('DELETE', `${PATH}/${first.id}`, { headers: admin });
    stage.clock.advance(1000);
    const again = await create({ ...body, perfil_mikrotik_nombre: '2horas', precio: 25, detalles: ['20 Mbps'] });
    expect(again.status).toBe(201);
    expect(again.body).toEqual({
      ...first,
      perfil_mikrotik_nombre: '2horas',
      precio: 25,
      detalles: ['20 Mbps'],
      descripcion: null,
      orden_visual: 0,
    });
    expect((await show(first.id)).body).toEqual(again.body);
    expect(await stage.services.products.onSale(companyId, routerId)).toContainEqual(
      expect.objectContaining({ id: first.id, priceMinor: 2500 }),
    );
    expect(await create(body)).toMatchObject(taken);
  });

  it('and is brought back once when ten ask at once', async () => {
    const body = draft();
    const { body: first } = await create(body);
    await stage.call('DELETE', `${PATH}/${first.id}`, { headers: admin });
    const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => create({ ...body, precio: 20 + at })));
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(1);
    expect((await show(first.id)).body).toEqual(made[0]?.body);
  });

  it('when ten ask at once', async () => {
    const body = draft();
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
    const products: { perfil_mikrotik_id: string }[] = (await stage.call('GET', PATH, { headers: admin })).body;
    expect(products.filter((one) => one.perfil_mikrotik_id === body.perfil_mikrotik_id)).toHaveLength(1);
  });

  it('but on each of two routers', async () => {
    const { routerId: other } = await addRouter(stage, companyId);
    const body = draft();
    expect((await create(body)).status).toBe(201);
    expect((await create({ ...body, router_id: other })).status).toBe(201);
  });
});

describe('updating a product', () => {
  it('changes what was sent and nothing else', async () => {
    const before = await added({ descripcion: 'Vieja', detalles: ['10 Mbps'], orden_visual: 4 });
    const { status, body } = await update(before.id, { precio: 20.5, descripcion: null });
    expect(status).toBe(200);
    expect(body).toEqual({ ...before, precio: 20.5, descripcion: null });
    expect((await show(before.id)).body).toEqual(body);
  });

  it('may change every field but router and profile', async () => {
    const before = await added();
    const sent = {
      nombre_venta: 'Un día',
      descripcion: 'Texto',
      imagen_url: 'https://img.mx/2.png',
      precio: 99.9,
      moneda: 'EUR',
      detalles: ['Nuevo'],
      activo: false,
      orden_visual: 7,
      destacado: true,
    };
    const fixed = { router_id: foreignRouterId, perfil_mikrotik_id: '*FF', perfil_mikrotik_nombre: 'otro', id: 1 };
    expect((await update(before.id, { ...sent, ...fixed })).body).toEqual({ ...before, ...sent });
  });

  it('may give, change and take the time it sells', async () => {
    const { id } = await added();
    expect((await update(id, { duracion_minutos: 30, reloj: 'uso' })).body).toMatchObject({
      duracion_minutos: 30,
      reloj: 'uso',
      limite_mb: null,
    });
    expect((await update(id, { limite_mb: 100 })).body).toMatchObject({
      duracion_minutos: 30,
      reloj: 'uso',
      limite_mb: 100,
    });
    expect((await update(id, { duracion_minutos: null })).body).toMatchObject({
      duracion_minutos: null,
      reloj: null,
      limite_mb: 100,
    });
    expect(await update(id, { reloj: 'primer_uso' })).toMatchObject({ status: 422 });
  });

  it('with what the list had answered keeps the details` hidden keys', async () => {
    const before = await added({ detalles: [{ texto: '10 Mbps', icono: 'wifi' }] });
    expect((await update(before.id, before)).body).toEqual(before);
    const stored = await stage.services.products.find(companyId, before.id);
    expect(stored?.details).toEqual([{ texto: '10 Mbps', icono: 'wifi' }]);
  });

  it('with nothing answers it as it is', async () => {
    const before = await added();
    expect(await update(before.id, {})).toMatchObject({ status: 200, body: before });
  });

  it.each([{ nombre_venta: null }, { precio: null }, { precio: 0 }, { activo: null }, { orden_visual: 'x' }])(
    'with %j is a 422',
    async (body) => {
      expect((await update((await added()).id, body)).status).toBe(422);
    },
  );

  it.each(['ARS', null])('to the currency %j is a 422 with a text', async (moneda) => {
    expect(await update((await added()).id, { moneda })).toMatchObject({
      status: 422,
      body: { detail: 'Moneda no válida. Valores permitidos: MXN, USD, EUR' },
    });
  });

  it('of another company, or of none, is a 404', async () => {
    const unknown = { status: 404, body: { detail: 'Producto no encontrado o no pertenece a esta empresa' } };
    const { id } = await added();
    expect(await update(id, { precio: 1 }, stranger)).toMatchObject(unknown);
    expect(await update(999_999, { precio: 1 })).toMatchObject(unknown);
    expect((await show(id)).body.precio).toBe(15);
  });
});

describe('deleting a product', () => {
  it('switches it off, as often as asked, and an update brings it back', async () => {
    const { id } = await added();
    const gone = { status: 200, body: { message: 'Producto desactivado', producto_id: id, activo: false } };
    expect(await stage.call('DELETE', `${PATH}/${id}`, { headers: admin })).toMatchObject(gone);
    expect(await stage.call('DELETE', `${PATH}/${id}`, { headers: admin })).toMatchObject(gone);
    expect((await show(id)).body.activo).toBe(false);
    expect((await update(id, { activo: true })).body.activo).toBe(true);
  });

  it('of another company, or of none, is a 404 and changes nothing', async () => {
    const { id } = await added();
    expect(await stage.call('DELETE', `${PATH}/${id}`, { headers: stranger })).toMatchObject(UNKNOWN);
    expect(await stage.call('DELETE', `${PATH}/999999`, { headers: admin })).toMatchObject(UNKNOWN);
    expect((await show(id)).body.activo).toBe(true);
  });
});

describe('one product', () => {
  it('of another company, or of none, is a 404', async () => {
    const { id } = await added();
    expect(await show(id, stranger)).toMatchObject(UNKNOWN);
    for (const none of [0, -1, 999_999]) expect(await show(none)).toMatchObject(UNKNOWN);
  });

  it('by something that is no number is a 422', async () => {
    const { status, body } = await show('abc');
    expect(status).toBe(422);
    expect(body.detail).toMatchObject([{ type: 'int_parsing', loc: ['path', 'producto_id'] }]);
  });
});

describe('the list of products', () => {
  let listedRouter: string;
  let expected: number[];
  beforeAll(async () => {
    ({ routerId: listedRouter } = await addRouter(stage, companyId));
    const ids = [];
    for (const fields of [{ orden_visual: 1 }, {}, { activo: false }]) {
      ids.push((await added({ router_id: listedRouter, ...fields })).id);
      stage.clock.advance(1000);
    }
    expected = ids.reverse();
  });
  const list = async (query: string, headers = admin) => {
    const { status, body } = await stage.call('GET', `${PATH}${query}`, { headers });
    return { status, ids: Array.isArray(body) ? body.map(({ id }) => id as number) : body };
  };

  it('of a router holds switched off ones too, by the operator`s order, then newest first', async () => {
    expect(await list(`?router_id=${listedRouter}`)).toEqual({ status: 200, ids: expected });
  });

  it('of a company holds every router`s', async () => {
    const { ids } = await list('');
    expect(ids).toEqual(expect.arrayContaining(expected));
    expect(ids.length).toBeGreaterThan(expected.length);
    expect(await list('?router_id=')).toEqual({ status: 200, ids });
    expect(await list('', stranger)).toEqual({ status: 200, ids: [] });
  });

  it('of another company`s router is a 404', async () => {
    expect(await stage.call('GET', `${PATH}?router_id=${foreignRouterId}`, { headers: admin })).toMatchObject({
      status: 404,
      body: { detail: 'Router no encontrado' },
    });
  });
});
