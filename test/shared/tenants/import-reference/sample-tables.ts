/** Tables of the reference as `json_agg` writes them, with one row each. Every value is invented. */
export const HASH = 'ab'.repeat(32);
/** Of `contraseña vieja`, by libxcrypt. */
export const BCRYPT = '$2b$04$abcdefghijklmnopqrstuugEiraAH4ZyCH6Cf5NlfmElv2oTPdw0K';

export const company = {
  id: 'EMP_3A9F1C0B2D',
  nombre: 'WiFi Café Central',
  contacto_email: 'ana@wifi.mx',
  contacto_telefono: null,
  logo_url: null,
  conekta_private_key: 'key_private_of_the_reference',
  conekta_public_key: 'key_public',
  conekta_mode: 'live',
  mercado_pago_access_token: 'APP_USR-in-clear-text',
  mercado_pago_public_key: 'APP_USR-public',
  mercado_pago_mode: 'live',
  mercado_pago_webhook_secret: 'webhook-secret-in-clear',
  telegram_bot_token: '123:bot-token-in-clear',
  telegram_chat_id: '-100',
  notificaciones_telegram: true,
  activa: true,
  creada_en: '2026-01-15T10:00:00.123456',
};
export const router = {
  id: 'RTR_A1B2C3D4',
  empresa_id: company.id,
  nombre: 'Principal',
  host: '10.8.0.5',
  puerto: 8728,
  usuario: 'api',
  password_encrypted: 'router-password-in-clear',
  ubicacion: 'Planta baja',
  api_key_hash: HASH,
  activo: true,
  creado_en: '2026-01-15T10:00:00',
};
export const product = {
  id: 41,
  empresa_id: company.id,
  router_id: router.id,
  perfil_mikrotik_id: '*3',
  perfil_mikrotik_nombre: '1hora',
  nombre_venta: '1 hora',
  descripcion: null,
  imagen_url: null,
  precio: 19.99,
  moneda: 'MXN',
  detalles: [{ texto: '10 Mbps', color: 'rojo' }],
  activo: true,
  orden_visual: 2,
  destacado: true,
  creado_en: '2026-01-15T10:00:00',
};
export const user = {
  id: 12,
  rol: 'cliente_admin',
  empresa_id: company.id,
  email: 'Ana@wifi.mx',
  password_hash: BCRYPT,
  nombre: 'Ana Ruiz',
  activo: true,
  ultimo_login: '2026-04-01T08:00:00+00:00',
  creado_en: '2026-01-15T10:00:00',
};
export const apiKey = {
  key_id: 'key_0123456789abcdef',
  empresa_id: company.id,
  router_id: router.id,
  key_hash: HASH,
  issued_at: '2026-01-15T10:00:00',
  expires_at: '2027-01-15T10:00:00',
  revoked: false,
  last_used: null,
  use_count: 7,
};

type Rows = readonly object[] | null;

export interface Tables {
  readonly empresas: Rows;
  readonly routers: Rows;
  readonly productos: Rows;
  readonly usuarios: Rows;
  readonly api_keys_tracking: Rows;
}

export const tables = (changes: Partial<Tables> = {}): string =>
  JSON.stringify({
    empresas: [company],
    routers: [router],
    productos: [product],
    usuarios: [user],
    api_keys_tracking: [apiKey],
    ...changes,
  });
