/** What gateways tell by webhook: well or badly carried, early, twice, out of order, forged; and buyers who ask themselves. */
import { isDeepStrictEqual } from 'node:util';
import type { PurchaseState } from '#shared/store/purchases.ts';
import type { CardKind, Trouble } from '../stage/gateways/far-gateway.ts';
import { type Carriage, forgeries, type Forgery } from './mail.ts';
import type { Call, Mode, Plan } from './modes.ts';
import type { Run } from './run.ts';
import {
  buy,
  CHARGE,
  cutsShort,
  cutsShortOrDelays,
  expectState,
  giveBack,
  is,
  isSweeping,
  LOOK,
  MINUTE,
  nothing,
  type Scenario,
  SECOND,
} from './story.ts';

/** Webhooks, and whoever asks the gateway because of one. */
const isHearing = ({ actor }: Call): boolean => /^(webhook|hinter) /.test(actor);

interface Tale {
  /** What is wrong at the gateway from the start. */
  readonly trouble?: Trouble;
  readonly card?: CardKind;
  readonly given?: Plan;
  /** What happens at the gateway after the purchase. */
  readonly then?: (run: Run) => unknown;
  /** By the time everybody is done; left out where it may still be on its way. */
  readonly leadsTo?: PurchaseState;
  readonly carriage?: Carriage;
  readonly tries?: (mode: Mode) => boolean;
}

/** Hands over what was said, and lets everybody finish; no time passes. */
async function tell(run: Run, carriage: Carriage = {}): Promise<void> {
  await run.mail.deliver(carriage);
  await run.world.drained();
  await run.look();
}

/** Bought; then something happens at the gateway, and a webhook tells of it within seconds. */
function told(name: string, { trouble, card, given = nothing, ...tale }: Tale): Scenario {
  const { then = () => undefined, leadsTo, carriage, tries = cutsShort } = tale;
  return {
    name,
    given,
    listens: true,
    strikes: isHearing,
    tries,
    async play(run) {
      if (trouble) run.far.addTrouble(trouble);
      await buy(run, run.newBuyer(card));
      await then(run);
      await tell(run, carriage);
      if (leadsTo) await expectState(run, leadsTo);
    },
  };
}

const settles = (outcome: 'paid' | 'declined' | 'expired') => (run: Run) => {
  run.mail.lose();
  run.far.settle(outcome);
};

/** The charge's answer and the first look are lost. */
const unheard: Plan = (call) =>
  is('buyer', CHARGE)(call) ? 'fail-after' : is('buyer', LOOK)(call) ? 'fail-before' : undefined;

/** The buyer comes back from the bank's page, and their own page asks. */
const polled: Scenario = {
  name: 'page-paid-polled',
  given: nothing,
  strikes: ({ actor }) => actor === 'poller' || actor.startsWith('hinter'),
  async play(run) {
    await buy(run, run.newBuyer('page'));
    run.far.settle('paid');
    await run.poll();
    await run.world.drained();
    await expectState(run, 'paid');
    await run.poll();
  },
};

/** The gateway tells before it answers: the handler is still waiting. */
const early: Scenario = {
  name: 'told-while-charging',
  given: (call) => (is('buyer', CHARGE)(call) ? 'delay-after' : undefined),
  listens: true,
  strikes: (call) => isHearing(call) || (call.actor === 'buyer' && call.label !== 'BatchGetItem'),
  tries: cutsShortOrDelays,
  async play(run) {
    run.heldMs = SECOND;
    run.whileHeld = () => run.mail.deliver();
    await buy(run);
    run.heldMs = undefined;
    await expectState(run, 'paid');
  },
};

/** While the gateway is being asked, it tells of something newer. */
const again: Scenario = {
  name: 'told-again',
  given: (call) => (is('hinter 1', LOOK)(call) ? 'delay-after' : undefined),
  listens: true,
  strikes: isHearing,
  tries: cutsShort,
  async play(run) {
    await buy(run);
    run.mail.lose();
    await run.giveBackByHand(500);
    run.heldMs = SECOND;
    run.whileHeld = async ({ actor }) => {
      if (!actor.startsWith('hinter') || !run.dispute('opened')) return;
      await run.mail.deliver();
    };
    await tell(run);
    await run.pass(61 * SECOND);
    await expectState(run, 'disputed');
  },
};

/** The queue loses the hint: it stands on the due index. */
const lostHint: Scenario = {
  name: 'told-and-hint-lost',
  given: nothing,
  listens: true,
  strikes: isSweeping,
  tries: cutsShortOrDelays,
  async play(run) {
    run.world.hints.treat(() => ({ lost: true }));
    await buy(run, run.newBuyer('page'));
    settles('paid')(run);
    await tell(run);
    await run.pass(SECOND);
    await expectState(run, 'paid');
  },
};

/** What a forgery may move: we look, and write down that we did. */
const unlooked = (purchases: Awaited<ReturnType<Run['read']>>['purchases']) =>
  purchases.map(({ looks: _looks, version: _version, dueAt: _dueAt, ...rest }) => rest);

async function forge(run: Run, forgery: Forgery): Promise<void> {
  for (const purchase of (await run.read()).purchases) {
    const before = await run.read();
    const answer = await run.mail.forge(forgery, purchase);
    await run.world.drained();
    const after = await run.read();
    if (!isDeepStrictEqual(unlooked(before.purchases), unlooked(after.purchases)))
      run.broken.add(`a webhook that is ${forgery} changed a purchase`);
    if (!isDeepStrictEqual(before.truths, after.truths)) run.broken.add(`a webhook that is ${forgery} moved money`);
    if (run.isPlain && answer?.status !== 401)
      run.broken.add(`a webhook that is ${forgery} was answered ${answer?.status}`);
    // The next one may be looked into again.
    await run.pass(61 * SECOND);
  }
}

/** Somebody says that what was not paid was paid. */
function forged(forgery: Forgery): Scenario {
  return {
    name: `forged-${forgery}`,
    given: nothing,
    listens: true,
    strikes: ({ actor }) => actor.startsWith('forger'),
    tries: cutsShort,
    async play(run) {
      await buy(run);
      await buy(run, run.newBuyer('page'));
      await tell(run);
      await run.pass(61 * SECOND);
      await forge(run, forgery);
    },
  };
}

export const storiesOfNotices: readonly Scenario[] = [
  told('answer-lost-told', { given: unheard, leadsTo: 'paid' }),
  told('charged-twice-unheard', {
    given: unheard,
    trouble: { on: 'charge', kind: 'twice', times: 1 },
  }),
  told('page-paid-told', { card: 'page', then: settles('paid'), leadsTo: 'paid', tries: () => true }),
  told('page-failed-told', { card: 'page', then: settles('declined'), leadsTo: 'declined' }),
  told('page-expired-told', { card: 'page', then: settles('expired'), leadsTo: 'expired' }),
  told('page-paid-late-told', {
    card: 'page',
    then: async (run) => {
      await run.pass(16 * MINUTE);
      run.mail.lose();
      run.far.payLate();
    },
    leadsTo: 'refunded',
  }),
  told('counter-paid-told', { card: 'waits', then: settles('paid'), leadsTo: 'paid', carriage: { copies: 2 } }),
  told('charged-twice-told', {
    trouble: { on: 'charge', kind: 'twice', times: 1 },
    leadsTo: 'paid',
    carriage: { reversed: true },
  }),
  told('hand-refund-told', {
    then: async (run) => {
      run.mail.lose();
      await run.giveBackByHand();
    },
    leadsTo: 'refunded',
    carriage: { copies: 2 },
  }),
  told('hand-part-told', {
    then: async (run) => {
      run.mail.lose();
      await run.giveBackByHand(500);
      await giveBack(run, 5);
    },
    leadsTo: 'paid',
  }),
  polled,
  early,
  again,
  lostHint,
  ...forgeries.map(forged),
];
