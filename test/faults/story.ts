/** What a story of the matrix is made of, and the steps that many of them begin with. */
import type { GatewayName } from '#shared/gateways/gateway.ts';
import type { PurchaseState } from '#shared/store/purchases.ts';
import type { Deed } from '../stage/gateways/deed.ts';
import type { Call, Mode, Plan } from './modes.ts';
import type { Buyer, Run } from './run.ts';

export interface Scenario {
  readonly name: string;
  /** Gateways where it makes sense; both when left out. */
  readonly on?: readonly GatewayName[];
  /** Whether the gateway's notifications are carried; otherwise all of them are lost. */
  readonly listens?: boolean;
  /** What goes wrong anyway, so that the sweep has something to do. */
  readonly given: Plan;
  /** Only calls that this accepts are struck. */
  readonly strikes: (call: Call) => boolean;
  /** Which of a call's modes are tried; all when left out. */
  readonly tries?: (mode: Mode, call: Call) => boolean;
  play(run: Run): Promise<void>;
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export const CHARGE: Deed = 'charge';
export const LOOK: Deed = 'look';
export const REFUND: Deed = 'refund';
/** A step that changes an access too. */
export const MOVE = 'TransactWriteItems';
/** A step that does not. */
export const STEP = 'PutItem';

export const nothing: Plan = () => undefined;

/** @param what a deed at the gateway, or a label */
export const is = (actor: string, what: string, nth = 0): ((call: Call) => boolean) => {
  return (call) => call.actor.startsWith(actor) && (call.deed === what || call.label === what) && call.nth === nth;
};

/** What the sweep does, but for its reads: a lost one leaves everything as it was. */
export const isSweeping = ({ actor, label, deed }: Call): boolean =>
  actor.startsWith('sweep') && label !== 'Query' && deed !== LOOK;

/** It took effect, and nobody heard: what is not tried in every way is tried in these. */
export const cutsShort = (mode: Mode): boolean => mode === 'kill-after' || mode === 'fail-after';
/** Those, and others that are faster: enough where another story tries such calls in every way. */
export const cutsShortOrDelays = (mode: Mode): boolean => cutsShort(mode) || mode === 'delay-before';

export async function buy(run: Run, buyer: Buyer = run.newBuyer()): Promise<void> {
  await run.buy(buyer);
  await run.world.drained();
  await run.look();
}

/** The purchase that may be given back now. */
export async function paid(run: Run): Promise<number | undefined> {
  const { purchases } = await run.read();
  return purchases.find(({ state, refundTargetMinor }) => state === 'paid' && refundTargetMinor === 0)?.id;
}

/** @param amount in pesos; everything when undefined */
export async function giveBack(run: Run, amount: number | undefined, actor?: string): Promise<void> {
  const id = await paid(run);
  if (id !== undefined) await run.refund(id, amount, actor);
}

/** Lets time pass until the gateway has told how it ended, or that nothing came. */
export async function waitOut(run: Run): Promise<void> {
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    const waiting = (await run.read()).purchases.find(({ state }) => state === 'in_doubt' || state === 'charging');
    if (!waiting) return;
    await run.pass(Math.max(20 * SECOND, (waiting.dueAt ?? 0) - run.world.clock.now() + 1));
  }
}
const MAX_LOOKS = 40;

/** Where nothing was struck, this is what it comes to; a struck one may need more time. */
export async function expectState(run: Run, state: PurchaseState): Promise<void> {
  if (!run.isPlain) return;
  const { purchases } = await run.look();
  for (const purchase of purchases)
    if (purchase.state !== state) run.broken.add(`it is ${purchase.state}, and should be ${state} by now`);
}
