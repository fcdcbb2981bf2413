/** Purchases and their doubts: what is charged, what is not, and what the sweep finds out. */
import { isDeepStrictEqual } from 'node:util';
import type { CardKind } from '../stage/gateways/far-gateway.ts';
import type { Call, Plan } from './modes.ts';
import type { Run } from './run.ts';
import {
  buy,
  CHARGE,
  cutsShort,
  cutsShortOrDelays,
  HOUR,
  is,
  isSweeping,
  MINUTE,
  nothing,
  LOOK,
  type Scenario,
  SECOND,
  waitOut,
} from './story.ts';
import { callsStruck } from './wires.ts';

const isOfBuyer = ({ actor }: Call): boolean => actor.startsWith('buyer');
const others = (call: Call): boolean => !isOfBuyer(call);

/** What the portal learnt of the router counts for a minute. */
const PORTAL_FORGOTTEN_MS = 2 * MINUTE;

const purchase: Scenario = {
  name: 'purchase',
  given: nothing,
  strikes: () => true,
  play: (run) => buy(run),
};

/** Nobody has heard of the router for a while, so it is asked before anything is charged: it is there. */
const routerAsked: Scenario = {
  name: 'router-asked',
  given: nothing,
  strikes: ({ actor, label }) => actor === 'worker 1' || (actor === 'buyer' && label === 'GetItem'),
  tries: cutsShortOrDelays,
  async play(run) {
    await run.pass(PORTAL_FORGOTTEN_MS);
    await buy(run);
  },
};

/** Two equal requests, and a router that went off: nothing is charged, and both are told the same. */
const routerRefuses: Scenario = {
  name: 'router-refuses',
  given: nothing,
  strikes: ({ actor, label }) => actor !== 'portal' && !/^(BatchGetItem|GetItem|Query|Decrypt|router )/.test(label),
  tries: cutsShortOrDelays,
  async play(run) {
    await run.pass(PORTAL_FORGOTTEN_MS);
    await run.world.router.addFault({ name: 'refuse-connections' });
    const buyer = run.newBuyer();
    const [one, other] = await Promise.all([run.buy(buyer, 'buyer 1'), run.buy(buyer, 'buyer 2')]);
    // A lost probe may rightly let a sale go on.
    if (callsStruck().length > 0) return;
    const { truths } = await run.look();
    if ([...truths.values()].some(({ chargedMinor }) => chargedMinor > 0))
      run.broken.add('charged, the router was off');
    const told = ({ value }: typeof one) => ({ status: value?.status, body: value?.body });
    if (!isDeepStrictEqual(told(one), told(other)))
      run.broken.add(`two equal requests were told ${JSON.stringify([told(one), told(other)])}`);
  },
};

/** Paid, and the router is off past the deadline: the sweep gives the money back, and the router returns. */
const deadline: Scenario = {
  name: 'delivery-deadline',
  given: nothing,
  // One visit to a router that is off is like another.
  strikes: ({ actor, label }) =>
    actor.startsWith('sweep') || actor === 'worker 1' || (actor.startsWith('worker') && label.includes('hotspot')),
  async play(run) {
    await run.world.router.addFault({ name: 'refuse-connections' });
    await buy(run);
    await run.pass(16 * SECOND);
    await run.pass(10 * MINUTE);
    await run.world.router.clearFaults();
    await run.pass(2 * MINUTE);
  },
};

/** The charge's answer and the first look are lost: the sweep finds out. */
const doubtCharged: Scenario = {
  name: 'doubt-charged',
  given: (call) => (is('buyer', CHARGE)(call) ? 'fail-after' : is('buyer', LOOK)(call) ? 'fail-before' : undefined),
  strikes: others,
  // The router's part is struck in full in the purchase.
  tries: (mode, { actor }) => actor.startsWith('sweep') || cutsShortOrDelays(mode),
  async play(run) {
    await buy(run);
    await run.pass(31 * SECOND);
  },
};

/** The charge never arrived: read, cancelled, read once more, and read again a day later. */
const doubtUncharged: Scenario = {
  name: 'doubt-uncharged',
  given: (call) => (is('buyer', CHARGE)(call) ? 'fail-before' : undefined),
  strikes: others,
  async play(run) {
    await buy(run);
    await waitOut(run);
  },
};

/** The charge comes so late that its buyer has long gone: it is given back. */
const lateApproval: Scenario = {
  name: 'late-approval',
  given: (call) =>
    is('buyer', CHARGE)(call) ? 'fail-after' : call.deed === LOOK && call.nth < 1 ? 'fail-before' : undefined,
  strikes: others,
  tries: cutsShortOrDelays,
  async play(run) {
    await buy(run);
    await run.pass(11 * MINUTE);
  },
};

/** The order was cancelled and the buyer told so; the charge comes all the same. */
const closedAndCharged: Scenario = {
  name: 'closed-and-charged',
  given: nothing,
  strikes: isSweeping,
  tries: cutsShortOrDelays,
  async play(run) {
    run.far.addTrouble({ on: 'charge', kind: 'late', times: 1 });
    await buy(run);
    await waitOut(run);
    await run.far.releaseLate();
    await run.pass(25 * HOUR);
  },
};

type Outcome = 'paid' | 'declined' | 'paid late' | 'never paid';

/** Sent to the bank's page, or to a counter: the charge waits, and someone ends it, late or never. */
function waiting(name: string, card: CardKind, outcome: Outcome, given: Plan = nothing): Scenario {
  return {
    name,
    given,
    strikes: ({ actor, label }) => actor.startsWith('sweep') && label !== 'Query' && label !== 'Decrypt',
    tries: cutsShort,
    async play(run) {
      await buy(run, run.newBuyer(card));
      await run.pass(61 * SECOND);
      if (outcome === 'paid' || outcome === 'declined') return settleAndLook(run, outcome);
      // Its time is over: cancelled, and read once more a day later.
      await run.pass(16 * MINUTE);
      if (outcome === 'paid late') run.far.payLate();
      await run.pass(25 * HOUR);
    },
  };
}

async function settleAndLook(run: Run, outcome: 'paid' | 'declined'): Promise<void> {
  run.far.settle(outcome);
  await run.pass(61 * SECOND);
}

const chargeLost: Plan = (call) => (is('buyer', CHARGE)(call) ? 'fail-after' : undefined);

export const storiesOfPurchases: readonly Scenario[] = [
  purchase,
  routerAsked,
  routerRefuses,
  deadline,
  doubtCharged,
  doubtUncharged,
  lateApproval,
  closedAndCharged,
  waiting('page-paid', 'page', 'paid', chargeLost),
  waiting('page-declined', 'page', 'declined'),
  waiting('page-paid-late', 'page', 'paid late'),
  waiting('page-abandoned', 'page', 'never paid'),
  waiting('counter-paid', 'waits', 'paid'),
  waiting('counter-declined', 'waits', 'declined', chargeLost),
  waiting('counter-never-paid', 'waits', 'never paid'),
  waiting('declined', 'declined', 'declined'),
  waiting('doubt-declined', 'declined', 'declined', chargeLost),
];
