import type { Stage } from './stage.ts';

export interface StagedRouter {
  readonly companyId: string;
  readonly routerId: string;
  /** The portal's key, as it was shown once. */
  readonly apiKey: string;
  readonly keyId: string;
}

/** A company made through the API. @returns its id */
export async function addCompany(stage: Stage, fields: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const body = { nombre: 'WiFi Café Central', contacto_email: 'ana@wifi.mx', ...fields };
  const answer = await stage.call('POST', '/admin/empresas', { headers: await stage.asSuperAdmin(), body });
  if (answer.status !== 200) throw new Error(`No company: ${answer.status}`);
  return answer.body.id as string;
}

export const routerFields = {
  nombre: 'Principal',
  host: '10.8.0.5',
  usuario: 'api',
  password: 'routers-own-password',
} as const;

/** A router of this company, made through the API. */
export async function addRouter(
  stage: Stage,
  companyId: string,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<StagedRouter> {
  const answer = await stage.call('POST', `/admin/empresas/${companyId}/routers`, {
    headers: await stage.asSuperAdmin(),
    body: { ...routerFields, ...fields },
  });
  if (answer.status !== 200) throw new Error(`No router: ${answer.status}`);
  const { id, api_key, api_key_info } = answer.body;
  return { companyId, routerId: id, apiKey: api_key, keyId: api_key_info.key_id };
}
