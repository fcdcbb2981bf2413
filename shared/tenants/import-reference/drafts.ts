/** Rows of the reference as entities of ours, still in clear. What cannot be one of ours is refused with a reason. */
import { currencies, minorFromDecimal } from '../../platform/money.ts';
import { type AddressPolicy, judgeHost } from '../../security/address-policy.ts';
import { isFernet, openFernet } from '../../security/fernet.ts';
import { isImportedHash } from '../../security/passwords.ts';
import { Secret } from '../../security/secret.ts';
import type { ApiKey } from '../../store/api-keys.ts';
import type { Company, GatewayMode } from '../../store/companies.ts';
import type { Product } from '../../store/products.ts';
import { noKitYet, type Router } from '../../store/routers.ts';
import { isStorable } from '../../store/storable.ts';
import { NOTHING_SOLD } from '../../store/time-sold.ts';
import { roles, type User } from '../../store/users.ts';
import { placeholderKeys } from '../company.ts';
import type { RowOf } from './reference-file.ts';

export interface Circumstances {
  readonly addressPolicy: AddressPolicy;
  /** Of the reference's Mercado Pago credentials, where the operator gave it. */
  readonly fernetKey: Secret | null;
  readonly now: number;
}

/** `notes`: what the operator has to see to, though the row is brought. */
export type Judgement<Draft> =
  { readonly draft: Draft; readonly notes: readonly string[] } | { readonly refused: string };

type Settled<Gateway extends 'conekta' | 'mercadoPago'> = Omit<
  Company[Gateway],
  'sealedPrivateKey' | 'sealedAccessToken' | 'sealedWebhookSecret'
>;

/** A company whose secrets are not sealed yet. */
export type CompanyDraft = Omit<Company, 'conekta' | 'mercadoPago' | 'telegram'> & {
  readonly conekta: Settled<'conekta'> & { readonly privateKey: Secret };
  readonly mercadoPago: Settled<'mercadoPago'> & {
    readonly accessToken: Secret | null;
    readonly webhookSecret: Secret | null;
  };
  readonly telegram: { readonly botToken: Secret | null; readonly chatId: string | null; readonly enabled: boolean };
};

export function companyFrom(row: RowOf<'empresas'>, { fernetKey, now }: Circumstances): Judgement<CompanyDraft> {
  const token = decrypted(row.mercado_pago_access_token, fernetKey);
  const webhookSecret = decrypted(row.mercado_pago_webhook_secret, fernetKey);
  const accessToken = token === 'unreadable' ? null : token;
  const draft: CompanyDraft = {
    id: row.id,
    name: row.nombre,
    contactEmail: row.contacto_email,
    contactPhone: row.contacto_telefono,
    logoUrl: null,
    colour: null,
    supportContact: null,
    active: row.activa ?? true,
    createdAt: row.creada_en ?? now,
    conekta: {
      version: 1,
      privateKey: filled(row.conekta_private_key) ?? new Secret(placeholderKeys.private),
      publicKey: row.conekta_public_key || placeholderKeys.public,
      mode: modeFrom(row.conekta_mode),
      reportedLive: null,
      webhook: null,
      webhookProblem: null,
    },
    mercadoPago: {
      version: accessToken === null ? 0 : 1,
      accessToken,
      webhookSecret: accessToken === null || webhookSecret === 'unreadable' ? null : webhookSecret,
      // Alone it would have portals offer what cannot be paid.
      publicKey: accessToken === null ? null : row.mercado_pago_public_key || null,
      mode: modeFrom(row.mercado_pago_mode),
      reportedLive: null,
    },
    telegram: {
      botToken: filled(row.telegram_bot_token),
      chatId: row.telegram_chat_id || null,
      enabled: row.notificaciones_telegram ?? false,
    },
  };
  const notes = [
    ...(token === 'unreadable' ? [unreadable('its Mercado Pago credentials', fernetKey)] : []),
    ...(token !== 'unreadable' && webhookSecret === 'unreadable'
      ? [unreadable('its Mercado Pago webhook secret', fernetKey)]
      : []),
    ...(row.logo_url ? ['its logo stays behind: upload it again'] : []),
  ];
  return { draft, notes };
}

/** A router whose password is not sealed yet, and the hash the reference has as that of its key. */
export type RouterDraft = Omit<Router, 'sealedPassword' | 'activeKey'> & {
  readonly password: Secret | null;
  readonly keyHash: string | null;
};

/**
 * A host that may not be dialled is kept, so that its products and keys find their router; but the router is switched off,
 * and its own host has to be entered before it is switched on.
 */
export function routerFrom(row: RowOf<'routers'>, { addressPolicy, now }: Circumstances): Judgement<RouterDraft> {
  const isAllowed = judgeHost(row.host, addressPolicy) === 'ok';
  const draft: RouterDraft = {
    id: row.id,
    companyId: row.empresa_id,
    name: row.nombre,
    host: row.host,
    port: row.puerto ?? 8728,
    username: row.usuario,
    password: row.password_encrypted,
    tunnelAddress: null,
    certFingerprint: null,
    certChangedAt: null,
    location: row.ubicacion,
    active: isAllowed && (row.activo ?? true),
    createdAt: row.creado_en ?? now,
    removedAt: null,
    ...noKitYet,
    keyHash: row.api_key_hash?.toLowerCase() ?? null,
  };
  return { draft, notes: isAllowed ? [] : ['its host is not allowed here: it is switched off until it has another'] };
}

export function productFrom(row: RowOf<'productos'>, { now }: Pick<Circumstances, 'now'>): Judgement<Product> {
  const priceMinor = minorFromDecimal(row.precio);
  if (priceMinor === undefined || priceMinor === 0) return { refused: 'its price is not above zero with two decimals' };
  const currency = currencies.find((known) => known === (row.moneda ?? 'MXN'));
  if (!currency) return { refused: 'its currency is none of MXN, USD, EUR' };
  const stored = row.detalles ?? [];
  const details: unknown[] = Array.isArray(stored) ? stored : [stored];
  if (!isStorable(details, MAX_DEPTH)) return { refused: 'its detalles cannot be stored' };
  const draft: Product = {
    id: row.id,
    companyId: row.empresa_id,
    routerId: row.router_id,
    profileId: row.perfil_mikrotik_id,
    profileName: row.perfil_mikrotik_nombre,
    saleName: row.nombre_venta,
    description: row.descripcion,
    imageUrl: row.imagen_url,
    priceMinor,
    currency,
    details,
    timeSold: NOTHING_SOLD,
    active: row.activo ?? true,
    order: row.orden_visual ?? 0,
    featured: row.destacado ?? false,
    createdAt: row.creado_en ?? now,
  };
  return { draft, notes: [] };
}

const MAX_DEPTH = 20;
/** The least that a login takes; the reference takes anything here. */
const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export function userFrom(row: RowOf<'usuarios'>, { now }: Pick<Circumstances, 'now'>): Judgement<User> {
  const role = roles.find((known) => known === row.rol);
  if (!role) return { refused: 'its rol is none of super_admin, cliente_admin' };
  if ((role === 'cliente_admin') !== (row.empresa_id !== null))
    return { refused: 'its rol and empresa_id do not agree' };
  if (!ADDRESS.test(row.email)) return { refused: 'its e-mail is no address: nobody could log in with it' };
  if (!isImportedHash(row.password_hash)) return { refused: 'its password_hash is not bcrypt of a cost from 4 to 14' };
  const draft: User = {
    id: row.id,
    email: row.email,
    passwordHash: row.password_hash,
    name: row.nombre,
    role,
    companyId: row.empresa_id,
    active: row.activo ?? true,
    tokenVersion: 0,
    mustChangePassword: false,
    createdAt: row.creado_en ?? now,
    lastLoginAt: row.ultimo_login,
  };
  return { draft, notes: [] };
}

/** The reference does not know when a key was revoked: it was by now. */
export const apiKeyFrom = (row: RowOf<'api_keys_tracking'>, { now }: Pick<Circumstances, 'now'>): ApiKey => ({
  id: row.key_id,
  hash: row.key_hash.toLowerCase(),
  companyId: row.empresa_id,
  routerId: row.router_id,
  issuedAt: row.issued_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked === true ? now : null,
  lastUsedAt: row.last_used,
  useCount: row.use_count ?? 0,
});

/** Free text in the reference, and a label only (contract 5). */
const modeFrom = (text: string | null): GatewayMode =>
  /^(?:live|prod|production|produccion|producción)$/i.test(text?.trim() ?? '') ? 'live' : 'test';

const filled = (secret: Secret | null): Secret | null =>
  secret === null || secret.reveal().trim() === '' ? null : secret;

function decrypted(stored: Secret | null, fernetKey: Secret | null): Secret | null | 'unreadable' {
  const secret = filled(stored);
  if (secret === null || !isFernet(secret.reveal())) return secret;
  return (fernetKey && openFernet(fernetKey, secret.reveal())) ?? 'unreadable';
}

const unreadable = (what: string, fernetKey: Secret | null): string =>
  fernetKey === null
    ? `${what} cannot be opened: give the key with --fernet-key-file, or enter what is missing again`
    : `${what} cannot be opened with the key given: enter what is missing again`;
