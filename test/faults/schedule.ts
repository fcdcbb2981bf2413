/** Plays a seed's plan: several buyers, an admin, a router and a gateway that come and go, and time that jumps. */
import type { GatewayName } from '#shared/gateways/gateway.ts';
import { mendEverything } from './far-ends.ts';
import { type Beat, type PlannedRefund, planOf, type SeedPlan, tell } from './plan.ts';
import type { Call } from './modes.ts';
import { Run } from './run.ts';
import { callsStruck } from './wires.ts';
import type { World } from './world.ts';

export interface Played {
  readonly broken: readonly string[];
  readonly told: readonly string[];
}

export async function playSeed(world: World, seed: number, gateway: GatewayName): Promise<Played> {
  const plan = planOf(seed, world.comparison);
  let calm = false;
  const strike = (call: Call) => (calm ? undefined : plan.strike(call));
  const run = await Run.open(world, { gateway, plan: strike, listens: true, isPlain: false });
  world.queue.treat((nth) => (calm ? {} : plan.treat(nth)));
  world.hints.treat((nth) => (calm ? {} : plan.treatHint(nth)));
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
      const buyer = this.#run.newBuyer(planned.card, this.#buyers);
      for (let copy = 0; copy < planned.copies; copy += 1) begun.push(this.#run.buy(buyer, `buyer ${++this.#buyers}`));
    }
    for (let sweep = 0; sweep < beat.sweeps; sweep += 1) begun.push(world.sweep(`sweep ${++this.#sweeps}`));
    for (const refund of this.#plan.refunds.filter((one) => one.beat === index)) begun.push(this.#refund(refund));
    begun.push(this.#mail(beat));
    if (beat.polls) begun.push(this.#run.poll(`poller ${index}`));
    if (beat.rescues) begun.push(this.#rescue(beat.rescues));
    return begun;
  }

  async #weather({ routerMends, routerFault, gatewayMends, trouble }: Beat): Promise<void> {
    const { far, world } = this.#run;
    if (routerMends) await world.router.clearFaults();
    if (routerFault) await world.router.addFault(routerFault);
    if (gatewayMends) far.mend();
    if (trouble) far.addTrouble(trouble);
  }

  /** What people and banks do that the gateway then knows of. */
  async #farEnds({ settles, settlesRefunds, releasesLate, paysLate, disputes, byHand }: Beat): Promise<void> {
    const { far } = this.#run;
    if (releasesLate) await far.releaseLate();
    if (settles) far.settle(settles);
    if (paysLate) far.payLate();
    if (settlesRefunds) far.settleRefunds(settlesRefunds);
    if (disputes) this.#run.dispute(disputes.step, disputes.nth);
    if (byHand) await this.#run.giveBackByHand(byHand.minor, byHand.nth);
  }

  /** What was said at the gateway until now is carried, well or badly. */
  async #mail({ carries, forges }: Beat): Promise<void> {
    const { mail } = this.#run;
    if (carries === 'lost') mail.lose();
    else if (carries !== 'kept')
      await mail.deliver({ copies: carries === 'doubled' ? 2 : 1, reversed: carries === 'reversed' });
    if (!forges) return;
    const { purchases } = await this.#run.read();
    for (const purchase of purchases) await mail.forge(forges, purchase);
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
