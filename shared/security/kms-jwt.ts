import { errors, jwtVerify } from 'jose';
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { Kms } from '../platform/kms.ts';
import { joinedFromDer } from './ecdsa-signature.ts';

export type JwtVerdict =
  | { readonly kind: 'valid'; readonly payload: Readonly<Record<string, unknown>> }
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid' };

const ALGORITHM = 'ES256';
const HEADER = base64url({ alg: ALGORITHM, typ: 'JWT' });

/** @returns a JWT signed by a KMS key: the private half never leaves KMS */
export async function signJwt(kms: Kms, keyId: string, payload: Readonly<Record<string, unknown>>) {
  const signed = `${HEADER}.${base64url(payload)}`;
  const { Signature } = await kms.sign({
    KeyId: keyId,
    Message: createHash('sha256').update(signed).digest(),
    MessageType: 'DIGEST',
    SigningAlgorithm: 'ECDSA_SHA_256',
  });
  if (!Signature) throw new Error('KMS answered Sign without a signature');
  return `${signed}.${joinedFromDer(Signature).toString('base64url')}`;
}

/** Verifies against the public half, which is asked for once per process: a key's public half never changes. */
export class JwtVerifier {
  readonly #kms: () => Promise<Kms>;
  readonly #publicKeys = new Map<string, Promise<KeyObject>>();

  constructor(kms: () => Promise<Kms>) {
    this.#kms = kms;
  }

  /** @param now milliseconds since 1970; `expired` is said only of a token whose signature is right */
  async verify(keyId: string, token: string, now: number): Promise<JwtVerdict> {
    const publicKey = await this.#publicKey(keyId);
    try {
      const { payload } = await jwtVerify(token, publicKey, { algorithms: [ALGORITHM], currentDate: new Date(now) });
      return { kind: 'valid', payload };
    } catch (error) {
      if (error instanceof errors.JWTExpired) return { kind: 'expired' };
      if (error instanceof errors.JOSEError) return { kind: 'invalid' };
      throw error;
    }
  }

  #publicKey(keyId: string): Promise<KeyObject> {
    const known = this.#publicKeys.get(keyId);
    if (known) return known;
    const asked = this.#fetchPublicKey(keyId);
    this.#publicKeys.set(keyId, asked);
    // A failure is not worth keeping: the next call asks again.
    asked.catch(() => this.#publicKeys.delete(keyId));
    return asked;
  }

  async #fetchPublicKey(keyId: string): Promise<KeyObject> {
    const kms = await this.#kms();
    const { PublicKey } = await kms.getPublicKey({ KeyId: keyId });
    if (!PublicKey) throw new Error('KMS answered GetPublicKey without a key');
    return createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
  }
}

function base64url(value: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
