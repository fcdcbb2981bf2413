/**
 * Users that were not sold here: the operator's own, and those of the service before us. What proves them is on their router
 * alone, so the worker compares, there, in constant time, before anything is done; no password travels back.
 */
import type { Clock } from '../platform/clock.ts';
import { askRouter } from '../routers/ask.ts';
import type { HotspotUser, RouterSession } from '../routers/client.ts';
import type { Jobs } from '../routers/jobs.ts';
import { Secret } from '../security/secret.ts';
import type { SecretBox } from '../security/secret-box.ts';
import { type Throttle, throttles } from '../security/throttle.ts';
import type { JobOutcome, JobTask } from '../store/jobs.ts';
import { isOurComment } from './access.ts';
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
 * @param task what the router is asked; the password presented goes along, sealed
 * @throws Refusal `too-many-attempts`
 */
export async function askStranger(
  presented: PresentedCode,
  task: (until: number) => JobTask,
  parts: AskParts,
): Promise<JobOutcome> {
  const { companyId, routerId, password } = presented;
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
  const outcome = await askRouter({ companyId, routerId }, parts, task, sealed);
  const proof = proofIn(outcome);
  if (proof === 'wrong') return outcome;
  await Promise.all([
    proof === 'right' ? throttle.clear('guesses-of-code', whom) : throttle.giveBack('guesses-of-code', whom, ofCode),
    throttle.giveBack('guesses-on-router', onThisRouter, onRouter),
  ]);
  return outcome;
}

/** Of what nobody looked at, it was no guess. */
function proofIn(outcome: JobOutcome): 'right' | 'wrong' | 'none' {
  switch (outcome.kind) {
    case 'stranger':
      return outcome.logIn === null ? 'wrong' : 'right';
    case 'stranger-inspected':
      return outcome.user === null ? 'wrong' : 'right';
    default:
      return 'none';
  }
}

/**
 * On the router's side: the user of this name, where it is none of ours and its password is the one given. Ours are proved
 * by our own books only; nobody is the router's own trial user.
 */
export async function findStranger(
  session: RouterSession,
  username: string,
  given: Secret,
): Promise<HotspotUser | undefined> {
  const found = await session.findUser(username);
  const isStranger = found && found.name !== 'default-trial' && !isOurComment(found.comment);
  return isStranger && isSameText(given.reveal(), found.password.reveal()) ? found : undefined;
}
