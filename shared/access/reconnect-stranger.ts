/**
 * Users that were not sold here: the operator's own, and those of the service before us. What proves them is on their router
 * alone, so the worker compares, there, in constant time, before anything is done; no password travels back.
 */
import type { Clock } from '../platform/clock.ts';
import { askRouter } from '../routers/ask.ts';
import type { HotspotUser } from '../routers/client.ts';
import type { Jobs } from '../routers/jobs.ts';
import type { Task } from '../routers/worker.ts';
import { Secret } from '../security/secret.ts';
import type { SecretBox } from '../security/secret-box.ts';
import { type Throttle, throttles } from '../security/throttle.ts';
import type { JobOutcome } from '../store/jobs.ts';
import { isOurComment } from './access.ts';
import { logInDevice, openedSession } from './log-in-device.ts';
import { isSameText, type PresentedCode, tooMany, whomCode } from './prove-code.ts';

interface AskParts {
  readonly accessCodes: SecretBox;
  readonly throttle: Throttle;
  readonly jobs: Jobs;
  readonly clock: Clock;
}

/**
 * Guesses are counted before they are made, as those of our own codes are, and past the router's limit it is not asked: each
 * one costs it a visit.
 *
 * @throws Refusal `too-many-attempts`
 */
export async function askStranger(
  presented: PresentedCode & { readonly macAddress: string },
  parts: AskParts,
): Promise<JobOutcome> {
  const { companyId, routerId, username, password, macAddress } = presented;
  const { throttle, clock } = parts;
  const whom = whomCode(presented);
  const onThisRouter = `${companyId}#${routerId}`;
  const ofCode = await throttle.count('guesses-of-code', whom);
  if (ofCode.failures > throttles['guesses-of-code'].limit) throw tooMany(ofCode, clock);
  const onRouter = await throttle.reserve('guesses-on-router', onThisRouter, throttles['guesses-on-router'].limit);
  if (!onRouter) {
    const [full] = await Promise.all([
      throttle.standing('guesses-on-router', onThisRouter),
      throttle.giveBack('guesses-of-code', whom, ofCode),
    ]);
    throw tooMany(full ?? ofCode, clock);
  }
  const sealed = await parts.accessCodes.seal(companyId, password ?? new Secret(''));
  const task = (until: number) => ({ kind: 'reconnect-stranger', username, macAddress, until }) as const;
  const outcome = await askRouter({ companyId, routerId }, parts, task, sealed);
  if (outcome.kind === 'stranger' && outcome.logIn === null) return outcome;
  await Promise.all([
    // Proved; or nobody looked at it, and it was no guess.
    outcome.kind === 'stranger'
      ? throttle.clear('guesses-of-code', whom)
      : throttle.giveBack('guesses-of-code', whom, ofCode),
    throttle.giveBack('guesses-on-router', onThisRouter, onRouter),
  ]);
  return outcome;
}

interface TaskParts {
  readonly accessCodes: SecretBox;
  readonly clock: Clock;
}

const WRONG = { outcome: { kind: 'stranger', logIn: null }, recorded: false } as const;

export const reconnectStrangerTask =
  ({ accessCodes, clock }: TaskParts): Task =>
  async ({ job, open }) => {
    const { task, sealed } = job;
    if (task.kind !== 'reconnect-stranger' || sealed === undefined || clock.now() >= task.until)
      return { outcome: { kind: 'dropped' }, recorded: false };
    const { username, macAddress } = task;
    const given = await accessCodes.open(job.companyId, sealed);
    const session = await open();
    const found = await session.findUser(username);
    if (!found || !isStranger(found) || !isSameText(given.reveal(), found.password.reveal())) return WRONG;
    // A router that hides passwords shows none: whether this is a PIN, the router itself has to say.
    const isProven = found.password.reveal() !== '';
    const device = { user: username, password: found.password, macAddress, mayHaveSession: true, isProven };
    const loggedIn = await logInDevice(session, device);
    if (loggedIn.kind === 'refused' && loggedIn.reason === 'bad-credentials') return WRONG;
    return {
      outcome: {
        kind: 'stranger',
        logIn: loggedIn.kind,
        ...(loggedIn.kind === 'connected' && { session: openedSession(loggedIn.session) }),
      },
      recorded: false,
    };
  };

/** Ours are proved by our own books only; nobody logs in as the router's own trial user. */
const isStranger = ({ name, comment, disabled }: HotspotUser): boolean =>
  !disabled && name !== 'default-trial' && !isOurComment(comment);
