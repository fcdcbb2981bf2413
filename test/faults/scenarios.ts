/** The stories the matrix strikes at: a purchase, refunds by the admin, and what the sweep does by itself. */
import type { Call, Mode, Plan } from './modes.ts';
import type { Run } from './run.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

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

const nothing: Plan = () => undefined;
const everything = (): boolean => true;

const is = (actor: string, label: string, nth = 0): ((call: Call) => boolean) => {
  return (call) => call.actor.startsWith(actor) && call.label === label && call.nth === nth;
};
const CHARGE = 'POST /orders/:id/charges';
const READ = 'GET /orders/:id';
const REFUND = 'POST /orders/:id/refunds';
const MOVE = 'TransactWriteItems';

async function paid(run: Run): Promise<number | undefined> {
  const { purchases } = await run.read();
  return purchases.find(({ state, refundTargetMinor }) => state === 'paid' && refundTargetMinor === 0)?.id;
}

async function buy(run: Run): Promise<void> {
  const buyer = run.newBuyer();
  await run.buy(buyer);
  await run.world.drained();
  await run.look();
}

/** While anything of the purchase itself is held, the admin already gives the money back. */
function refundWhileHeld(run: Run, amount?: number): void {
  run.whileHeld = async (held) => {
    const id = held.actor.startsWith('admin') ? undefined : await paid(run);
    if (id !== undefined) await run.refund(id, amount, 'admin in haste');
  };
}

const isOfPurchase = (actor: string): boolean => actor.startsWith('buyer') || actor === 'worker 1';

function refundStory(name: string, amount: number | undefined): Scenario {
  return {
    name,
    given: nothing,
    strikes: ({ actor }) => actor !== 'admin in haste',
    // The purchase itself is struck in a story of its own; here its held calls cross with the refund.
    tries: (mode, { actor }) => mode.startsWith('delay') || !isOfPurchase(actor),
    async play(run) {
      refundWhileHeld(run, amount);
      // A message that comes back heals what a dead worker left: here nothing but our own rows may.
      run.world.queue.treat(() => ({ onlyOnce: true }));
      await buy(run);
      const id = await paid(run);
      if (id !== undefined) await run.refund(id, amount);
      await run.world.drained();
      await run.look();
    },
  };
}

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
  given: (call) => (is('buyer', CHARGE)(call) ? 'fail-after' : is('buyer', READ)(call) ? 'fail-before' : undefined),
  strikes: ({ actor }) => !actor.startsWith('buyer'),
  async play(run) {
    await buy(run);
    await run.pass(31 * SECOND);
  },
};

/** The charge never arrived: read, cancelled, read once more, and read again a day later. */
const doubtUncharged: Scenario = {
  name: 'doubt-uncharged',
  given: (call) => (is('buyer', CHARGE)(call) ? 'fail-before' : undefined),
  strikes: ({ actor }) => !actor.startsWith('buyer'),
  async play(run) {
    await buy(run);
    await run.pass(31 * SECOND);
    await run.pass(90 * SECOND);
    await run.pass(MINUTE);
  },
};

/** The charge comes so late that its buyer has long gone: it is given back. */
const lateApproval: Scenario = {
  name: 'late-approval',
  given: (call) =>
    is('buyer', CHARGE)(call) ? 'fail-after' : call.label === READ && call.nth < 1 ? 'fail-before' : undefined,
  strikes: ({ actor }) => !actor.startsWith('buyer'),
  async play(run) {
    await buy(run);
    await run.pass(11 * MINUTE);
  },
};

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
      const id = await paid(run);
      if (id !== undefined) await run.refund(id, amount);
      await run.world.drained();
      // Settled at once, before anything late arrives.
      await run.pass(16 * SECOND);
    },
  };
}

const isSweeping = ({ actor, label }: Call): boolean =>
  actor.startsWith('sweep') && label !== 'Query' && label !== READ;
const isServing = ({ actor, service }: Call): boolean => actor.startsWith('worker') && service === 'router';

/** The refund's answer is lost, so the sweep reads before it sends again. */
function lostRefund(name: string, mode: Mode): Scenario {
  return {
    name,
    given: (call) => (is('admin', REFUND)(call) ? mode : undefined),
    strikes: isSweeping,
    async play(run) {
      await buy(run);
      const id = await paid(run);
      if (id !== undefined) await run.refund(id, 5);
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
  strikes: isSweeping,
  async play(run) {
    const { conekta } = run.world;
    conekta.addFault({ route: 'refund', kind: 'refund-pending', times: 1 });
    await buy(run);
    const id = await paid(run);
    if (id !== undefined) await run.refund(id, 5);
    await run.pass(6 * MINUTE);
    for (const { id: refundId, status } of conekta.ledger().refunds)
      if (status === 'pending') conekta.settleRefund(refundId, 'failed');
    await run.pass(6 * MINUTE);
  },
};

/** The order was cancelled and the buyer told so; the charge comes all the same. */
const closedAndCharged: Scenario = {
  name: 'closed-and-charged',
  given: nothing,
  strikes: isSweeping,
  async play(run) {
    const { conekta } = run.world;
    conekta.addFault({ route: 'create-charge', kind: 'late', times: 1 });
    await buy(run);
    for (const ms of [31 * SECOND, 90 * SECOND, MINUTE, MINUTE, MINUTE]) await run.pass(ms);
    await conekta.releaseLate();
    await run.pass(25 * 60 * MINUTE);
  },
};

/** The deadline's decision is held while an admin gives a part back, which the bank takes its time for. */
const deadlineCrossesRefund: Scenario = {
  name: 'deadline-crosses-refund',
  given: (call) => (is('sweep', MOVE)(call) ? 'delay-before' : undefined),
  strikes: isSweeping,
  tries: (mode) => mode === 'kill-after' || mode === 'fail-after',
  async play(run) {
    const { conekta, router } = run.world;
    conekta.addFault({ route: 'refund', kind: 'refund-pending', times: 1 });
    await router.addFault({ name: 'refuse-connections' });
    await buy(run);
    run.whileHeld = async () => {
      const id = await paid(run);
      if (id !== undefined) await run.refund(id, 5);
    };
    await run.pass(11 * MINUTE);
    await router.clearFaults();
    for (const { id, status } of conekta.ledger().refunds)
      if (status === 'pending') conekta.settleRefund(id, 'refunded');
  },
};

export const scenarios: readonly Scenario[] = [
  {
    name: 'purchase',
    given: nothing,
    strikes: everything,
    play: buy,
  },
  refundStory('refund', undefined),
  refundStory('part-refund', 5),
  deadline,
  doubtCharged,
  doubtUncharged,
  lateApproval,
  lostRefund('refund-lost-before', 'fail-before'),
  lostRefund('refund-lost-after', 'fail-after'),
  lostRefund('refund-late', 'late'),
  refundPending,
  closedAndCharged,
  deadlineCrossesRefund,
  crossing('refund-crosses-delivery', 0, undefined, isServing),
  crossing('refund-crosses-sweep', 0, 5, isSweeping),
];
