import type { Auth } from './contract.ts';

type Json = Readonly<Record<string, unknown>>;

/** The words of the API's description that do not come from its rows (openapi.ts). */
export const info = {
  title: 'Pagos Hotspot',
  version: '2.0.0',
  description:
    'Venta de WiFi con tarjeta en hotspots MikroTik. Los portales usan la API Key de su router; los administradores, el ' +
    'token que da `POST /api/v1/auth/login`. Los importes van en la unidad de la moneda, con dos decimales como máximo. Las ' +
    'fechas sin zona están en UTC. Las respuestas pueden ganar campos: ignore los que no conozca.',
  license: { name: 'Uso reservado', identifier: 'LicenseRef-UNLICENSED' },
};

/** By the first part of a row's id; several may have one name. */
export const tags: Readonly<Record<string, { readonly name: string; readonly description: string }>> = {
  system: { name: 'Servicio', description: 'Estado del servicio y su documentación.' },
  docs: { name: 'Servicio', description: 'Estado del servicio y su documentación.' },
  session: { name: 'Sesión', description: 'Inicio de sesión de los administradores.' },
  companies: { name: 'Empresas', description: 'Alta y consulta de empresas (super administrador).' },
  routers: { name: 'Routers', description: 'Alta y gestión de routers.' },
  'api-keys': { name: 'API Keys', description: 'Llaves con las que los portales llaman a esta API.' },
  users: { name: 'Usuarios', description: 'Usuarios administradores (super administrador).' },
  'my-company': { name: 'Mi empresa', description: 'Datos y credenciales de la empresa propia.' },
  logos: { name: 'Logos', description: 'Logo de la empresa propia, y su entrega a los portales.' },
  dashboards: { name: 'Estadísticas', description: 'Totales de ventas e ingresos.' },
  audit: { name: 'Auditoría', description: 'Lo que el personal hizo.' },
  'personal-data': { name: 'Datos personales', description: 'Eliminación de los datos de un comprador.' },
  'router-check': { name: 'Portal', description: 'Lo que un portal necesita para vender.' },
  comparison: { name: 'Conciliación', description: 'Comparación diaria con las pasarelas.' },
  settings: { name: 'Ajustes', description: 'Ajustes y avisos de la empresa propia.' },
  products: { name: 'Planes', description: 'Planes de WiFi de la empresa propia.' },
  'public-config': { name: 'Portal', description: 'Lo que un portal necesita para vender.' },
  catalogue: { name: 'Portal', description: 'Lo que un portal necesita para vender.' },
  'router-tools': { name: 'Herramientas de router', description: 'Consultas y acciones sobre un router.' },
  payments: { name: 'Pagos', description: 'Compra de un plan y consulta de pagos.' },
  purchases: { name: 'Pagos', description: 'Compra de un plan y consulta de pagos.' },
  'hotspot-users': { name: 'Códigos de acceso', description: 'Consulta de un código por quien lo tiene.' },
  transactions: { name: 'Transacciones', description: 'Ventas de la empresa propia y sus reembolsos.' },
  webhooks: { name: 'Webhooks', description: 'Notificaciones de las pasarelas y su configuración.' },
  'webhook-settings': { name: 'Webhooks', description: 'Notificaciones de las pasarelas y su configuración.' },
};

export const securitySchemes = {
  sesion: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'Token de sesión de un administrador, de `POST /api/v1/auth/login`.',
  },
  claveApi: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'API Key del router: `jwt_…`.' },
  claveApiBearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'La misma API Key del router, como `Authorization: Bearer jwt_…`.',
  },
};

const session = [{ sesion: [] }];
export const securityOf: Readonly<Record<Auth, readonly Json[]>> = {
  none: [],
  'api-key': [{ claveApi: [] }, { claveApiBearer: [] }],
  session,
  'company-admin': session,
  'super-admin': session,
};

export const callers: Readonly<Record<Auth, string>> = {
  none: 'Pública.',
  'api-key': 'Para portales, con la API Key de su router.',
  session: 'Para cualquier administrador.',
  'company-admin': 'Para el administrador de una empresa (`cliente_admin`).',
  'super-admin': 'Para el super administrador (`super_admin`).',
};

const detail = (description: string, example: string) => ({
  description,
  content: { 'application/json': { schema: refusalSchema(), example: { detail: example } } },
});

export function refusalSchema(status?: number): Json {
  return { $ref: `#/components/schemas/${status === 422 ? 'NoValido' : 'Rechazo'}` };
}

export const schemas = {
  Rechazo: {
    type: 'object',
    description: 'Por qué no se atendió la solicitud.',
    properties: { detail: { type: 'string' } },
    required: ['detail'],
  },
  NoValido: {
    type: 'object',
    description: 'Qué campos no son válidos, o el motivo en un texto. Nunca repite lo enviado.',
    properties: {
      detail: {
        anyOf: [
          { type: 'string' },
          {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                type: { type: 'string' },
                loc: { type: 'array', items: { type: ['string', 'integer'] } },
                msg: { type: 'string' },
              },
              required: ['type', 'loc', 'msg'],
            },
          },
        ],
      },
    },
    required: ['detail'],
  },
};

interface Answer extends Json {
  readonly description: string;
}

export const refusals: Readonly<Record<number, Answer>> = {
  400: detail('La solicitud no se puede cumplir así.', 'Empresa inactiva'),
  401: detail('La credencial no es válida, venció o fue revocada.', 'Token inválido'),
  403: detail('Falta la credencial, o no alcanza para esto.', 'Not authenticated'),
  404: detail('No existe, o no es de quien pregunta.', 'Router no encontrado'),
  409: detail('Contradice el estado actual.', 'La transacción ya fue reembolsada.'),
  413: detail('Lo enviado es demasiado grande.', 'La imagen no puede pesar más de 2 MB'),
  422: {
    description: 'Algún dato no es válido.',
    content: {
      'application/json': {
        schema: refusalSchema(422),
        example: { detail: [{ type: 'missing', loc: ['body', 'producto_id'], msg: 'Field required' }] },
      },
    },
  },
  429: {
    description: 'Demasiadas solicitudes. La cabecera `Retry-After`, si está, dice cuántos segundos esperar.',
    content: {
      'application/json': {
        // API Gateway throttles in words of its own.
        schema: {
          anyOf: [
            refusalSchema(),
            { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] },
          ],
        },
        example: { detail: 'Demasiados intentos. Espere unos minutos e intente de nuevo.' },
      },
    },
  },
  500: {
    description: 'Falla inesperada, o un tercero que no responde. La cabecera `X-Correlation-Id` la identifica.',
    content: {
      'text/plain': { schema: { type: 'string', const: 'Internal Server Error' } },
      'application/json': {
        schema: refusalSchema(),
        example: { detail: 'Error al obtener perfiles: el router no responde' },
      },
    },
  },
};
