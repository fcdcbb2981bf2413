import { type RefusedReason, RouterFault } from '../client.ts';

/**
 * Texts of traps, by what they mean to us. Wording and prefix differ between versions, so a part of the text decides, in
 * any case, and the first match wins (routeros.md 4.2).
 */
const meanings: readonly (readonly [part: string, reason: RefusedReason])[] = [
  ['already have user', 'name-taken'],
  ['value of profile', 'profile-missing'],
  ['device-mode', 'device-mode'],
  ['no such item', 'no-such-item'],
  ['unknown host ip', 'unknown-host'],
  ['wrong mac provided', 'unknown-host'],
  ['argument ip', 'unknown-host'],
  ['value of mac-address', 'unknown-host'],
  ['invalid username or password', 'bad-credentials'],
  ['invalid user name or password', 'bad-credentials'],
  ['has reached uptime limit', 'limit-reached'],
  ['has reached traffic limit', 'limit-reached'],
  ['no more sessions are allowed', 'too-many-sessions'],
  ['session limit reached', 'too-many-sessions'],
  ['not allowed to log in from this mac', 'not-permitted'],
  ['this mac address is not yours', 'not-permitted'],
  ['not enough permissions', 'not-permitted'],
];

export function refusedReason(trapText: string): RefusedReason {
  const text = trapText.toLowerCase();
  return meanings.find(([part]) => text.includes(part))?.[1] ?? 'other';
}

/** The router's "you are in already" at a login: what was wanted is so (contract 10). */
export const isAlreadyLoggedIn = (trapText: string): boolean => trapText.toLowerCase().includes('already logged in');

const MAX_QUOTED = 120;
/** Shorter values (`no`, `1h`) are no secrets, and hiding them would garble the text. */
const MIN_HIDDEN = 4;

/**
 * A refusal as a fault. Known ones say only their reason; of an unknown one the router's text is quoted, so that a person
 * can learn what it was, with every value that we sent hidden: traps repeat names, and a PIN's name is the whole secret.
 */
export function refusedFault(trapText: string, words: readonly string[]): RouterFault {
  const reason = refusedReason(trapText);
  return new RouterFault('refused', reason === 'other' ? quote(trapText, words) : `refused: ${reason}`, reason);
}

function quote(trapText: string, words: readonly string[]): string {
  const values = words.map((word) => word.slice(word.lastIndexOf('=') + 1)).filter((v) => v.length >= MIN_HIDDEN);
  const hidden = values.reduce((text, value) => text.replaceAll(value, '*'), trapText);
  return `refused: ${hidden.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_QUOTED)}`;
}
