import { hashOf } from './payments.ts';
import { Problem } from './problem.ts';

/** Whose request it is. */
export interface Seller {
  /** The access token's hash: the token itself is not kept. */
  readonly owner: string;
  readonly isLive: boolean;
}

/** @throws Problem 401 for anything but a good access token */
export function sellerOf(accessToken: string): Seller {
  const [, prefix] = /^(TEST|APP_USR)-[\w-]+$/.exec(accessToken) ?? [];
  if (prefix === undefined || /[-_](bad|revoked)(?![a-z\d])/i.test(accessToken)) throw Problem.unauthorized();
  return { owner: ownerOf(accessToken), isLive: prefix === 'APP_USR' };
}

export const ownerOf = (accessToken: string): string => hashOf(accessToken);

/** The account's number, the same for ever. */
export const userIdOf = (owner: string): number => Number.parseInt(owner.slice(0, 8), 16);

/** What signs the notifications of a seller's payments. The real one shows it in the seller's panel. */
export const webhookSecretOf = (owner: string): string => hashOf(`webhook-secret ${owner}`);
