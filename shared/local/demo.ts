import * as z from 'zod';
import type { MercadoPagoSimulator } from './mercado-pago/simulator.ts';

export interface Login {
  readonly email: string;
  readonly password: string;
}

export interface RouterLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export interface Demo {
  readonly empresaId: string;
  readonly routerId: string;
  readonly apiKey: string;
  readonly productoId: number;
  readonly clienteAdmin: Login;
}

export interface FarEnds {
  readonly router: RouterLogin;
  /** Undefined when the person named another Mercado Pago: then its keys are theirs to set. */
  readonly mercadoPago: Pick<MercadoPagoSimulator, 'webhookSecretOf'> | undefined;
}

const CONTACT = 'contacto@cafe-demo.example';
const CLIENT_ADMIN: Login = { email: 'admin@cafe-demo.example', password: 'sandbox-cliente-admin' };
/** Any `key_...` is a Conekta account of its own to the simulator. */
const CONEKTA_KEYS = { conekta_private_key: 'key_demo_private', conekta_public_key: 'key_demo_public' };
/** Any `TEST-...` is a seller of its own to the other simulator. */
const MERCADO_PAGO_TOKEN = 'TEST-demo-private';
const MERCADO_PAGO_PUBLIC_KEY = 'TEST-demo-public';
const PLACEHOLDERS = { conekta_private_key: 'key_test_default', conekta_public_key: 'key_test_default_pub' };

/** Why there is no demo, as a sentence for the person at the terminal. The sandbox works without it. */
export class DemoError extends Error {
  override name = 'DemoError';
}

/**
 * Onboards a company the way an operator does, step by step through the API (onboarding.md), and finds it again the same
 * way: each step first looks whether it was done. So a start that was killed half way is completed by the next one, and
 * nothing but the API has to be remembered. The portal key is minted anew at each start, since a key can only be seen once.
 *
 * @throws DemoError when a step is refused, for instance because a person has changed a demo password
 */
export async function ensureDemo(url: string, superAdmin: Login, far: FarEnds): Promise<Demo> {
  const system = new Caller(url, bearer(await logIn(url, superAdmin)));
  const empresaId = await ensureCompany(system);
  const { routerId, apiKey } = await ensureRouter(system, empresaId, far.router);

  const portal = new Caller(url, { 'x-api-key': apiKey });
  const client = once(async () => new Caller(url, bearer(await logIn(url, CLIENT_ADMIN))));
  await ensureConektaKeys(portal, client);
  if (far.mercadoPago) await ensureMercadoPagoKeys(portal, client, far.mercadoPago);
  const productoId = await ensureProduct(portal, client, routerId);
  return { empresaId, routerId, apiKey, productoId, clienteAdmin: CLIENT_ADMIN };
}

async function logIn(url: string, login: Login): Promise<string> {
  const answer = await new Caller(url, {}).post('/api/v1/auth/login', login, z.object({ access_token: z.string() }));
  return answer.access_token;
}

/** Found by its admin user, whose e-mail nobody else can have: its name and contact are the operator's to change. */
async function ensureCompany(system: Caller): Promise<string> {
  const users = await system.get(
    '/admin/usuarios?rol=cliente_admin',
    z.array(z.object({ email: z.string(), empresa_id: z.string() })),
  );
  const known = users.find(({ email }) => email === CLIENT_ADMIN.email);
  if (known) return known.empresa_id;
  const companies = await system.get(
    '/admin/empresas',
    z.array(z.object({ id: z.string(), contacto_email: z.string() })),
  );
  // A start that was killed after this step left a company without an admin.
  const begun = companies.find(({ contacto_email }) => contacto_email === CONTACT);
  const company = { nombre: 'WiFi Café Demo', contacto_email: CONTACT, conekta_mode: 'test', ...PLACEHOLDERS };
  const { id } = begun ?? (await system.post('/admin/empresas', company, z.object({ id: z.string() })));
  const user = { ...CLIENT_ADMIN, nombre: 'Ana Demo', rol: 'cliente_admin', empresa_id: id };
  await system.post('/admin/usuarios', user, z.unknown());
  return id;
}

async function ensureRouter(system: Caller, empresaId: string, router: RouterLogin) {
  const { host, port: puerto, user: usuario, password } = router;
  const path = `/admin/empresas/${empresaId}/routers`;
  const routers = await system.get(
    path,
    z.array(z.object({ id: z.string(), host: z.string(), puerto: z.number(), activo: z.boolean() })),
  );
  // A simulator that has moved to another port is another router to the API.
  const found = routers.find((one) => one.host === host && one.puerto === puerto && one.activo);
  if (found) {
    const newKey = z.object({ new_api_key: z.string() });
    const { new_api_key } = await system.post(`${path}/${found.id}/regenerate-api-key`, undefined, newKey);
    return { routerId: found.id, apiKey: new_api_key };
  }
  const made = await system.post(
    path,
    { empresa_id: empresaId, nombre: 'Router simulado', host, puerto, usuario, password, ubicacion: 'Sandbox' },
    z.object({ id: z.string(), api_key: z.string() }),
  );
  return { routerId: made.id, apiKey: made.api_key };
}

async function ensureConektaKeys(portal: Caller, client: () => Promise<Caller>): Promise<void> {
  const config = z.object({ empresa: z.object({ conekta_public_key: z.string().nullable() }) });
  const { empresa } = await portal.get('/api/v1/config/public', config);
  if (empresa.conekta_public_key !== PLACEHOLDERS.conekta_public_key) return;
  const admin = await client();
  await admin.post('/api/v1/admin/mi-empresa/configurar-conekta', CONEKTA_KEYS, z.unknown());
}

async function ensureMercadoPagoKeys(
  portal: Caller,
  client: () => Promise<Caller>,
  { webhookSecretOf }: Pick<MercadoPagoSimulator, 'webhookSecretOf'>,
): Promise<void> {
  const config = z.object({ empresa: z.object({ mercadopago_public_key: z.string().nullable() }) });
  const { empresa } = await portal.get('/api/v1/config/public', config);
  if (empresa.mercadopago_public_key !== null) return;
  const keys = {
    access_token: MERCADO_PAGO_TOKEN,
    public_key: MERCADO_PAGO_PUBLIC_KEY,
    webhook_secret: webhookSecretOf(MERCADO_PAGO_TOKEN),
  };
  await (await client()).post('/api/v1/payments/configurar-credenciales', keys, z.unknown());
}

async function ensureProduct(portal: Caller, client: () => Promise<Caller>, routerId: string): Promise<number> {
  const [onSale] = await portal.get('/api/v1/catalogo_perfiles_venta', z.array(z.object({ id: z.number() })));
  if (onSale) return onSale.id;
  const admin = await client();
  const profiles = await admin.get(
    `/api/v1/admin/routers/${routerId}/mikrotik-profiles`,
    z.array(z.object({ id: z.string(), name: z.string() })),
  );
  const profile = profiles.find(({ name }) => name === '1hora') ?? profiles[0];
  if (!profile) throw new DemoError('The demo could not be made: the simulated router has no profile.');
  const product = {
    router_id: routerId,
    perfil_mikrotik_id: profile.id,
    perfil_mikrotik_nombre: profile.name,
    nombre_venta: '1 hora de WiFi',
    precio: 15,
    detalles: [{ texto: '10 Mbps' }],
  };
  const { id } = await admin.post('/api/v1/admin/products', product, z.object({ id: z.number() }));
  // A person watches: what became of the router shows within a minute.
  await admin.put(`/api/v1/admin/routers/${routerId}/salud`, { latido_minutos: 1 }, z.unknown());
  return id;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** The API as one caller sees it. */
class Caller {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.#url = url;
    this.#headers = headers;
  }

  get<T>(path: string, answer: z.ZodType<T>): Promise<T> {
    return this.#call('GET', path, undefined, answer);
  }

  post<T>(path: string, body: object | undefined, answer: z.ZodType<T>): Promise<T> {
    return this.#call('POST', path, body, answer);
  }

  put<T>(path: string, body: object, answer: z.ZodType<T>): Promise<T> {
    return this.#call('PUT', path, body, answer);
  }

  async #call<T>(method: string, path: string, body: object | undefined, answer: z.ZodType<T>): Promise<T> {
    const response = await fetch(new URL(path, this.#url), {
      method,
      headers: { ...this.#headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const parsed = response.ok ? answer.safeParse(await response.json()) : undefined;
    if (parsed?.success) return parsed.data;
    const [step = path] = path.split('?');
    throw new DemoError(`The demo could not be made: ${method} ${step} answered ${response.status}.`);
  }
}
