/**
 * Faults at the wire of this process. Every outbound call of an actor (AWS endpoints and Conekta over `http.request`,
 * Mercado Pago over `fetch`, the router over its socket) is numbered, and a plan says what happens to it. An actor is one run of one function: what it
 * calls is told apart by its async context.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Call, Mode, Plan } from './modes.ts';

export interface Actor {
  readonly name: string;
  dead: boolean;
  /** Repeats of this label are lost too. */
  failing: { readonly label: string; readonly mode: Mode; left: number } | undefined;
}

interface Orders {
  readonly plan: Plan;
  /** What others do while a call is held. */
  readonly meanwhile: (held: Call) => Promise<void>;
  readonly counts: Map<string, number>;
  readonly calls: Call[];
  readonly struck: { readonly call: Call; readonly mode: Mode }[];
  /** Calls that take effect later, though their caller was told that they were lost. */
  readonly late: { readonly arrive: () => Promise<void>; waitedMs: number }[];
}

const ordersFor = (plan: Plan, meanwhile: Orders['meanwhile']): Orders => ({
  plan,
  meanwhile,
  counts: new Map(),
  calls: [],
  struck: [],
  late: [],
});

const stage = new AsyncLocalStorage<Actor>();
let orders = ordersFor(
  () => undefined,
  () => Promise.resolve(),
);

/** From now on this plan is in force, and what was counted is forgotten. */
export function arm(plan: Plan, meanwhile: (held: Call) => Promise<void> = () => Promise.resolve()): void {
  orders = ordersFor(plan, meanwhile);
}

export const callsMade = (): readonly Call[] => orders.calls;
export const callsStruck = (): Orders['struck'] => orders.struck;

/** What is late comes within this time (the read-only time of a refund attempt, and the re-read of an access, are longer). */
const LATE_MS = 45_000;

/** So much time went by: calls that were on their way long enough arrive. All of them when left out. */
export async function deliverLate(passedMs = Infinity): Promise<void> {
  for (const call of orders.late) call.waitedMs += passedMs;
  const isRipe = ({ waitedMs }: Orders['late'][number]) => waitedMs >= LATE_MS;
  const ripe = orders.late.filter(isRipe);
  orders.late.splice(0, Infinity, ...orders.late.filter((call) => !isRipe(call)));
  for (const { arrive } of ripe) await arrive();
}

export const arriveLate = (arrive: () => Promise<void>): void => void orders.late.push({ arrive, waitedMs: 0 });

let onTheWay = 0;

/** Calls whose answer is still to come. One that is held is none of them: others are to act meanwhile. */
export const callsOnTheWay = (): number => onTheWay;

/** From now on this call is on its way. @returns what ends that, once */
export function leave({ label }: Call, mode: Mode | undefined): () => void {
  if (isPolling(label) || mode?.startsWith('delay')) return () => undefined;
  onTheWay += 1;
  let hasArrived = false;
  return () => {
    if (!hasArrived) onTheWay -= 1;
    hasArrived = true;
  };
}

/** Reads of whoever waits are no progress. */
export const isPolling = (label: string): boolean => label === 'BatchGetItem' || label === 'GetItem';

export const actorNow = (): Actor | undefined => stage.getStore();

/** Outside of every actor: what the far ends and the harness do is not judged. */
export const offStage = <T>(work: () => Promise<T>): Promise<T> => stage.exit(work);

export const hold = (call: Call): Promise<void> => offStage(() => orders.meanwhile(call));

export interface Acted<T> {
  readonly value?: T;
  readonly error?: unknown;
  /** It was killed: whatever it would have answered, nobody heard. */
  readonly dead: boolean;
}

/** Runs `work` as one process that can be killed. */
export function act<T>(name: string, work: () => Promise<T>): Promise<Acted<T>> {
  const actor: Actor = { name, dead: false, failing: undefined };
  return stage.run(actor, async () => {
    try {
      const value = await work();
      return { value, dead: actor.dead };
    } catch (error) {
      return { error, dead: actor.dead };
    }
  });
}

export const lost = (): Error => Object.assign(new Error('lost'), { code: 'ECONNRESET' });
export const killed = (): Error => Object.assign(new Error('killed'), { code: 'EKILLED' });

/** A limit that refused a request refuses what follows it in the same moment: no gateway charges the copy of a 429. */
export const refusesItsCopy = (status: number | undefined): boolean => status === 429;

const SDK_ATTEMPTS = 3;

/** Numbers a call and says what shall happen to it. @throws when its actor is dead */
export function judge(actor: Actor, described: Omit<Call, 'actor' | 'nth'>) {
  const { service, label } = described;
  if (actor.dead) throw killed();
  const place = `${actor.name} ${label}`;
  const nth = orders.counts.get(place) ?? 0;
  orders.counts.set(place, nth + 1);
  const call: Call = { ...described, actor: actor.name, nth };
  orders.calls.push(call);
  if (actor.failing?.label === label && actor.failing.left > 0) {
    actor.failing.left -= 1;
    return { call, mode: actor.failing.mode };
  }
  const mode = orders.plan(call);
  if (mode) orders.struck.push({ call, mode });
  const isRepeated = service !== 'gateway' && service !== 'router';
  if (mode?.startsWith('fail') && isRepeated) actor.failing = { label, mode, left: SDK_ATTEMPTS - 1 };
  if (mode === 'kill-before') actor.dead = true;
  return { call, mode };
}
