/** One run over one new shop: its buyers, its admin, time, and what they were told. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { GatewayName } from '#shared/gateways/gateway.ts';
import { DELIVERY_DEADLINE_MS } from '#shared/purchases/purchase-schedule.ts';
import type { Attributes } from '#shared/store/table.ts';
import { type Answer, type Headers, stageUrl } from '../stage/stage.ts';
import type { Shop } from '../stage/market.ts';
import {
  brokenAtEnd,
  brokenAtRest,
  brokenCalls,
  type Findings,
  isComparison,
  isRegistration,
  isReconcile,
  isRetention,
  isWatch,
  owed,
  readBooks,
} from './books.ts';
import type { CardKind, DisputeStep, FarCharge, FarGateway } from '../stage/gateways/far-gateway.ts';
import { Mail } from './mail.ts';
import { act, type Acted, arm, callsMade, callsStruck, deliverLate, offStage } from './wires.ts';
import type { Call, Plan } from './modes.ts';
import type { World } from './world.ts';

export interface Buyer {
  readonly body: Readonly<Record<string, unknown>>;
  readonly email: string;
}

/** One of several equal requests that fell before it found the purchase of the others cannot say more than "failed". */
const knewOfIt = (actor: string): boolean => {
  const made = callsMade().filter((call) => call.actor === actor);
  if (made.some(({ service }) => service === 'gateway')) return true;
  return made.some(({ label }) => label === 'GetItem');
};

const listing = z.object({ transacciones: z.array(z.object({ id: z.number() })) });

const MAX_PASSES = 120;
const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
/** Whoever waits 65 s has outlived every deadline; a worker is ended after 20. */
const FROZEN_MS = 65_000;
const FROZEN_WORKER_MS = 16_000;

export interface Setting {
  readonly gateway: GatewayName;
  readonly plan: Plan;
  /** Whether the gateway was told where to send its notifications: with Conekta that costs a key pair. */
  readonly listens: boolean;
  /** Nothing but what the story itself brings goes wrong. */
  readonly isPlain: boolean;
}

export class Run {
  readonly world: World;
  readonly shop: Shop;
  readonly far: FarGateway;
  readonly mail: Mail;
  readonly listens: boolean;
  readonly isPlain: boolean;
  readonly broken = new Set<string>();
  readonly #asked = new Map<number, number>();
  readonly #byHand = new Map<number, number>();
  readonly #delivered = new Set<number>();
  readonly #links: URL[] = [];
  #holding = 0;
  /** Something else to happen while a call is held. */
  whileHeld: (call: Call) => Promise<void> = () => Promise.resolve();
  /** How long a call is held; by default longer than its process can wait. */
  heldMs: number | undefined;

  private constructor(world: World, shop: Shop, { gateway, listens, isPlain }: Setting) {
    this.world = world;
    this.shop = shop;
    this.listens = listens;
    this.isPlain = isPlain;
    this.far = world.farGateway(gateway, shop);
    this.mail = new Mail(world, this.far);
  }

  static async open(world: World, setting: Setting): Promise<Run> {
    world.resetQueues();
    world.mendGateways();
    await world.router.clearFaults();
    await deliverLate();
    const run = new Run(world, await world.openShop(), setting);
    world.freshProcesses();
    // The portal was opened and the router probed: a purchase begins with the tap on "pay".
    arm(() => undefined);
    await run.#register();
    await act('portal', () =>
      world.stage.call('GET', '/api/v1/catalogo_perfiles_venta', { headers: { 'x-api-key': run.shop.apiKey } }),
    );
    await world.drained();
    world.freshProcesses();
    world.resetQueues();
    run.mail.lose();
    arm(setting.plan, (call) => run.#meanwhile(call));
    return run;
  }

  /** What a new company owes at once is done, or was never owed. */
  async #register(): Promise<void> {
    const { world, far, listens } = this;
    const registers = listens && far.name === 'conekta';
    // A heartbeat comes for ever, too, and moves no money; nor does what takes names out of old purchases.
    const isDropped = (item: Attributes): boolean =>
      isWatch(item) ||
      isRetention(item) ||
      (isRegistration(item) && !registers) ||
      (isComparison(item) && !world.comparison) ||
      (isReconcile(item) && !world.reconcile);
    for (const item of (await world.itemsOf(this.shop)).filter(isDropped)) await world.drop(item);
    if (registers) await world.sweep();
  }

  newBuyer(card: CardKind = 'good', n = 1): Buyer {
    const mac = `AA:BB:${randomUUID().slice(0, 8).toUpperCase().match(/../g)?.join(':')}`;
    this.world.router.addHost({ mac, ip: `10.5.50.${10 + n}` });
    const email = `${randomUUID()}@correo.mx`;
    const body = {
      ...this.far.payWith(card),
      producto_id: this.shop.productId,
      nombre_cliente: 'Luis Mora',
      email_cliente: email,
      mac_cliente: mac,
      conexion_automatica: true,
    };
    return { body, email };
  }

  /** A buyer pays. What was answered is judged by what the gateway's books say at that moment. */
  async buy({ body }: Buyer, actor = 'buyer'): Promise<Acted<Answer>> {
    const headers = { 'x-api-key': this.shop.apiKey };
    const call = () => this.world.stage.call('POST', this.far.buyPath, { headers, body });
    const acted = await this.world.waitedFor(act(actor, call));
    const answer = acted.dead ? undefined : acted.value;
    await this.#judgeCode(answer);
    const { consulta_url: link } = answer?.body ?? {};
    if (typeof link === 'string') this.#links.push(new URL(link, stageUrl));
    if (acted.error !== undefined && !acted.dead) this.broken.add(`the handler threw: ${String(acted.error)}`);
    if (answer && answer.status >= 500 && answer.status !== 504 && knewOfIt(actor) && (await this.#isCharged(body)))
      this.broken.add(`charged, and answered ${answer.status}`);
    return acted;
  }

  /** Each buyer who has a link asks what became of it, as the page that waits does. */
  async poll(actor = 'poller'): Promise<void> {
    for (const { pathname, search } of this.#links) {
      const { dead, value } = await this.world.waitedFor(
        act(actor, () => this.world.stage.call('GET', pathname + search)),
      );
      if (!dead) await this.#judgeCode(value);
    }
  }

  /**
   * The operator gives money back at the gateway itself.
   *
   * @param minor everything that is left when undefined
   * @param nth of which charge; of all when undefined
   */
  async giveBackByHand(minor?: number, nth?: number): Promise<void> {
    for (const { id, purchaseId, amountMinor, refundedMinor, dispute } of this.#charges(nth)) {
      const wanted = minor ?? amountMinor - refundedMinor;
      if (dispute !== null || wanted <= 0 || wanted > amountMinor - refundedMinor) continue;
      // Without an answer it may have happened.
      const mayBeBack = await offStage(() => this.far.refundByHand(id, wanted)).catch(() => true);
      if (mayBeBack) this.#byHand.set(purchaseId, (this.#byHand.get(purchaseId) ?? 0) + wanted);
    }
  }

  /** The buyers' banks take a step about this charge, or all of them. @returns whether any could take it */
  dispute(step: DisputeStep, nth?: number): boolean {
    return this.#charges(nth).filter(({ id }) => this.far.dispute(id, step)).length > 0;
  }

  #charges(nth: number | undefined): readonly FarCharge[] {
    const all = this.far.charges();
    return nth === undefined ? all : all.filter((_, place) => place === nth % all.length);
  }

  /** @param amount in pesos; all that is left when undefined */
  async refund(purchaseId: number, amount?: number, actor = 'admin'): Promise<Acted<Answer>> {
    const { purchases } = await this.read();
    const known = purchases.find(({ id }) => id === purchaseId);
    const askedMinor = amount === undefined ? (known?.amountMinor ?? 0) : amount * 100;
    this.#asked.set(purchaseId, (this.#asked.get(purchaseId) ?? 0) + askedMinor);
    return this.admin(`${purchaseId}/reembolsar`, amount === undefined ? undefined : { monto: amount }, actor);
  }

  admin(action: string, body: unknown, actor = 'admin'): Promise<Acted<Answer>> {
    const headers: Headers = this.shop.admin;
    const path = `/api/v1/admin/mi-empresa/transacciones/${action}`;
    const call = () => this.world.stage.call('POST', path, { headers, ...(body !== undefined && { body }) });
    return this.world.waitedFor(act(actor, call));
  }

  /** The numbers of the purchases that are listed for a person, since their refund failed. */
  async failedRefunds(actor: string): Promise<readonly number[]> {
    const failed = async () => (await this.read()).purchases.filter(({ state }) => state === 'refund_failed');
    const before = await failed();
    const path = '/api/v1/admin/mi-empresa/transacciones?estado=refund_failed&limit=200';
    const call = () => this.world.stage.call('GET', path, { headers: this.shop.admin });
    const { value, dead } = await this.world.waitedFor(act(actor, call));
    if (dead || value?.status !== 200) return [];
    const listed = listing.parse(value.body).transacciones.map(({ id }) => id);
    const after = new Set((await failed()).map(({ id }) => id));
    for (const { id } of before)
      if (after.has(id) && !listed.includes(id)) this.broken.add('a failed refund is not listed for a person');
    return listed;
  }

  read(): Promise<Findings> {
    return offStage(() => readBooks(this.world, this.shop, this.far));
  }

  /** Looks at the books while nobody is at work. */
  async look(): Promise<Findings> {
    const found = await this.read();
    for (const name of brokenAtRest(found, this.world)) this.broken.add(name);
    for (const { id, deliveredAt, createdAt } of found.purchases)
      if (found.truths.get(id)?.users === 1 && deliveredAt !== null && deliveredAt < createdAt + DELIVERY_DEADLINE_MS)
        this.#delivered.add(id);
    return found;
  }

  async pass(ms: number, sweeps = 1): Promise<void> {
    await this.world.pass(ms);
    await Promise.all(Array.from({ length: sweeps }, () => this.world.sweep()));
    await this.world.drained();
  }

  /** Lets time pass and sweeps, until nothing is owed; then everything promised must hold. */
  async end(): Promise<readonly string[]> {
    const { world } = this;
    await world.drained();
    await this.look();
    await this.#settleOwed();
    if (world.comparison) {
      // What nobody was told of is found out within a day, and brought to its end.
      await this.pass(DAY + HOUR);
      await this.#settleOwed();
    }
    await world.pass(HOUR);
    await world.sweep();
    await world.drained();
    const found = await this.look();
    const expected = { askedMinor: this.#asked, byHandMinor: this.#byHand, delivered: this.#delivered };
    for (const name of brokenAtEnd(found, expected, world.clock.now())) this.broken.add(name);
    for (const name of brokenCalls(callsMade(), found.purchases.length)) this.broken.add(name);
    world.coverage.add(callsMade(), callsStruck());
    // What comes back for ever would come back in the runs after this one.
    for (const item of found.items) if (typeof item['dueAt'] === 'number') await world.drop(item);
    return [...this.broken];
  }

  async #judgeCode(answer: Answer | undefined): Promise<void> {
    if (!answer?.body?.usuario_hotspot) return;
    const truth = (await this.read()).truths.get(answer.body.id_compra);
    if (!truth?.chargedMinor) this.broken.add(`a code was shown before anything was paid (${answer.status})`);
  }

  /** Lets time pass and sweeps, until nothing is owed. */
  async #settleOwed(): Promise<void> {
    const { world } = this;
    let left = 0;
    for (let passes = 0; passes < MAX_PASSES; passes += 1) {
      const now = world.clock.now();
      const due = owed(await this.read()).map(({ dueAt }) => dueAt);
      const next = Math.min(...due, world.nextVisibleAt());
      left = due.length;
      if (next === Infinity) break;
      // The sweep comes each minute; where nothing is due for long, the clock jumps there.
      await world.pass(Math.max(passes === 0 ? 50_000 : 20_000, next - now + 1));
      await world.sweep();
      await world.drained();
      await this.look();
    }
    if (left > 0) this.broken.add(`${left} items are owed after ${MAX_PASSES} sweeps`);
  }

  async #isCharged(body: Readonly<Record<string, unknown>>): Promise<boolean> {
    const { purchases, truths } = await this.read();
    const own = purchases.filter(({ customer }) => customer.email === body['email_cliente']);
    return own.some(({ id }) => (truths.get(id)?.chargedMinor ?? 0) > 0);
  }

  async #meanwhile(held: Call): Promise<void> {
    if (this.#holding > 0) return;
    this.#holding += 1;
    const { world } = this;
    try {
      world.letOvertake(true);
      await world.pass(this.heldMs ?? (held.actor.startsWith('worker') ? FROZEN_WORKER_MS : FROZEN_MS));
      await this.whileHeld(held);
      await world.sweep();
      await world.calm(400, () => true);
    } finally {
      world.letOvertake(false);
      this.#holding -= 1;
    }
  }
}
