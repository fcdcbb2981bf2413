/**
 * Logging a phone in again with a code its owner has (contract 11, #16). The credential comes first: for codes sold here our
 * own books prove it, and the router hears of nobody who has none. Never a copy of a user: the one there is loses its
 * session and gets this one.
 */
import { askRouter } from '../routers/ask.ts';
import type { Jobs } from '../routers/jobs.ts';
import { canonicalMac } from '../routers/mac-address.ts';
import { throttles } from '../security/throttle.ts';
import type { JobOutcome, OpenedSession } from '../store/jobs.ts';
import { isDrawnUsername } from './code.ts';
import type { LogInResult } from './log-in-device.ts';
import { type PresentedCode, type ProofParts, proveCode, tooMany, whomCode } from './prove-code.ts';
import { requestedName } from './requested-name.ts';
import { askStranger } from './stranger.ts';
import { isOver } from './time-sold.ts';

export type Reconnected =
  | { readonly kind: 'connected'; readonly user: string; readonly session: OpenedSession }
  /** No such user, another password, or its time is over: one answer for all three. */
  | { readonly kind: 'unknown' }
  /** The code is good, and this phone was not let in with it. */
  | { readonly kind: 'not-connected'; readonly why: Exclude<LogInResult, 'connected' | 'not-delivered'> }
  /** The code is good, and its user is not on the router yet, or again. */
  | { readonly kind: 'pending' }
  /** Unreachable, or no answer in time. */
  | { readonly kind: 'no-answer' };

export interface ReconnectRequest extends PresentedCode {
  /** As sent; any spelling of a MAC. */
  readonly macAddress: string;
}

export interface ReconnectParts extends ProofParts {
  readonly jobs: Jobs;
}

const UNKNOWN = { kind: 'unknown' } as const;

/** @throws Refusal `too-many-attempts`, for guesses as for one who reconnects without end */
export async function reconnect(request: ReconnectRequest, parts: ReconnectParts): Promise<Reconnected> {
  const username = requestedName(request.username);
  if (username === undefined) return UNKNOWN;
  const presented = { ...request, username, macAddress: canonicalMac(request.macAddress) };
  return isDrawnUsername(username) ? reconnectHolder(presented, parts) : reconnectStranger(presented, parts);
}

async function reconnectHolder(presented: ReconnectRequest, parts: ReconnectParts): Promise<Reconnected> {
  const { accesses, clock } = parts;
  const { macAddress } = presented;
  const holder = await proveCode(presented, parts);
  if (!holder || isOver(holder.access, clock.now())) return UNKNOWN;
  const { access } = holder;
  await countReconnect(presented, parts);
  const outcome = await askRouter(access, parts, (until) => ({
    kind: 'reconnect',
    accessId: access.id,
    macAddress,
    until,
  }));
  if (outcome.kind !== 'converged') return { kind: 'no-answer' };
  if (outcome.logIn !== null && outcome.logIn !== 'not-delivered')
    return shown(access.username, outcome.logIn, outcome);
  // The router said that its time is over, or it was taken back since; else it is owed, and on its way.
  const now = await accesses.find(access.companyId, access.id);
  return now?.desired === 'present' ? { kind: 'pending' } : UNKNOWN;
}

/** One of the operator's own users: what proves it is on the router alone. */
async function reconnectStranger(presented: ReconnectRequest, parts: ReconnectParts): Promise<Reconnected> {
  await countReconnect(presented, parts);
  const { username, macAddress } = presented;
  const task = (until: number) => ({ kind: 'reconnect-stranger', username, macAddress, until }) as const;
  const outcome = await askStranger(presented, task, parts);
  if (outcome.kind !== 'stranger') return { kind: 'no-answer' };
  if (outcome.logIn === null || outcome.logIn === 'not-delivered') return UNKNOWN;
  return shown(presented.username, outcome.logIn, outcome);
}

function shown(
  user: string,
  logIn: Exclude<LogInResult, 'not-delivered'>,
  { session }: Pick<Extract<JobOutcome, { kind: 'converged' }>, 'session'>,
): Reconnected {
  if (logIn !== 'connected') return { kind: 'not-connected', why: logIn };
  return session ? { kind: 'connected', user, session } : { kind: 'no-answer' };
}

async function countReconnect(presented: PresentedCode, { throttle, clock }: ReconnectParts): Promise<void> {
  const { companyId, routerId } = presented;
  const [ofCode, onRouter] = await Promise.all([
    throttle.count('reconnects-of-code', whomCode(presented)),
    throttle.count('reconnects-on-router', `${companyId}#${routerId}`),
  ]);
  for (const [what, count] of [
    ['reconnects-of-code', ofCode],
    ['reconnects-on-router', onRouter],
  ] as const)
    if (count.failures > throttles[what].limit) throw tooMany(count, clock);
}
