import { createHash } from 'node:crypto';
import type { Secret } from '../../security/secret.ts';

const CHALLENGE = /^(?:[0-9a-f]{2})+$/i;

export const isChallenge = (text: string): boolean => CHALLENGE.test(text);

/**
 * The answer of routers before 6.43: MD5 of a zero byte, the password and the challenge, all as bytes (routeros.md 1.3).
 *
 * @param challenge hex digits
 */
export function challengeResponse(password: Secret, challenge: string): string {
  const digest = createHash('md5').update(Buffer.of(0)).update(password.reveal(), 'utf8').update(challenge, 'hex');
  return `00${digest.digest('hex')}`;
}
