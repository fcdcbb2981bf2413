import { type RefusedReason, RouterFault } from '../client.ts';

/**
 * Texts of traps, by what they mean to us. Wording and prefix differ between versions, so a part of the text decides, in
 * any case, and the first match wins (routeros.md 4.2).
 */
const meanings: readonly (readonly [part: string, reason: RefusedReason])[] = [
  ['already have user', 'name-taken'],
  ['item with this name already exists', 'profile-taken'],
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

interface Refusal {
  readonly text: string;
  readonly category: number | undefined;
}

/** Of `=name=value` and `?name=value`; the value may itself contain `=`. */
const VALUE = /^[=?][^=]*=(.*)$/s;

const MAX_QUOTED = 120;
/** Shorter values (`no`, `1h`) are no secrets, and hiding them would garble the text. */
const MIN_HIDDEN = 4;

/**
 * A refusal as a fault. Known ones say only their reason; of an unknown one the router's text is quoted and its category
 * told, so that a person can learn what it was.
 */
export function refusedFault({ text, category }: Refusal, words: readonly string[]): RouterFault {
  const reason = refusedReason(text);
  const known = category === undefined ? '' : ` (category ${category})`;
  const detail = reason === 'other' ? `refused: ${quoted(text, words)}${known}` : `refused: ${reason}`;
  return new RouterFault('refused', detail, reason);
}

/** A router's text with every value that we sent hidden: routers repeat names, and a PIN's name is the whole secret. */
export function quoted(text: string, words: readonly string[]): string {
  const values = words.map((word) => VALUE.exec(word)?.[1] ?? '').filter((value) => value.length >= MIN_HIDDEN);
  // The longest first: a name may be the beginning of a password.
  const hidden = values
    .toSorted((a, b) => b.length - a.length)
    .reduce((shown, value) => shown.replaceAll(value, '*'), text);
  return hidden.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_QUOTED);
}
