import { randomUUID } from 'node:crypto';
import { signNotification } from '#shared/gateways/mercado-pago/webhook.ts';
import { newCompanyId } from '#shared/platform/ids.ts';
import { Secret } from '#shared/security/secret.ts';
import { newMercadoPagoToken, newToken } from '../stage/market.ts';
import type { Headers } from '../stage/stage.ts';
import { type Cells, type Fields, ok, refused, type Theirs } from './cell.ts';
import { PASSWORD, type Tenant } from './tenant.ts';

const noCompany = refused(404, 'Empresa no encontrada');
const noRouter = refused(404, 'Router no encontrado o no pertenece a la empresa');
const noRouterOfYours = refused(404, 'Router no encontrado o no pertenece a tu empresa');
const noProduct = refused(404, 'Producto no encontrado');
const noUser = refused(404, 'Usuario no encontrado');
const noTransaction = refused(404, 'Transacción no encontrada');
const otherCompany = refused(400, 'empresa_id no coincide con la empresa de la ruta');
const noExtension = refused(
  409,
  'Este código no se puede extender: no existe o su tiempo terminó. No se hizo ningún cargo.',
);

/** A super admin may touch every company: what it may not is one that is not there. */
const nobodysCompany: Theirs = () => ({ empresa_id: newCompanyId() });
const nobodysUser: Theirs = () => ({ usuario_id: 999_999 });

/** A router goes with its company: neither half of such a path may be another one's. */
const ofRouter = { 'path.empresa_id': noRouter, 'path.router_id': noRouter } as const;
const ofRouterAtAll = { ...ofRouter, 'path.empresa_id + path.router_id': noRouter } as const;

const order = ({ ids }: Tenant) => ({
  producto_id: ids['producto_id'],
  nombre_cliente: 'Luis Mora',
  email_cliente: `${randomUUID()}@correo.mx`,
});
/** Ids of a sale. A key that made a purchase elsewhere makes another one here. */
const ofSale = (gateway: 'conekta' | 'mercadoPago') =>
  ({
    'body.producto_id': noProduct,
    'body.codigo': [noExtension, ({ ids }, own) => ({ codigo: ids['codigo'], t: own.ids['t'] })],
    'body.t': [noExtension, ({ ids }, own) => ({ codigo: own.ids['codigo'], t: ids['t'] })],
    'body.codigo + body.t': noExtension,
    'header.idempotency-key': [
      ok({ success: true }),
      ({ idempotencyKeys }) => ({ 'idempotency-key': idempotencyKeys[gateway] }),
    ],
  }) as const satisfies Cells['foreign'];

const code = ({ ids }: Tenant) => ({ username: ids['username'], password: ids['password'] });

/** Signed as Mercado Pago signs for this company's application. */
const signed = ({ webhookSecret }: Tenant, now: number): Headers => {
  const ts = String(Math.floor(now / 1000));
  const secret = new Secret(webhookSecret);
  return { 'x-request-id': 'r-1', 'x-signature': signNotification({ dataId: '77', requestId: 'r-1', ts, secret }) };
};

/**
 * What every row answers to a stranger. The matrix walks the table of routes: a row that is missing here fails it, and so
 * does an id that its row takes and that has no answer here.
 */
export const cells: Readonly<Record<string, Cells>> = {
  'system/show-banner': {},
  'system/show-health': {},
  'system/show-openapi': {},
  'docs/show': {},
  'docs/show-asset': { foreign: { 'path.asset': { status: 200 } } },
  'docs/redirect': { own: { status: 307 } },
  'system/answer-unknown': { own: refused(404, 'Not Found') },

  'session/log-in': { body: ({ email }) => ({ email, password: PASSWORD }) },
  'session/log-out': { spoils: true },
  'session/change-password': {
    body: () => ({ current_password: PASSWORD, new_password: 'otra-clave-nueva' }),
    spoils: true,
  },

  'companies/create': { body: () => ({ nombre: 'Otra', contacto_email: 'otra@wifi.mx' }) },
  // The super admin's, of all companies: any place in the list is a good one.
  'companies/list': {
    foreign: { 'query.cursor': [{ status: 200 }, ({ companyId }) => ({ cursor: `~${companyId}` })] },
  },
  'companies/update': {
    body: () => ({ contacto_telefono: '5550000000' }),
    foreign: { 'path.empresa_id': [noCompany, nobodysCompany] },
  },
  'companies/toggle': { foreign: { 'path.empresa_id': [noCompany, nobodysCompany] }, spoils: true },
  'companies/show': { foreign: { 'path.empresa_id': [noCompany, nobodysCompany] } },

  'routers/create': {
    body: ({ companyId }) => ({
      empresa_id: companyId,
      nombre: 'Otro',
      host: '10.8.0.9',
      usuario: 'api',
      password: 'router-password',
    }),
    foreign: { 'path.empresa_id': otherCompany, 'body.empresa_id': otherCompany },
  },
  'routers/list': { foreign: { 'path.empresa_id': [noCompany, nobodysCompany] } },
  'routers/show': { foreign: ofRouter },
  'routers/update': { body: () => ({ nombre: 'Renombrado' }), foreign: ofRouter },
  // The routers of all companies, for a super admin: any place in the list is a good one.
  'routers/list-health': { foreign: { 'query.cursor': [ok(), ({ companyId }) => ({ cursor: `1#${companyId}` })] } },
  'routers/remove': {
    own: refused(400, 'No se puede eliminar el router porque tiene 1 producto(s) asociado(s)'),
    foreign: ofRouter,
  },
  'routers/toggle': { foreign: ofRouter, spoils: true },
  'routers/show-kit': { foreign: ofRouterAtAll },
  'routers/set-tunnel-key': {
    body: () => ({ clave_publica: Buffer.alloc(32, 7).toString('base64') }),
    foreign: ofRouterAtAll,
    spoils: true,
  },

  'api-keys/list': { foreign: ofRouter },
  'api-keys/show-status': { foreign: ofRouter },
  'api-keys/regenerate': { foreign: ofRouter, spoils: true },
  'api-keys/revoke': {
    foreign: {
      ...ofRouter,
      'path.key_id': refused(404, 'API Key no encontrada'),
      'path.router_id + path.key_id': noRouter,
    },
    spoils: true,
  },

  'users/create': {
    body: ({ companyId }) => ({
      email: `${randomUUID()}@wifi.mx`,
      password: PASSWORD,
      nombre: 'Ana',
      rol: 'cliente_admin',
      empresa_id: companyId,
    }),
    foreign: {
      'body.empresa_id': [noCompany, nobodysCompany],
      'body.email': [refused(400, 'El email ya está registrado'), ({ email }) => ({ email })],
    },
  },
  'users/list': {
    foreign: {
      'query.empresa_id': [ok([]), nobodysCompany],
      'query.cursor': [{ status: 200 }, ({ companyId }) => ({ cursor: `~${companyId}` })],
      'query.empresa_id + query.cursor': [ok([]), nobodysCompany],
    },
  },
  'users/show': { foreign: { 'path.usuario_id': [noUser, nobodysUser] } },
  'users/toggle': { foreign: { 'path.usuario_id': [noUser, nobodysUser] }, spoils: true },

  'users/reset-password': { foreign: { 'path.usuario_id': [noUser, nobodysUser] }, spoils: true },

  'my-company/show': {},
  'my-company/update': { body: () => ({ nombre: 'Renombrada' }) },
  'my-company/replace-conekta': { body: () => ({ conekta_public_key: 'key_pub_2' }) },
  'my-company/configure-conekta': { body: () => ({ conekta_public_key: 'key_pub_3' }) },
  'my-company/show-conekta': {},
  'my-company/show-mercado-pago': {},
  'my-company/configure-mercado-pago': { body: () => ({ public_key: 'TEST-public-2' }) },
  'my-company/configure-credentials': { body: () => ({ public_key: 'TEST-public-3' }) },
  'my-company/test-telegram': { own: refused(400, 'Faltan credenciales (Token o Chat ID)') },
  'my-company/check-conekta': {},
  'my-company/check-mercado-pago': {},
  'my-company/update-router': { body: () => ({ ubicacion: 'Patio' }), foreign: { 'path.router_id': noRouterOfYours } },
  // Its picture comes as a form, which is judged before anything is stored.
  'logos/upload': { own: { status: 422 }, foreign: { 'body.file': { status: 422 } } },
  'logos/show': { own: refused(404, 'Not Found'), foreign: { 'path.file': refused(404, 'Not Found') } },
  'my-company/list-routers': { own: ok({ total: 1 }) },

  'dashboards/show-company': { own: ok({ estadisticas: { total_routers: 1 } }) },
  'dashboards/show-figures': {},
  'dashboards/show-system': {},
  'dashboards/show-company-stats': { foreign: { 'path.empresa_id': [noCompany, nobodysCompany] } },

  'audit/list-own': {
    foreign: { 'query.cursor': [ok(), ({ ids }) => ({ cursor: ids['place_in_trail'] })] },
  },
  'audit/list': {
    foreign: {
      'query.cursor': [ok(), ({ ids }) => ({ cursor: ids['place_in_trail'] })],
      'query.empresa_id': [ok({ entradas: [] }), nobodysCompany],
    },
  },
  'personal-data/erase': {
    body: () => ({ email: 'nadie@correo.mx' }),
    own: { status: 202 },
    // Taken for a wish about its own buyers; what the sweep makes of it is a test of its own.
    foreign: { 'body.email': [{ status: 202 }, ({ customerEmail }) => ({ email: customerEmail })] },
  },
  'personal-data/show': { foreign: { 'path.solicitud_id': refused(404, 'Solicitud no encontrada') } },
  'comparison/show': {},
  'settings/show': {},
  'settings/update': { body: () => ({ color: '#112233' }) },
  'settings/list-notices': {},

  'products/create': {
    body: ({ ids }) => ({
      router_id: ids['router_id'],
      perfil_mikrotik_id: '*3',
      perfil_mikrotik_nombre: '1dia',
      nombre_venta: '1 día',
      precio: 50,
    }),
    own: { status: 201 },
    foreign: { 'body.router_id': refused(404, 'Router no encontrado o no pertenece a esta empresa') },
  },
  'products/list': { foreign: { 'query.router_id': refused(404, 'Router no encontrado') } },
  'products/show': { foreign: { 'path.producto_id': noProduct } },
  'products/update': {
    body: () => ({ destacado: true }),
    foreign: { 'path.producto_id': refused(404, 'Producto no encontrado o no pertenece a esta empresa') },
  },
  'products/deactivate': { foreign: { 'path.producto_id': noProduct }, spoils: true },

  'public-config/show': {},
  'catalogue/list': {},
  'catalogue/show': { foreign: { 'path.producto_id': refused(404, 'Producto no encontrado o no disponible') } },
  'catalogue/answer-debug': { own: refused(404, 'Not Found') },

  'router-tools/list-profiles': { foreign: { 'path.router_id': noRouterOfYours } },
  'router-tools/test-connection': {
    own: ok({ success: true }),
    foreign: {
      'path.router_id': ok({
        success: false,
        message: 'Router no encontrado',
        error: 'Router no encontrado o no pertenece a tu empresa',
      }),
    },
  },
  'router-tools/show-health': { foreign: { 'path.router_id': noRouterOfYours } },
  'router-tools/reconcile': { foreign: { 'path.router_id': noRouterOfYours } },
  'router-tools/set-heartbeat': {
    body: () => ({ latido_minutos: 30 }),
    foreign: { 'path.router_id': noRouterOfYours },
  },

  'payments/pay-with-conekta': {
    body: (own) => ({ ...order(own), token_tarjeta: newToken() }),
    own: ok({ success: true }),
    foreign: ofSale('conekta'),
  },
  'payments/pay-with-mercado-pago': {
    body: (own) => ({ ...order(own), token: newMercadoPagoToken(), payment_method_id: 'visa', monto: 15 }),
    own: ok({ success: true }),
    foreign: ofSale('mercadoPago'),
  },
  'payments/show-payment-status': {
    foreign: { 'path.payment_id': refused(404, 'Pago no encontrado en Mercado Pago') },
  },
  'purchases/show': {
    query: ({ ids }) => ({ t: ids['t'] }),
    // Its number alone, or with another one's secret, gives a purchase's state and no code.
    foreign: { 'path.id_compra': ok({ estado_pago: 'paid' }), 'query.t': ok({ estado_pago: 'paid' }) },
  },
  'hotspot-users/show-profile-info': {
    body: code,
    own: ok({ success: true }),
    foreign: { 'body.username': [ok({ success: false, estado: 'credenciales_invalidas' }), code] },
  },
  'hotspot-users/auto-reconnect': {
    body: (own) => ({ ...code(own), current_mac: 'AA:BB:CC:00:00:07' }),
    own: ok({ estado: 'activo' }),
    foreign: { 'body.username': [ok({ success: false, estado: 'expirado' }), code] },
  },
  'router-check/show': { own: ok({ conexion_ok: true }) },

  'transactions/list': {
    foreign: {
      'query.router_id': ok({ transacciones: [] }),
      'query.producto_id': ok({ transacciones: [] }),
      'query.cursor': ok(),
    },
  },
  'transactions/show': { foreign: { 'path.id': noTransaction } },
  'transactions/refund': { body: () => ({ monto: 1 }), foreign: { 'path.id': noTransaction } },
  'transactions/retry-refund': {
    own: refused(409, 'El reembolso de esta transacción no ha fallado.'),
    foreign: { 'path.id': noTransaction },
  },
  'transactions/deliver': {
    own: refused(409, 'El reembolso de esta transacción no ha fallado.'),
    foreign: { 'path.id': noTransaction },
  },

  'webhooks/receive-mercado-pago': {
    query: ({ ids }) => ({ empresa: ids['empresa_id'], compra: ids['id'], type: 'payment', 'data.id': '77' }),
    headers: signed,
    // Signed with another company's secret is not signed; and no company's webhook speaks of another one's purchase.
    foreign: {
      'query.empresa': [refused(401, 'Firma inválida'), ({ companyId }) => ({ empresa: companyId })],
      'query.compra': [ok({ status: 'received' }), ({ ids }) => ({ compra: ids['id'] })],
    },
  },
  'webhooks/receive-conekta': {
    body: (own) => orderPaid(own),
    foreign: {
      'path.empresa_id': ok({ status: 'received' }),
      'body.data': [ok({ status: 'received' }), orderPaid],
    },
  },
  'webhook-settings/configure': {
    body: () => ({ webhook_secret: 'otro-secreto' }),
    foreign: { 'path.empresa_id': noCompany },
    spoils: true,
  },
  'webhook-settings/show-status': { foreign: { 'path.empresa_id': noCompany } },
  'webhook-settings/show-test': {},
  'webhook-settings/show-transaction': {
    foreign: { 'path.external_reference': refused(404, 'Transaction not found') },
  },
};

/** Conekta's word that a purchase of this company was paid. */
function orderPaid({ ids }: Tenant): Fields {
  return {
    object: 'event',
    type: 'order.paid',
    data: { object: { object: 'order', id: 'ord_unknown', metadata: { purchase_id: String(ids['id']) } } },
  };
}
