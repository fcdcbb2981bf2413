/** One slow heartbeat per router, and the operator told when it goes down and comes back (design 4). */
import { companySchema } from '../store/companies.ts';
import type { Notice } from '../store/notices.ts';
import { type Health, healthSchema, type Lease } from '../store/router-health.ts';
import { type Router, routerSchema } from '../store/routers.ts';
import { keys, type Table } from '../store/table.ts';
import { DEFAULT_HEARTBEAT_MINUTES, type Watch, type WatchStore } from '../store/watches.ts';
import { CONFIRMED_AFTER_MS, isConfirmedDown, isDown, type ProbeParts, sendProbe } from './health.ts';

export interface WatchParts extends ProbeParts {
  readonly table: Table;
  readonly watches: WatchStore;
}

const MINUTE = 60_000;
/** A heartbeat nobody waits for: a whole fleet's may stand in line. */
const BEAT_LIFE_MS = 2 * MINUTE;
/** A router that is down is asked after 2, 4, 8 ... minutes, and then at least this often. */
const FIRST_RETRY_MS = 2 * MINUTE;
const RARELY_MS = 60 * MINUTE;
/** Nothing says that a company was activated again. */
const COMPANY_ASLEEP_MS = 60 * MINUTE;

/** From one heartbeat to the next. @param missed those since the router is down */
export function beatAfterMs(everyMinutes: number, missed: number): number {
  const everyMs = everyMinutes * MINUTE;
  return missed === 0 ? everyMs : Math.min(FIRST_RETRY_MS * 2 ** (missed - 1), Math.max(everyMs, RARELY_MS));
}

/** What the operator has to be told now, once each. */
export function newsOf(watch: Watch, router: Pick<Router, 'id' | 'name'>, health: Health, now: number) {
  const about = { routerId: router.id, routerName: router.name, createdAt: now };
  const { toldDownSince } = watch;
  if (toldDownSince === null && isConfirmedDown(health)) {
    const since = health.downSince ?? now;
    return { toldDownSince: since, notice: { ...about, kind: 'router-down', since } satisfies Notice };
  }
  if (toldDownSince !== null && !isDown(health) && (health.contactAt ?? 0) > toldDownSince) {
    const notice: Notice = { ...about, kind: 'router-up', since: health.contactAt ?? now, downSince: toldDownSince };
    return { toldDownSince: null, notice };
  }
  return { toldDownSince };
}

/** One turn of the sweep: reads once, writes once, and leaves the asking to the worker. Two sweeps at once send one probe. */
export async function beat(watch: Watch, parts: WatchParts): Promise<void> {
  const { companyId, routerId, everyMinutes } = watch;
  const { table, watches, clock } = parts;
  const now = clock.now();
  const [companyFound, routerFound, healthFound] = await table.batchGet([
    keys.company(companyId),
    keys.router(companyId, routerId),
    keys.health(companyId, routerId),
  ]);
  const router = routerFound && routerSchema.parse(routerFound);
  if (!router?.active || everyMinutes === 0) {
    // Nobody will see it come back, so it is not kept as one that is down.
    await watches.advance(watch, { missed: 0, toldDownSince: null, dueAt: null });
    return;
  }
  if (!companyFound || !companySchema.parse(companyFound).active) {
    await watches.advance(watch, { missed: 0, toldDownSince: null, dueAt: now + COMPANY_ASLEEP_MS });
    return;
  }
  const health = healthSchema.parse(healthFound ?? {});
  const { toldDownSince, notice } = newsOf(watch, router, health, now);
  const down = isDown(health);
  const lastKnown = Math.max(health.probedAt ?? 0, health.failedAt ?? 0);
  const probeAt = lastKnown + beatAfterMs(everyMinutes, down ? Math.max(watch.missed, 1) : 0);
  if (probeAt > now) {
    await watches.advance(watch, { missed: down ? watch.missed : 0, toldDownSince, dueAt: probeAt }, notice);
    return;
  }
  const missed = down ? watch.missed + 1 : 0;
  const next = { missed, toldDownSince, dueAt: now + beatAfterMs(everyMinutes, missed) };
  if (await watches.advance(watch, next, notice))
    await sendProbe({ companyId, routerId, known: health }, parts, BEAT_LIFE_MS);
}

/**
 * When a router has to be looked after because of a visit that just ended: soon, when it begins to fail; at once, when that is
 * confirmed or over.
 *
 * @returns milliseconds, absolute; undefined when the visit changed nothing
 */
export function lookAgainAt(before: Pick<Lease, 'failedAt' | 'downSince'>, after: Health, now: number) {
  if (after.downSince === null) return before.downSince === null ? undefined : now;
  if (before.downSince === null) return now + CONFIRMED_AFTER_MS;
  const failedBefore = {
    ...after,
    failedAt: before.failedAt,
    failures: after.failures === null ? 0 : after.failures - 1,
  };
  return isConfirmedDown(after) && !isConfirmedDown(failedBefore) ? now : undefined;
}

/** A shorter silence is a bad line. */
const AWAY_MS = MINUTE;
/** Answers take time. Mistaken, it costs a reconcile that finds nothing. */
const BOOT_SLACK_MS = 5_000;

/** Whether a router came back from somewhere: it was away for a while, or has been switched on since it was last asked. */
export function mayHaveForgotten(before: Pick<Lease, 'downSince' | 'probedAt' | 'uptimeS'>, after: Health): boolean {
  if (before.downSince !== null && after.downSince === null && (after.contactAt ?? 0) - before.downSince >= AWAY_MS)
    return true;
  return bootedAt(after) - bootedAt(before) > BOOT_SLACK_MS;
}

/** NaN, which is greater than nothing, when it did not tell. */
const bootedAt = ({ probedAt, uptimeS }: Pick<Health, 'probedAt' | 'uptimeS'>): number =>
  probedAt === null || uptimeS === null ? NaN : probedAt - uptimeS * 1000;

export const routerStates = ['online', 'down', 'unknown'] as const;
export type RouterState = (typeof routerStates)[number];

/** Two heartbeats may be lost, and the queue may be slow, before we say that we do not know. */
const SLACK_MS = 5 * MINUTE;

/** @param everyMinutes of its heartbeat; undefined when it is not watched */
export function stateOf(health: Health, everyMinutes: number | undefined, now: number): RouterState {
  if (isDown(health)) return 'down';
  const everyMs = (everyMinutes || DEFAULT_HEARTBEAT_MINUTES) * MINUTE;
  return now - (health.contactAt ?? -Infinity) <= 2 * everyMs + SLACK_MS ? 'online' : 'unknown';
}
