import { type UnknownCause, unknownCauses } from '../gateways/gateway.ts';
import { decimalText } from '../platform/money.ts';
import type { RefusalCode, RefusalDetails } from '../platform/refusal.ts';

interface Answer {
  readonly status: number;
  readonly detail: string | ((details: RefusalDetails) => string);
}

/** Status and Spanish text of every refusal. The texts are the contract's (section in the comment); portals match them. */
export const refusalAnswers: Readonly<Record<RefusalCode, Answer>> = {
  // 4.1
  'not-authenticated': { status: 403, detail: 'Not authenticated' },
  'unsupported-scheme': { status: 403, detail: 'Invalid authentication credentials' },
  'session-invalid': { status: 401, detail: 'Token inválido' },
  'session-expired': { status: 401, detail: 'Token expirado' },
  'user-inactive': { status: 401, detail: 'Usuario no activo' },
  'super-admin-only': { status: 403, detail: 'Se requiere rol SUPER_ADMIN' },
  'company-admin-only': { status: 403, detail: 'Se requiere rol CLIENTE_ADMIN' },
  // 4.2
  'key-malformed': { status: 401, detail: 'Formato de API Key inválido' },
  'key-expired': { status: 401, detail: 'API Key expirada' },
  'key-invalid': { status: 401, detail: 'API Key inválida' },
  'key-revoked': { status: 401, detail: 'API Key no válida o revocada' },
  'keys-differ': { status: 401, detail: 'API Key inválida' },
  'company-inactive': { status: 401, detail: 'Empresa no activa' },
  'router-inactive': { status: 401, detail: 'Router inactivo' },
  // 6.1
  'wrong-credentials': { status: 401, detail: 'Credenciales incorrectas' },
  'user-disabled': { status: 401, detail: 'Usuario inactivo. Contacta al administrador.' },
  'too-many-attempts': { status: 429, detail: 'Demasiados intentos. Espere unos minutos e intente de nuevo.' },
  'wrong-current-password': { status: 400, detail: 'Contraseña actual incorrecta' },
  'weak-password': {
    status: 400,
    detail: 'La contraseña nueva debe tener entre 8 y 128 caracteres y no ser tu email.',
  },
  // 13
  'file-not-found': { status: 404, detail: 'Not Found' },
  'logo-format': { status: 400, detail: 'Formato de imagen no permitido' },
  'logo-too-large': { status: 413, detail: 'La imagen no puede pesar más de 2 MB' },
  'logo-changed-meanwhile': { status: 409, detail: 'El logo cambió mientras se subía. Intente de nuevo.' },
  'notorious-password': { status: 400, detail: 'Esa contraseña es demasiado común. Elige otra.' },
  'password-unchanged': { status: 400, detail: 'La contraseña nueva debe ser distinta de la actual.' },
  'password-change-due': { status: 403, detail: 'Debes cambiar tu contraseña antes de continuar' },
  'own-password': { status: 400, detail: 'Para cambiar tu propia contraseña usa /api/v1/auth/change-password.' },
  // 6.5 - 6.8
  'company-not-found': { status: 404, detail: 'Empresa no encontrada' },
  'company-not-active': { status: 400, detail: 'Empresa inactiva' },
  'telegram-not-configured': { status: 400, detail: 'Faltan credenciales (Token o Chat ID)' },
  'telegram-failed': {
    status: 500,
    detail: 'Error de Telegram. Verifica que el Token sea válido y que hayas iniciado chat con el bot.',
  },
  'company-mismatch': { status: 400, detail: 'empresa_id no coincide con la empresa de la ruta' },
  'user-without-company': { status: 400, detail: 'Usuario sin empresa asociada' },
  'router-not-found': { status: 404, detail: 'Router no encontrado' },
  'router-not-of-company': { status: 404, detail: 'Router no encontrado o no pertenece a la empresa' },
  'router-not-of-your-company': { status: 404, detail: 'Router no encontrado o no pertenece a tu empresa' },
  'router-not-of-this-company': { status: 404, detail: 'Router no encontrado o no pertenece a esta empresa' },
  'router-disabled': { status: 400, detail: 'El router está inactivo. Actívalo primero desde el panel.' },
  'router-has-products': {
    status: 400,
    detail: ({ count }) => `No se puede eliminar el router porque tiene ${count} producto(s) asociado(s)`,
  },
  'router-has-live-access': {
    status: 409,
    detail: ({ count }) => `No se puede eliminar el router porque tiene ${count} acceso(s) vigente(s)`,
  },
  'router-has-open-money': {
    status: 409,
    detail: ({ count }) => `No se puede eliminar el router porque tiene ${count} compra(s) con dinero en movimiento`,
  },
  'router-host-refused': { status: 400, detail: 'El host del router no está permitido.' },
  'router-host-private': {
    status: 400,
    detail:
      'El host del router es una dirección privada, a la que este sistema no llega. Indique la dirección pública o el nombre DNS del router.',
  },
  'router-without-credentials': {
    status: 400,
    detail: 'El router no tiene credenciales configuradas completas (host, usuario, contraseña)',
  },
  'router-edited-meanwhile': {
    status: 409,
    detail: 'El router cambió mientras se editaba. Revise sus datos e intente de nuevo.',
  },
  'worker-address-unknown': {
    status: 409,
    detail:
      'Este sistema no sabe desde qué dirección llega a los routers (WORKER_ADDRESSES). Configúrela antes de imprimir el kit.',
  },
  'tunnel-key-taken': { status: 409, detail: 'Esa clave pública ya es de otro router.' },
  'hub-not-up': {
    status: 409,
    detail: 'El concentrador del túnel WireGuard todavía no arranca. Inténtelo de nuevo en unos minutos.',
  },
  'no-tunnel': { status: 409, detail: 'Este sistema no tiene un túnel WireGuard.' },
  'key-of-inactive-router': { status: 400, detail: 'No se puede regenerar API key de un router inactivo' },
  'api-key-not-found': { status: 404, detail: 'API Key no encontrada' },
  'api-key-already-revoked': { status: 400, detail: 'La API Key ya está revocada' },
  'role-unknown': { status: 400, detail: "Rol inválido. Debe ser 'super_admin' o 'cliente_admin'" },
  'role-needs-company': { status: 400, detail: 'cliente_admin requiere empresa_id' },
  'role-without-company': { status: 400, detail: 'super_admin no debe tener empresa_id' },
  'email-taken': { status: 400, detail: 'El email ya está registrado' },
  'user-not-found': { status: 404, detail: 'Usuario no encontrado' },
  'own-user': { status: 400, detail: 'No puedes desactivar tu propio usuario' },
  'product-not-found': { status: 404, detail: 'Producto no encontrado' },
  'product-not-of-company': { status: 404, detail: 'Producto no encontrado o no pertenece a esta empresa' },
  'product-not-for-sale': { status: 404, detail: 'Producto no encontrado o no disponible' },
  'product-exists': {
    status: 409,
    detail: ({ profile, routerId }) =>
      `Ya existe un producto con el perfil '${profile}' para este router (${routerId})`,
  },
  'plan-clock-without-time': { status: 422, detail: 'reloj requiere duracion_minutos' },
  'plan-devices-differ': {
    status: 422,
    detail: ({ allowed, profile }) =>
      `El perfil '${profile}' permite ${allowed} dispositivo(s) a la vez (shared-users): dispositivos debe ser ${allowed}`,
  },
  'currency-unknown': { status: 422, detail: 'Moneda no válida. Valores permitidos: MXN, USD, EUR' },
  'profiles-unavailable': {
    status: 500,
    detail: ({ cause }) => `Error al obtener perfiles: Error obteniendo perfiles: Error al conectar: ${cause}`,
  },
  // 7.1, 7.2
  'product-unknown': { status: 404, detail: 'Producto no encontrado' },
  'card-token-invalid': { status: 400, detail: 'Token de tarjeta inválido o ya utilizado.' },
  'gateway-not-configured': { status: 400, detail: 'La empresa no tiene configurado Mercado Pago' },
  'conekta-not-configured': { status: 400, detail: 'La empresa no tiene configurado Conekta' },
  // 6.3, #14
  'payment-not-found': { status: 404, detail: 'Pago no encontrado en Mercado Pago' },
  'payment-read-refused': {
    status: 400,
    detail: ({ httpStatus }) => `Error de Mercado Pago: ${readRefusalText(Number(httpStatus))}`,
  },
  'payment-read-unknown': {
    status: 500,
    detail: ({ cause }) => `Error al consultar estado del pago: ${unknownText(cause)}`,
  },
  'amount-differs': {
    status: 400,
    detail: ({ claimedMinor, priceMinor }) =>
      `El monto ($${decimalText(Number(claimedMinor))}) no coincide con el producto ($${decimalText(Number(priceMinor))})`,
  },
  'access-not-extendable': {
    status: 409,
    detail: 'Este código no se puede extender: no existe o su tiempo terminó. No se hizo ningún cargo.',
  },
  'access-full': {
    status: 409,
    detail: 'Este código ya no se puede extender más veces. Compra uno nuevo. No se hizo ningún cargo.',
  },
  'plan-not-stackable': {
    status: 409,
    detail: 'Este plan no se puede sumar a tu código. Elige uno del mismo tipo. No se hizo ningún cargo.',
  },
  'idempotency-key-reused': { status: 409, detail: 'La clave de idempotencia ya se usó con otros datos.' },
  'too-many-declines': {
    status: 429,
    detail: 'Demasiados pagos rechazados. Espere unos minutos e intente de nuevo.',
  },
  'purchase-not-found': { status: 404, detail: 'Compra no encontrada' },
  'transaction-not-found': { status: 404, detail: 'Transacción no encontrada' },
  'erasure-needs-one': { status: 422, detail: 'Indique exactamente uno: email, telefono o mac.' },
  'erasure-not-found': { status: 404, detail: 'Solicitud no encontrada' },
  // Paging, beyond the contract
  'use-cursor': { status: 422, detail: 'Use cursor' },
  'cursor-with-offset': { status: 422, detail: 'cursor y offset no se combinan' },
  'filters-together': {
    status: 422,
    detail: 'Use un solo filtro: estado, router_id, producto_id o pasarela; las fechas se suman a cualquiera.',
  },
  'purchase-not-refundable': { status: 409, detail: 'Solo se puede reembolsar una transacción pagada.' },
  'purchase-already-refunded': { status: 409, detail: 'La transacción ya fue reembolsada.' },
  'refund-above-rest': {
    status: 422,
    detail: ({ leftMinor }) => `El monto excede lo que queda por reembolsar ($${decimalText(Number(leftMinor))}).`,
  },
  'refund-amount-invalid': {
    status: 422,
    detail: 'El monto a reembolsar debe ser mayor que cero y tener como máximo dos decimales.',
  },
  'webhook-secret-missing': { status: 400, detail: 'webhook_secret es requerido' },
  'reference-not-found': { status: 404, detail: 'Transaction not found' },
  'webhook-forged': { status: 401, detail: 'Firma inválida' },
  'refund-not-failed': { status: 409, detail: 'El reembolso de esta transacción no ha fallado.' },
  'purchase-disputed': { status: 409, detail: 'El pago está en disputa con el banco: espere su decisión.' },
};

/** The body every refusal answers with: `{"detail": text}`. */
export function answerTo(code: RefusalCode, details: RefusalDetails): { status: number; body: { detail: string } } {
  const { status, detail } = refusalAnswers[code];
  return { status, body: { detail: typeof detail === 'string' ? detail : detail(details) } };
}

/** Neutral: what a gateway itself says of a refused request may name accounts and keys. */
function readRefusalText(httpStatus: number): string {
  if (httpStatus === 401 || httpStatus === 403) return 'credenciales no válidas.';
  if (httpStatus === 429) return 'demasiadas consultas. Intente de nuevo en un momento.';
  return 'la consulta fue rechazada.';
}

const unknownTexts: Readonly<Record<UnknownCause, string>> = {
  timeout: 'tiempo de espera agotado',
  connection: 'sin conexión con Mercado Pago',
  'server-error': 'Mercado Pago no está disponible',
  'key-refused': 'Mercado Pago no está disponible',
  unreadable: 'respuesta no válida de Mercado Pago',
};

const unknownText = (cause: unknown): string => {
  const known = unknownCauses.find((one) => one === cause);
  return unknownTexts[known ?? 'unreadable'];
};
