/**
 * The router is a cache: compares it with what should be on it. Users that are missing come back with the time they have left,
 * those that are over go, and whoever is not known here is left alone, also with our mark.
 *
 * Both tables are read whole, without passwords: one answer instead of thousands of questions. Only differences are visited.
 */
import type { RouterSession } from '../routers/client.ts';
import type { Task, Visit } from '../routers/worker.ts';
import type { Access } from '../store/accesses.ts';
import { NOTHING_DONE, type Reconcile, type Tally } from '../store/reconciles.ts';
import { stepAccess } from './access.ts';
import { convergeOnce, type ConvergeParts } from './converge.ts';
import { type Differences, differencesOf } from './differences.ts';
import { COUNTED_EVERY_MS, isCountedByRouter } from './time-sold.ts';

/** Buyers stand behind a slice. */
const SLICE_MS = 2_000;
/** Of mending, however long the reading took: else a large router on a bad line would be read for ever and never mended. */
const MENDING_MS = 1_000;
/** Users mended at once on the one connection: answers are waited for together, and the router is not flooded. */
const AT_ONCE = 10;
const MINUTE = 60_000;
const AGAIN_MS = 24 * 60 * MINUTE;

type Deed = 'restored' | 'removed' | 'mended';

export function reconcileTask(parts: ConvergeParts): Task {
  return async (visit) => {
    const { companyId, routerId } = visit.job;
    const { accesses, reconciles, clock } = parts;
    const startedAt = clock.now();
    const session = await visit.open();
    const [seen, onRouter, reconcile] = await Promise.all([
      read(session),
      accesses.onRouter(companyId, routerId),
      reconciles.find(companyId, routerId),
    ]);
    const found = differencesOf(onRouter, seen, clock.now());
    const { finished, strangers } = await judge(found.unlisted, visit, parts);
    const todo: (readonly [Access, Deed])[] = [
      ...found.over.map((access) => [access, 'removed'] as const),
      ...finished.map((access) => [access, 'removed'] as const),
      ...found.missing.map((access) => [access, 'restored'] as const),
      ...found.otherwise.map((access) => [access, 'mended'] as const),
    ];
    const until = Math.max(startedAt + SLICE_MS, clock.now() + MENDING_MS);
    const done = await settleAll(todo, profilesOf(onRouter), visit, parts, until);
    await note(found.news, parts);
    if (strangers > 0)
      parts.logger.warn('users that nobody knows', { routerId, count: strangers, alarm: 'router-strangers' });
    const { isDone } = done;
    const tally = added(reconcile?.run ?? NOTHING_DONE, { ...done.tally, live: found.live, strangers });
    const isNeededSoon = onRouter.some(isCountedByRouter);
    await reconciles.advance(
      companyId,
      routerId,
      ended(reconcile, tally, { isDone, isNeededSoon, startedAt, now: clock.now() }),
    );
    return { outcome: { kind: 'reconciled', isDone }, recorded: false };
  };
}

async function read(session: RouterSession) {
  const [users, sessions] = await Promise.all([session.users(), session.sessions()]);
  return { users, sessions };
}

/** What is known of a router's profiles by those who bought: the first of them knew nothing yet. */
const profilesOf = (accesses: readonly Access[]): ReadonlyMap<string, Access['profileLimits']> =>
  new Map(accesses.filter(({ profileLimits }) => profileLimits).map((one) => [one.profileName, one.profileLimits]));

/** Who bears our mark and is not listed: finished with, not listed yet, or a stranger. */
async function judge(ids: readonly string[], { job }: Visit, { accesses }: ConvergeParts) {
  const known = await accesses.findMany(job.companyId, ids);
  const ours = [...known.values()].filter(({ routerId }) => routerId === job.routerId);
  return {
    finished: ours.filter(({ desired }) => desired === 'absent'),
    strangers: ids.filter((id) => known.get(id)?.routerId !== job.routerId).length,
  };
}

async function settleAll(
  todo: readonly (readonly [Access, Deed])[],
  profiles: ReadonlyMap<string, Access['profileLimits']>,
  visit: Visit,
  parts: ConvergeParts,
  until: number,
) {
  const tally = { restored: 0, removed: 0, mended: 0, failed: 0 };
  let next = 0;
  // When the line breaks, those not yet tried are left for another slice: each would else be owed by itself.
  let isOpen = true;
  while (isOpen && next < todo.length && parts.clock.now() < until) {
    const batch = todo.slice(next, (next += AT_ONCE));
    const current = await parts.accesses.findMany(
      visit.job.companyId,
      batch.map(([{ id }]) => id),
    );
    await Promise.all(
      batch.map(async ([{ id }, deed]) => {
        const access = current.get(id);
        if (!access) return;
        const profileLimits = access.profileLimits ?? profiles.get(access.profileName) ?? null;
        const outcome = await settle({ ...access, profileLimits }, visit, parts);
        tally[outcome === 'settled' ? deed : 'failed'] += 1;
        if (outcome === 'line-lost') isOpen = false;
      }),
    );
  }
  return { isDone: isOpen && next >= todo.length, tally };
}

/** What the router does not agree to has a due time of its own. */
async function settle(
  access: Access,
  visit: Visit,
  parts: ConvergeParts,
): Promise<'settled' | 'not-settled' | 'line-lost'> {
  const { before, after, outcome } = await convergeOnce(access, visit, parts);
  const isPresent = outcome.kind === 'converged' && outcome.observed === 'present';
  const delivered = isPresent ? after.grants.map(({ purchaseId }) => purchaseId) : [];
  const recorded = await parts.accesses.recordVisit({ before, after, delivered, at: parts.clock.now() });
  if (outcome.kind === 'unreachable' || outcome.kind === 'answer-lost') return 'line-lost';
  return recorded && isPresent === (after.desired === 'present') ? 'settled' : 'not-settled';
}

/** Writes down what was read of the time of those who are as they should be. Somebody else's write is newer. */
async function note(news: Differences['news'], { accesses, clock }: ConvergeParts): Promise<void> {
  for (let start = 0; start < news.length; start += AT_ONCE)
    await Promise.all(
      news
        .slice(start, start + AT_ONCE)
        .map(({ before, after, isOnline }) =>
          accesses.put(before, stepAccess(after, { kind: 'seen', observed: 'present', isOnline }, clock.now())),
        ),
    );
}

const added = (before: Tally, slice: Tally): Tally => ({
  live: slice.live,
  strangers: slice.strangers,
  restored: before.restored + slice.restored,
  removed: before.removed + slice.removed,
  mended: before.mended + slice.mended,
  failed: before.failed + slice.failed,
});

interface SliceEnd {
  readonly isDone: boolean;
  readonly isNeededSoon: boolean;
  readonly startedAt: number;
  readonly now: number;
}

/** The due item after a slice: what is left is due at once, behind whoever waits by now. */
function ended(reconcile: Reconcile | undefined, tally: Tally, { isDone, isNeededSoon, startedAt, now }: SliceEnd) {
  const run = { ...tally, startedAt: reconcile?.run?.startedAt ?? startedAt };
  if (!isDone) return { run, dueAt: now };
  return { run: null, last: { ...run, endedAt: now }, dueAt: now + (isNeededSoon ? COUNTED_EVERY_MS : AGAIN_MS) };
}
