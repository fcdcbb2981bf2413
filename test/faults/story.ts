/** What a story of the matrix is made of, and the steps that many of them begin with. */
import type { Call, Mode, Plan } from './modes.ts';
import type { Buyer, Run } from './run.ts';

export interface Scenario {
  readonly name: string;
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

export const CHARGE = 'POST /orders/:id/charges';
export const READ = 'GET /orders/:id';
export const REFUND = 'POST /orders/:id/refunds';
/** A step that changes an access too. */
export const MOVE = 'TransactWriteItems';
/** A step that does not. */
export const STEP = 'PutItem';

export const nothing: Plan = () => undefined;

export const is = (actor: string, label: string, nth = 0): ((call: Call) => boolean) => {
  return (call) => call.actor.startsWith(actor) && call.label === label && call.nth === nth;
};

/** What the sweep does, but for its reads: a lost one leaves everything as it was. */
export const isSweeping = ({ actor, label }: Call): boolean =>
  actor.startsWith('sweep') && label !== 'Query' && label !== READ;

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
