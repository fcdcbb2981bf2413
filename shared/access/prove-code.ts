/** Who holds the code of an access, by our own books: no router is asked, and none has to answer. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { type Clock, pause } from '../platform/clock.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Secret } from '../security/secret.ts';
import type { SecretBox } from '../security/secret-box.ts';
import { type FailureCount, secondsLeft, type Throttle, throttles } from '../security/throttle.ts';
import type { Access, AccessStore } from '../store/accesses.ts';
import type { AccessKind } from '../store/purchases.ts';
import { type AccessCode, openCode } from './code.ts';

export interface PresentedCode {
  readonly companyId: string;
  readonly routerId: string;
  readonly username: string;
  /** null where none was sent: that alone is how a PIN is presented (contract 6.4). */
  readonly password: Secret | null;
}

export interface Holder {
  readonly access: Access;
  readonly userKind: AccessKind;
}

export interface ProofParts {
  readonly accesses: AccessStore;
  readonly accessCodes: SecretBox;
  readonly throttle: Throttle;
  readonly clock: Clock;
}

/** Longer than reading and opening a code takes, so that no answer shows by its haste that there was none to open. */
const WRONG_TAKES_MS = 300;

export const whomCode = ({ companyId, routerId, username }: PresentedCode): string =>
  `${companyId}#${routerId}#${username}`;

/**
 * The access whose code was presented; an access that was paid back has none. Wrong guesses are counted: of one name before
 * they are looked at, as at login, and on one router, where past the limit a name alone proves nothing any more. A right
 * password does then too: others who guess keep nobody who has one from it.
 *
 * @returns undefined for a wrong code
 * @throws Refusal `too-many-attempts`
 */
export async function proveCode(presented: PresentedCode, parts: ProofParts): Promise<Holder | undefined> {
  const { companyId, routerId, username, password } = presented;
  const { accesses, throttle, clock } = parts;
  const startedAt = clock.now();
  const onThisRouter = `${companyId}#${routerId}`;
  const [ofCode, onRouter, access] = await Promise.all([
    throttle.count('guesses-of-code', whomCode(presented)),
    throttle.standing('guesses-on-router', onThisRouter),
    accesses.findByName(companyId, routerId, username),
  ]);
  if (ofCode.failures > throttles['guesses-of-code'].limit) throw tooMany(ofCode, clock);
  const full = onRouter && onRouter.failures >= throttles['guesses-on-router'].limit ? onRouter : undefined;
  if (full && password === null) throw tooMany(full, clock);
  const sold = access && access.grants.length > 0 ? access : undefined;
  const code = sold && (await openCode(parts.accessCodes, companyId, sold.sealedCode));
  if (!sold || !code || !isOf(code, password)) {
    if (!full) await throttle.count('guesses-on-router', onThisRouter);
    await pause(Math.max(0, startedAt + WRONG_TAKES_MS - clock.now()));
    if (full) throw tooMany(full, clock);
    return undefined;
  }
  await throttle.clear('guesses-of-code', whomCode(presented));
  return { access: sold, userKind: password === null ? 'pin' : 'usuario_contrasena' };
}

/** A PIN has an empty password, and an empty one that was sent is not it. */
function isOf(code: AccessCode, presented: Secret | null): boolean {
  const expected = code.password.reveal();
  return isSameText(presented?.reveal() ?? '', expected) && (presented === null) === (expected === '');
}

/** Takes as long for texts that begin alike as for any others. */
export const isSameText = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export const tooMany = (count: FailureCount, clock: Clock): Refusal =>
  new Refusal('too-many-attempts', { retryAfterSeconds: secondsLeft(count, clock.now()) });
