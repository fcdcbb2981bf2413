/** Buyers' banks that take money back: heard of by webhook, while all is well and while money is on its way back. */
import type { PurchaseState } from '#shared/store/purchases.ts';
import type { DisputeStep, Trouble } from '../stage/gateways/far-gateway.ts';
import type { Carriage } from './mail.ts';
import type { Call } from './modes.ts';
import type { Run } from './run.ts';
import {
  buy,
  cutsShort,
  cutsShortOrDelays,
  expectState,
  giveBack,
  HOUR,
  isSweeping,
  MINUTE,
  MOVE,
  nothing,
  type Scenario,
  SECOND,
  STEP,
} from './story.ts';

const isHearing = ({ actor }: Call): boolean => /^(webhook|hinter) /.test(actor);

const isStep = ({ actor, label }: Call): boolean => actor.startsWith('hinter') && (label === MOVE || label === STEP);

async function step(run: Run, how: DisputeStep): Promise<void> {
  run.mail.lose();
  run.dispute(how);
  await run.mail.deliver();
  await run.world.drained();
  await run.look();
  // One look a minute, two where somebody spoke while one was under way: then the next webhook is looked into at once again.
  await run.pass(61 * SECOND);
  await run.pass(3 * MINUTE);
}

/** @param end how it ends; it does not, when left out */
function disputed(name: string, end: 'won' | 'lost' | undefined, leadsTo: PurchaseState): Scenario {
  return {
    name,
    given: nothing,
    listens: true,
    strikes: isHearing,
    tries: end ? cutsShort : cutsShortOrDelays,
    async play(run) {
      await buy(run);
      await step(run, 'opened');
      if (end) await step(run, end);
      await expectState(run, leadsTo);
    },
  };
}

/** Opened and lost before anybody hears of it; the older news comes last, and all of it twice. */
const outOfOrder: Scenario = {
  name: 'dispute-out-of-order',
  given: nothing,
  listens: true,
  strikes: isHearing,
  tries: cutsShort,
  async play(run) {
    const carriage: Carriage = { copies: 2, reversed: true };
    await buy(run);
    run.mail.lose();
    run.dispute('opened');
    run.dispute('lost');
    await run.mail.deliver(carriage);
    await run.world.drained();
    await expectState(run, 'charged_back');
  },
};

/** An admin's refund is under way when the bank steps in. */
function whileRefunding(name: string, end: 'won' | 'lost', trouble: Trouble): Scenario {
  return {
    name,
    given: nothing,
    listens: true,
    // A refund that is refused for ever is tried for a month, which takes its time to play: its steps only.
    strikes: (call) => (trouble.kind === 'refused' ? isStep(call) : isHearing(call) || isSweeping(call)),
    tries: cutsShort,
    async play(run) {
      run.far.addTrouble(trouble);
      await buy(run);
      await giveBack(run, 5);
      await run.world.drained();
      await step(run, 'opened');
      await step(run, end);
      run.far.settleRefunds('refunded');
      await run.pass(25 * HOUR);
    },
  };
}

/** Nobody is told: each day the sweep asks how it goes. */
const unheardEnd: Scenario = {
  name: 'dispute-end-unheard',
  given: nothing,
  listens: true,
  strikes: ({ actor, label }) => actor.startsWith('sweep') && label !== 'Query',
  tries: cutsShort,
  async play(run) {
    await buy(run);
    await step(run, 'opened');
    run.dispute('lost');
    run.mail.lose();
    await run.pass(25 * HOUR);
    await expectState(run, 'charged_back');
  },
};

/** Charged twice; a bank holds the second payment, which buys nothing, while the first is given back by an admin. */
const secondHeld: Scenario = {
  name: 'dispute-of-second-payment',
  given: nothing,
  listens: true,
  strikes: (call) => isHearing(call) || isSweeping(call),
  tries: cutsShort,
  async play(run) {
    run.far.addTrouble({ on: 'charge', kind: 'twice', times: 1 });
    await buy(run);
    const [purchase] = (await run.read()).purchases;
    run.mail.lose();
    run.dispute(
      'opened',
      run.far.charges().findIndex(({ id }) => id !== purchase?.paymentId),
    );
    await run.mail.deliver();
    await run.world.drained();
    await giveBack(run, 15);
    await run.pass(61 * SECOND);
    await expectState(run, 'refund_pending');
  },
};

const lostRefund: Trouble = { on: 'refund', kind: 'reset', when: 'before', times: 1 };

export const storiesOfDisputes: readonly Scenario[] = [
  disputed('dispute-opened', undefined, 'disputed'),
  disputed('dispute-won', 'won', 'paid'),
  disputed('dispute-lost', 'lost', 'charged_back'),
  outOfOrder,
  whileRefunding('dispute-won-while-refund-pends', 'won', { on: 'refund', kind: 'pending', times: 1 }),
  whileRefunding('dispute-lost-while-refund-pends', 'lost', { on: 'refund', kind: 'pending', times: 1 }),
  whileRefunding('dispute-won-while-refunding', 'won', lostRefund),
  whileRefunding('dispute-lost-while-refunding', 'lost', lostRefund),
  whileRefunding('dispute-won-after-failed-refund', 'won', { on: 'refund', kind: 'refused', times: 1 }),
  whileRefunding('dispute-lost-after-failed-refund', 'lost', { on: 'refund', kind: 'refused', times: 1 }),
  unheardEnd,
  secondHeld,
];
