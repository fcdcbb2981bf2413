import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../platform/clock.ts';
import type { Kms } from '../platform/kms.ts';
import { JwtVerifier, signJwt } from './kms-jwt.ts';
import { Secret } from './secret.ts';

const HOUR_MS = 3_600_000;
const SESSION_MS = 24 * HOUR_MS;
/** How long an API key is good for unless told otherwise (contract 4.2). */
export const API_KEY_MS = 365 * 24 * HOUR_MS;
export const API_KEY_PREFIX = 'jwt_';

/** A key of ours has about 400 characters. What nobody has verified is not even parsed beyond this. */
const MAX_TOKEN_LENGTH = 4096;

export interface SessionClaims {
  readonly userId: number;
  readonly email: string;
  readonly name: string;
  /** Informative only: the role of the database counts on each call (contract 4.1). */
  readonly role: string;
  readonly companyId: string | null;
  /** The session is over when the user's version has moved on (design 5). */
  readonly tokenVersion: number;
}

export type SessionVerdict =
  | { readonly kind: 'valid'; readonly claims: SessionClaims }
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid' };

export interface ApiKeyClaims {
  readonly keyId: string;
  readonly companyId: string;
  readonly routerId: string;
  /** Milliseconds since 1970, like every time of ours; seconds, perhaps with fractions, in the token. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Each use of a signing key is a capability of its own (platform/capabilities.ts). */
export type TokenUse = 'sessions:sign' | 'sessions:verify' | 'api-keys:sign' | 'api-keys:verify';

interface Options {
  readonly kms: () => Promise<Kms>;
  readonly clock: Clock;
  /** Id, alias or ARN of the KMS key for a use; throws when the function was not granted that use. */
  readonly keyId: (use: TokenUse) => string;
}

const sessionPayload = z.object({
  sub: z.string().regex(/^\d{1,15}$/),
  email: z.string(),
  nombre: z.string(),
  rol: z.string(),
  empresa_id: z.string().nullable(),
  type: z.literal('access_token'),
  ver: z.int(),
  iat: z.number(),
  exp: z.number(),
});

/** These name rows to read before anything is proven, so nothing but an id's characters may stand in them. */
const rowId = z.string().regex(/^[\w-]{1,50}$/);

const apiKeyPayload = z.object({
  jti: rowId,
  iss: z.literal('mikrotik-payment-api'),
  sub: rowId,
  empresa: rowId,
  type: z.literal('router_api_key'),
  iat: z.number(),
  exp: z.number(),
});

/** The two kinds of token (contract 4.1 and 4.2). Each has its own KMS key, so neither passes for the other. */
export class Tokens {
  readonly #kms: () => Promise<Kms>;
  readonly #clock: Clock;
  readonly #keyId: Options['keyId'];
  readonly #verifier: JwtVerifier;

  constructor({ kms, clock, keyId }: Options) {
    this.#kms = kms;
    this.#clock = clock;
    this.#keyId = keyId;
    this.#verifier = new JwtVerifier(kms);
  }

  /** A session of 24 hours from now. */
  async signSession(claims: SessionClaims): Promise<{ readonly token: Secret; readonly expiresAt: number }> {
    const issuedAt = toSeconds(this.#clock.now());
    const expiresAt = issuedAt + toSeconds(SESSION_MS);
    const payload: z.input<typeof sessionPayload> = {
      sub: String(claims.userId),
      email: claims.email,
      nombre: claims.name,
      rol: claims.role,
      empresa_id: claims.companyId,
      type: 'access_token',
      ver: claims.tokenVersion,
      iat: issuedAt,
      exp: expiresAt,
    };
    const token = await signJwt(await this.#kms(), this.#keyId('sessions:sign'), payload);
    return { token: new Secret(token), expiresAt: expiresAt * 1000 };
  }

  async verifySession(token: string): Promise<SessionVerdict> {
    if (token.length > MAX_TOKEN_LENGTH) return { kind: 'invalid' };
    const verdict = await this.#verifier.verify(this.#keyId('sessions:verify'), token, this.#clock.now());
    if (verdict.kind !== 'valid') return verdict;
    const parsed = sessionPayload.safeParse(verdict.payload);
    if (!parsed.success) return { kind: 'invalid' };
    const { sub, email, nombre, rol, empresa_id, ver } = parsed.data;
    return {
      kind: 'valid',
      claims: { userId: Number(sub), email, name: nombre, role: rol, companyId: empresa_id, tokenVersion: ver },
    };
  }

  /** @returns the key as it is shown once: `jwt_` and a JWT */
  async signApiKey(claims: ApiKeyClaims): Promise<Secret> {
    const payload: z.input<typeof apiKeyPayload> = {
      jti: claims.keyId,
      iss: 'mikrotik-payment-api',
      sub: claims.routerId,
      empresa: claims.companyId,
      type: 'router_api_key',
      iat: toSeconds(claims.issuedAt),
      exp: toSeconds(claims.expiresAt),
    };
    const token = await signJwt(await this.#kms(), this.#keyId('api-keys:sign'), payload);
    return new Secret(`${API_KEY_PREFIX}${token}`);
  }

  /** Chooses the refusal text for a key whose hash is unknown; never lets a key in. */
  async judgeApiKeySignature(presented: string): Promise<'valid' | 'expired' | 'invalid'> {
    const token = jwtOf(presented);
    if (token === undefined) return 'invalid';
    const verdict = await this.#verifier.verify(this.#keyId('api-keys:verify'), token, this.#clock.now());
    return verdict.kind;
  }
}

/**
 * What a key says of itself, UNVERIFIED: it tells which rows to read, and the row found under the key's hash is the proof.
 * So keys of the reference service, signed by a secret we do not have, are read too.
 *
 * @returns undefined for anything that is not a key's form
 */
export function readApiKeyClaims(presented: string): ApiKeyClaims | undefined {
  const [, payload, ...rest] = jwtOf(presented)?.split('.') ?? [];
  if (payload === undefined || rest.length !== 1) return undefined;
  const parsed = apiKeyPayload.safeParse(parseJson(Buffer.from(payload, 'base64url').toString('utf8')));
  if (!parsed.success) return undefined;
  const { jti, sub, empresa, iat, exp } = parsed.data;
  return { keyId: jti, companyId: empresa, routerId: sub, issuedAt: toMs(iat), expiresAt: toMs(exp) };
}

/** @returns SHA-256, in hex, of the JWT without its prefix: all that is ever stored of a key (contract 4.2) */
export function apiKeyHash(presented: string): string {
  const token = presented.startsWith(API_KEY_PREFIX) ? presented.slice(API_KEY_PREFIX.length) : presented;
  return createHash('sha256').update(token).digest('hex');
}

function jwtOf(presented: string): string | undefined {
  if (presented.length > MAX_TOKEN_LENGTH || !presented.startsWith(API_KEY_PREFIX)) return undefined;
  return presented.slice(API_KEY_PREFIX.length);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const toSeconds = (ms: number): number => Math.floor(ms / 1000);
const toMs = (seconds: number): number => Math.round(seconds * 1000);
