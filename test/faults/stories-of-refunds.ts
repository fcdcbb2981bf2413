/** Money on its way back: asked for by an admin, sent again by the sweep, refused, and crossed by others. */
import type { Trouble } from '../stage/gateways/far-gateway.ts';
import type { Call, Mode } from './modes.ts';
import type { Run } from './run.ts';
import {
  buy,
  cutsShort,
  cutsShortOrDelays,
  giveBack,
  is,
  isSweeping,
  MINUTE,
  MOVE,
  nothing,
  LOOK,
  REFUND,
  type Scenario,
  SECOND,
  STEP,
} from './story.ts';

const isOfPurchase = (actor: string): boolean => actor.startsWith('buyer') || actor === 'worker 1';
const isServing = ({ actor, service }: Call): boolean => actor.startsWith('worker') && service === 'router';

function refundStory(name: string, amount: number | undefined, tries: (mode: Mode) => boolean): Scenario {
  return {
    name,
    given: nothing,
    strikes: ({ actor }) => actor !== 'admin in haste',
    // The purchase itself is struck in a story of its own; here its held calls cross with the refund.
    tries: (mode, { actor }) => mode.startsWith('delay') || (!isOfPurchase(actor) && tries(mode)),
    async play(run) {
      // While anything of the purchase itself is held, the admin already gives the money back.
      run.whileHeld = async ({ actor }) => {
        if (!actor.startsWith('admin')) await giveBack(run, amount, 'admin in haste');
      };
      // A message that comes back heals what a dead worker left: here nothing but our own rows may.
      run.world.queue.treat(() => ({ onlyOnce: true }));
      await buy(run);
      // The admin's process is another one: it opens the company's key itself.
      run.world.freshProcesses();
      await giveBack(run, amount);
      await run.world.drained();
      await run.look();
    },
  };
}

/**
 * An admin's refund is held before one of its writes; meanwhile others are at work and are struck. `given` holds it,
 * so two things go wrong at once.
 */
function crossing(name: string, nth: number, amount: number | undefined, strikes: Scenario['strikes']): Scenario {
  return {
    name,
    given: (call) => (is('admin', MOVE, nth)(call) ? 'delay-before' : undefined),
    strikes,
    tries: (mode) => ['kill-before', 'kill-after', 'fail-after', 'late'].includes(mode),
    async play(run) {
      await run.world.router.addFault({ name: 'refuse-connections' });
      await buy(run);
      await run.world.router.clearFaults();
      await giveBack(run, amount);
      await run.world.drained();
      // Settled at once, before anything late arrives.
      await run.pass(16 * SECOND);
    },
  };
}

/** The refund's answer is lost, so the sweep reads before it sends again. */
function lostRefund(name: string, mode: Mode): Scenario {
  return {
    name,
    given: (call) => (is('admin', REFUND)(call) ? mode : undefined),
    strikes: isSweeping,
    async play(run) {
      await buy(run);
      await giveBack(run, 5);
      await run.pass(31 * SECOND);
      await run.pass(31 * SECOND);
      await run.pass(61 * SECOND);
    },
  };
}

/** Taken by the bank, looked at, failed, and given back on the next day's try. */
const refundPending: Scenario = {
  name: 'refund-pending',
  given: nothing,
  // A look that learns nothing is a step here, too.
  strikes: (call) => isSweeping(call) || (call.actor.startsWith('sweep') && call.deed === LOOK),
  tries: cutsShortOrDelays,
  async play(run) {
    run.far.addTrouble({ on: 'refund', kind: 'pending', times: 1 });
    await buy(run);
    await giveBack(run, 5);
    await run.pass(6 * MINUTE);
    run.far.settleRefunds('failed');
    await run.pass(6 * MINUTE);
  },
};

/** The deadline's decision is held while an admin gives a part back, which does not go well. */
function deadlineCrosses(name: string, trouble: Trouble): Scenario {
  return {
    name,
    given: (call) => (is('sweep', MOVE)(call) ? 'delay-before' : undefined),
    strikes: isSweeping,
    tries: cutsShort,
    async play(run) {
      const { router } = run.world;
      run.far.addTrouble(trouble);
      await router.addFault({ name: 'refuse-connections' });
      await buy(run);
      run.whileHeld = () => giveBack(run, 5);
      await run.pass(11 * MINUTE);
      await router.clearFaults();
      run.far.settleRefunds('refunded');
    },
  };
}

type Rescue = 'reintentar-reembolso' | 'entregar';

/** The admin looks for refunds that failed, and does something about each. */
async function rescue(run: Run, how: Rescue, actor: string): Promise<void> {
  for (const id of await run.failedRefunds(actor)) await run.admin(`${id}/${how}`, undefined, actor);
}

/** Bought, and to be given back whole, but the company's account is empty. */
async function refuseRefund(run: Run, times?: number): Promise<void> {
  run.far.addTrouble({ on: 'refund', kind: 'refused', ...(times !== undefined && { times }) });
  await buy(run);
  await giveBack(run, undefined);
  await run.world.drained();
}

/** Refused once; an admin tries again, or leaves the buyer the access. */
function failedRefund(name: string, how: Rescue): Scenario {
  return {
    name,
    given: nothing,
    strikes: ({ actor }) => actor === 'admin to the rescue',
    tries: cutsShortOrDelays,
    async play(run) {
      await refuseRefund(run, 1);
      run.world.freshProcesses();
      await rescue(run, how, 'admin to the rescue');
      await run.world.drained();
      await run.look();
    },
  };
}

/** An admin's new try is held while another one tries, in vain, or leaves the buyer the access: it finds that done. */
function retryCrosses(name: string, how: Rescue): Scenario {
  return {
    name,
    given: (call) => (is('admin to the rescue', STEP)(call) ? 'delay-before' : undefined),
    strikes: ({ actor, label }) => actor.startsWith('admin ') && label !== 'Query',
    tries: cutsShort,
    async play(run) {
      await refuseRefund(run);
      run.whileHeld = () => rescue(run, how, 'admin in haste');
      await rescue(run, 'reintentar-reembolso', 'admin to the rescue');
    },
  };
}

export const storiesOfRefunds: readonly Scenario[] = [
  refundStory('refund', undefined, () => true),
  refundStory('part-refund', 5, cutsShort),
  lostRefund('refund-lost-before', 'fail-before'),
  lostRefund('refund-lost-after', 'fail-after'),
  lostRefund('refund-late', 'late'),
  refundPending,
  failedRefund('failed-refund-retried', 'reintentar-reembolso'),
  failedRefund('failed-refund-kept', 'entregar'),
  deadlineCrosses('deadline-crosses-refund', { on: 'refund', kind: 'pending', times: 1 }),
  deadlineCrosses('deadline-crosses-lost-refund', { on: 'refund', kind: 'reset', when: 'before', times: 1 }),
  deadlineCrosses('deadline-crosses-failed-refund', { on: 'refund', kind: 'refused', times: 1 }),
  retryCrosses('retry-crosses-retry', 'reintentar-reembolso'),
  retryCrosses('retry-crosses-keeping', 'entregar'),
  crossing('refund-crosses-delivery', 0, undefined, isServing),
  crossing('refund-crosses-sweep', 0, 5, isSweeping),
];
