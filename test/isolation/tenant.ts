import { randomUUID } from 'node:crypto';
import { type Market, newMercadoPagoToken, newToken, routerLogin } from '../stage/market.ts';
import type { Answer, Headers } from '../stage/stage.ts';
import { addCompany, addRouter, type StagedRouter } from '../stage/tenants.ts';

/** Everything a company has that a stranger might name, under the name by which the wire asks for it. */
export type Ids = Readonly<Record<string, string | number>>;

export interface Tenant {
  readonly companyId: string;
  readonly userId: number;
  readonly router: StagedRouter;
  readonly portal: Headers;
  readonly admin: Headers;
  readonly email: string;
  readonly ids: Ids;
  /** Of its purchases. */
  readonly idempotencyKeys: { readonly conekta: string; readonly mercadoPago: string };
  readonly webhookSecret: string;
  readonly customerEmail: string;
  /** Texts that only this company may ever be shown: its names, its ids, its codes, its keys. */
  readonly planted: readonly string[];
}

export const PASSWORD = 'clave-de-la-empresa';

export const asPortal = (apiKey: string): Headers => ({ 'x-api-key': apiKey });
export const asBearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

/**
 * A company with one of everything: a router that sells a plan, staff, keys for both gateways, a purchase at each, a request
 * to be forgotten. Made through the API, as an operator would.
 *
 * @param mark stands in every text that a person entered
 */
export async function openTenant(market: Market, mark: string): Promise<Tenant> {
  const root = await market.asSuperAdmin();
  const call = async (method: string, path: string, headers: Headers, body?: unknown): Promise<Answer> => {
    const answer = await market.call(method, path, { headers, body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  const conektaKey = `key_${mark}_${randomUUID()}`;
  const companyId = await addCompany(market, {
    nombre: `WiFi ${mark}`,
    contacto_email: `${mark}@wifi.mx`,
    conekta_private_key: conektaKey,
    conekta_public_key: `key_pub_${mark}`,
  });
  const router = await addRouter(market, companyId, {
    nombre: `Router ${mark}`,
    host: '127.0.0.1',
    puerto: market.router.port,
    usuario: routerLogin.user,
    password: routerLogin.password,
    ubicacion: `Patio de ${mark}`,
  });
  const email = `${mark}-${randomUUID()}@wifi.mx`;
  const user = await call('POST', '/admin/usuarios', root, {
    email,
    password: PASSWORD,
    nombre: `Ana ${mark}`,
    rol: 'cliente_admin',
    empresa_id: companyId,
  });
  const userId: number = user.body.usuario.id;
  const admin = await adminOf(market, userId);
  const accessToken = `TEST-${mark}-${randomUUID()}`;
  const webhookSecret = market.mercadoPago.webhookSecretOf(accessToken);
  await call('POST', '/api/v1/payments/configurar-credenciales', admin, {
    access_token: accessToken,
    webhook_secret: webhookSecret,
    public_key: `TEST-public-${mark}`,
  });
  const product = await call('POST', '/api/v1/admin/products', admin, {
    router_id: router.routerId,
    perfil_mikrotik_id: '*2',
    perfil_mikrotik_nombre: '1hora',
    nombre_venta: `Pase ${mark}`,
    descripcion: `Solo en ${mark}`,
    precio: 15,
  });
  const portal = asPortal(router.apiKey);
  const idempotencyKeys = { conekta: randomUUID(), mercadoPago: randomUUID() };
  const customerEmail = `luis-${mark}-${randomUUID()}@correo.mx`;
  const order = { producto_id: product.body.id, nombre_cliente: `Luis ${mark}`, email_cliente: customerEmail };
  const sold = (
    await market.buy({ ...order, token_tarjeta: newToken() }, { ...portal, 'idempotency-key': idempotencyKeys.conekta })
  ).body;
  const soldElsewhere = (
    await market.buyWithMercadoPago(
      { ...order, token: newMercadoPagoToken(), email_cliente: `mp-${customerEmail}` },
      { ...portal, 'idempotency-key': idempotencyKeys.mercadoPago },
    )
  ).body;
  const forget = await call('POST', '/api/v1/admin/mi-empresa/datos-personales/eliminar', admin, {
    email: `nadie-${mark}@correo.mx`,
  });
  const { usuario, contrasena } = sold.usuario_hotspot;
  const t = new URL(sold.consulta_url, 'http://any').searchParams.get('t') ?? '';
  const trail = await call('GET', '/api/v1/admin/mi-empresa/auditoria?limit=1', admin);
  const ids = {
    empresa_id: companyId,
    router_id: router.routerId,
    key_id: router.keyId,
    usuario_id: userId,
    producto_id: product.body.id,
    id: sold.id_compra,
    id_compra: sold.id_compra,
    external_reference: `HS${sold.id_compra}`,
    payment_id: soldElsewhere.mercado_pago.payment_id,
    solicitud_id: forget.body.solicitud_id,
    codigo: usuario,
    username: usuario,
    password: contrasena,
    t,
    cursor: sold.id_compra,
    place_in_trail: trail.body.siguiente,
    // Nobody's: what is public has no company to keep apart.
    asset: 'swagger-ui.css',
    file: `logo_${companyId}_a1b2c3.png`,
  };
  return {
    companyId,
    userId,
    router,
    portal,
    admin,
    email,
    ids,
    idempotencyKeys,
    webhookSecret,
    customerEmail,
    planted: [
      mark,
      companyId,
      router.routerId,
      router.keyId,
      router.apiKey,
      String(sold.id_compra),
      usuario,
      `"${contrasena}"`,
      t,
    ],
  };
}

/** Signed now. */
export async function adminOf(market: Market, userId: number): Promise<Headers> {
  const user = await market.services.users.find(userId);
  if (!user) throw new Error(`There is no user ${userId}`);
  return market.asUser(user);
}
