/** Time that is bought on top of time: one access, two purchases, and what becomes of one is not the other's. */
import type { Call } from './modes.ts';
import type { Run } from './run.ts';
import { cutsShort, cutsShortOrDelays, MINUTE, nothing, type Scenario } from './story.ts';
import { offStage } from './wires.ts';

/** Longer than any story: what is counted here is what was sold. */
const PASS = { clock: 'use', seconds: 300 * 24 * 60 * 60, bytes: null, devices: 1 } as const;

async function extend(run: Run): Promise<void> {
  const { companyId, productId } = run.shop;
  await offStage(() => run.world.stage.services.products.update(companyId, productId, { timeSold: PASS }));
  const first = run.newBuyer();
  const { value } = await run.buy(first);
  await run.world.drained();
  const { usuario_hotspot: user, consulta_url: link } = value?.body ?? {};
  if (value?.status !== 200) return;
  const more = run.newBuyer('good', 2);
  const code = { codigo: user.usuario, t: new URL(link, 'http://portal').searchParams.get('t') };
  await run.buy({ ...more, body: { ...more.body, mac_cliente: first.body['mac_cliente'], ...code } }, 'buyer 2');
  await run.world.drained();
  await run.look();
}

const isLater = ({ actor }: Call): boolean =>
  actor === 'buyer 2' || (actor.startsWith('worker') && actor !== 'worker 1');

const extension: Scenario = {
  name: 'extension',
  given: nothing,
  strikes: isLater,
  play: extend,
};

/** The router is off while the time is bought, and past the deadline: only that goes back. */
const extensionUndelivered: Scenario = {
  name: 'extension-undelivered',
  given: nothing,
  strikes: ({ actor }) => actor.startsWith('sweep'),
  tries: cutsShort,
  async play(run) {
    await run.world.router.addFault({ name: 'trap', message: 'failure: busy', command: '/ip/hotspot/user/set' });
    await extend(run);
    await run.pass(11 * MINUTE);
    await run.world.router.clearFaults();
    await run.pass(2 * MINUTE);
  },
};

const extensionRefunded: Scenario = {
  name: 'extension-refunded',
  given: nothing,
  strikes: ({ actor }) => actor.startsWith('admin') || /^worker [3-9]/.test(actor),
  tries: cutsShortOrDelays,
  async play(run) {
    await extend(run);
    const last = (await run.read()).purchases.filter(({ state }) => state === 'paid').at(-1);
    if (last) await run.refund(last.id);
    await run.world.drained();
    await run.look();
  },
};

/** The first one goes back: the second keeps all of its own time. */
const firstRefunded: Scenario = {
  name: 'extended-refunded',
  given: nothing,
  strikes: ({ actor }) => actor.startsWith('admin') || /^worker [3-9]/.test(actor),
  tries: cutsShort,
  async play(run) {
    await extend(run);
    const first = (await run.read()).purchases.find(({ state }) => state === 'paid');
    if (first) await run.refund(first.id);
    await run.world.drained();
    await run.look();
  },
};

export const storiesOfExtensions: readonly Scenario[] = [
  extension,
  extensionUndelivered,
  extensionRefunded,
  firstRefunded,
];
