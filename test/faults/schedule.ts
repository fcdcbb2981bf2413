/** Plays a seed's plan: several buyers, an admin, a router and a gateway that come and go, and time that jumps. */
import { mendEverything, payLate, settleCharges, settleRefunds } from './far-ends.ts';
import { type Beat, type PlannedRefund, planOf, type SeedPlan, tell } from './plan.ts';
import { Run } from './run.ts';
import { callsStruck } from './wires.ts';
import type { World } from './world.ts';

export interface Played {
  readonly broken: readonly string[];
  readonly told: readonly string[];
}

export async function playSeed(world: World, seed: number): Promise<Played> {
  const plan = planOf(seed);
  let calm = false;
  const run = await Run.open(world, (call) => (calm ? undefined : plan.strike(call)));
  world.queue.treat((nth) => (calm ? {} : plan.treat(nth)));
  const cast = new Cast(run, plan);
  const underWay: Promise<unknown>[] = [];
  for (const [index, beat] of plan.beats.entries()) {
    const begun = await cast.play(index, beat);
    underWay.push(...begun);
    if (beat.awaited) await world.waitedFor(Promise.all(begun));
    else await world.calm(30, () => true);
  }
  await world.waitedFor(Promise.all(underWay));
  const struck = callsStruck().map(({ call, mode }) => `struck: ${call.actor} / ${call.label} #${call.nth} / ${mode}`);
  calm = true;
  await mendEverything(run);
  const broken = await run.end();
  await mendEverything(run);
  return { broken, told: [...tell(seed, plan), ...struck] };
}

class Cast {
  readonly #run: Run;
  readonly #plan: SeedPlan;
  #sweeps = 0;
  #admins = 0;
  #buyers = 0;

  constructor(run: Run, plan: SeedPlan) {
    this.#run = run;
    this.#plan = plan;
  }

  /** @returns what was begun */
  async play(index: number, beat: Beat): Promise<Promise<unknown>[]> {
    const { world } = this.#run;
    await this.#weather(beat);
    await world.pass(beat.jumpMs);
    await this.#farEnds(beat);
    const begun: Promise<unknown>[] = [];
    for (const planned of this.#plan.buyers.filter((buyer) => buyer.beat === index)) {
      const buyer = this.#run.newBuyer(planned.token, this.#buyers);
      for (let copy = 0; copy < planned.copies; copy += 1) begun.push(this.#run.buy(buyer, `buyer ${++this.#buyers}`));
    }
    for (let sweep = 0; sweep < beat.sweeps; sweep += 1) begun.push(world.sweep(`sweep ${++this.#sweeps}`));
    for (const refund of this.#plan.refunds.filter((one) => one.beat === index)) begun.push(this.#refund(refund));
    if (beat.rescues) begun.push(this.#rescue(beat.rescues));
    return begun;
  }

  async #weather({ routerMends, routerFault, gatewayMends, gatewayFault }: Beat): Promise<void> {
    const { router, conekta } = this.#run.world;
    if (routerMends) await router.clearFaults();
    if (routerFault) await router.addFault(routerFault);
    if (gatewayMends) conekta.clearFaults();
    if (gatewayFault) conekta.addFault(gatewayFault);
  }

  /** What people and banks do that the gateway then knows of. */
  async #farEnds({ settles, settlesRefunds, releasesLate, paysLate }: Beat): Promise<void> {
    if (releasesLate) await this.#run.world.conekta.releaseLate();
    if (settles) settleCharges(this.#run, settles);
    if (paysLate) payLate(this.#run);
    if (settlesRefunds) settleRefunds(this.#run, settlesRefunds);
  }

  async #refund({ nth, amount }: PlannedRefund): Promise<void> {
    const { purchases } = await this.#run.read();
    const able = purchases.filter(({ state }) => state === 'paid');
    const purchase = able[nth % Math.max(1, able.length)];
    if (purchase) await this.#run.refund(purchase.id, amount, `admin ${++this.#admins}`);
  }

  /** The admin looks at the list of failed refunds, and does something about each: what is not listed is never helped. */
  async #rescue(how: NonNullable<Beat['rescues']>): Promise<void> {
    for (const id of await this.#run.failedRefunds(`admin ${++this.#admins}`))
      await this.#run.admin(`${id}/${how}`, undefined, `admin ${++this.#admins}`);
  }
}
