import { randomUUID } from 'node:crypto';
import type { Sandbox } from '#shared/local/sandbox.ts';
import { SUPER_ADMIN } from '#shared/local/sandbox.ts';
import { capabilities, type Capability } from '#shared/platform/capabilities.ts';
import { Secret } from '#shared/security/secret.ts';
import { openServices } from '#shared/services.ts';
import type { User } from '#shared/store/users.ts';
import { ensureSuperAdmin } from '#shared/tenants/user.ts';
import { connectMercadoPago, openShop, type Place } from '../stage/market.ts';
import { addCompanyAdmin, type Answer, type CallOptions, type Headers } from '../stage/stage.ts';

/** A sandbox as a place where examples are played: every call goes over HTTP. */
export function placeIn({ stack, router, conekta, mercadoPago }: Sandbox): Place {
  if (!conekta || !mercadoPago) throw new Error('Examples are played with both simulated gateways');
  const services = openServices(Object.keys(capabilities) as Capability[]);
  const asUser = async (user: User): Promise<Headers> => {
    const { token } = await services.tokens.signSession({ ...user, userId: user.id });
    return { authorization: `Bearer ${token.reveal()}` };
  };
  const superAdmin = { email: SUPER_ADMIN.email, password: new Secret(SUPER_ADMIN.password), name: '' };
  const counter = {
    call: (method: string, path: string, options?: CallOptions) => callOver(stack.api, method, path, options),
    asUser,
    asSuperAdmin: async () => asUser(await ensureSuperAdmin(services, superAdmin)),
    asCompanyAdmin: async (companyId: string) => asUser(await addCompanyAdmin(services, companyId)),
  };
  return {
    ...counter,
    services,
    router,
    conekta,
    openShop: (conektaKey) => openShop(counter, stack.router, conektaKey),
    connectMercadoPago: async (accessToken = `TEST-${randomUUID()}`, of) => {
      if (!of) throw new Error('A sandbox has no shop of its own');
      await connectMercadoPago(counter, of, accessToken, mercadoPago.webhookSecretOf(accessToken));
      return accessToken;
    },
  };
}

/** As `Stage.call`, over HTTP. */
export async function callOver(api: string, method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const { headers = {}, body } = options;
  const response = await fetch(api + path, {
    method,
    redirect: 'manual',
    headers: sentHeaders(headers, body),
    ...sent(body),
  });
  const type = response.headers.get('content-type') ?? '';
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: type.startsWith('application/json') ? JSON.parse(bytes.toString('utf8')) : bytes,
  };
}

const sentHeaders = (headers: Headers, body: unknown): Headers =>
  body === undefined || body instanceof Uint8Array ? headers : { 'content-type': 'application/json', ...headers };

function sent(body: unknown): { readonly body?: string | Uint8Array<ArrayBuffer> } {
  if (body === undefined) return {};
  if (body instanceof Uint8Array) return { body: Uint8Array.from(body) };
  return { body: typeof body === 'string' ? body : JSON.stringify(body) };
}
