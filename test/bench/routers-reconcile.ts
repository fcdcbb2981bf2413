/** The reconcile of one large router: slices, router time, and that only changes are written. */
import { commentOf } from '#shared/access/access.ts';
import { sealCode } from '#shared/access/code.ts';
import { Secret } from '#shared/security/secret.ts';
import { type Access, accessItem } from '#shared/store/accesses.ts';
import { keys } from '#shared/store/table.ts';
import { sampleAccess, sampleGrant } from '../shared/access/sample-access.ts';
import { sideBySide } from './figures.ts';
import { type Fleet, type Outlet, startFleet } from './fleet.ts';

export const USERS = 5_000;
export const CHANGES = { missing: 50, finished: 20, changed: 10 } as const;
const PASSWORD = '123456';
/** The simulated router does one command after the other. */
const SLOW_MS = 20;
const HOUR_S = 3_600;

export interface Run {
  readonly name: string;
  readonly slices: number;
  /** From connect to close, all slices together, milliseconds. */
  readonly routerMs: number;
  readonly reads: number;
  readonly writes: Readonly<Record<'add' | 'set' | 'remove', number>>;
  readonly dynamo: Readonly<Record<string, number>>;
  /** What the run itself says it did. */
  readonly did: Readonly<Record<'live' | 'restored' | 'removed' | 'mended' | 'failed', number>>;
}

/** With differences and without, on a router that answers at once and on one that takes its time. */
export async function reconcileRuns(): Promise<Run[]> {
  const fleet = await startFleet(2);
  const [quick, slow] = fleet.outlets;
  if (!quick || !slow) throw new Error('No outlets');
  for (const outlet of [quick, slow]) await fillBothSides(fleet, outlet);
  await slow.router.addFault({ name: 'delay', ms: SLOW_MS });
  const runs = [
    await reconcile('80 differences', fleet, quick),
    await reconcile('nothing to do', fleet, quick),
    await reconcile(`80 differences, ${SLOW_MS} ms for each command`, fleet, slow),
    await reconcile(`nothing to do, ${SLOW_MS} ms for each command`, fleet, slow),
  ];
  await fleet.stop();
  return runs;
}

async function reconcile(name: string, fleet: Fleet, outlet: Outlet): Promise<Run> {
  const { companyId, routerId, router } = outlet;
  const before = router.books.commands();
  let slices = 0;
  const dynamo = await fleet.stage.countCalls(async () => {
    for (let isDone = false; !isDone; slices += 1) {
      const outcome = await fleet.run(outlet, { kind: 'reconcile' });
      if (outcome?.kind !== 'reconciled') throw new Error(`A slice ended as ${outcome?.kind}`);
      isDone = outcome.isDone;
    }
    await fleet.settled();
  });
  const after = router.books.commands();
  const last = (await fleet.stage.services.reconciles.find(companyId, routerId))?.last;
  if (!last) throw new Error('No reconcile was noted');
  const asked = (path: string) => (after.byPath[path] ?? 0) - (before.byPath[path] ?? 0);
  const user = (verb: string) => asked(`/ip/hotspot/user/${verb}`);
  return {
    name,
    slices,
    routerMs: after.openMs - before.openMs,
    reads: Object.keys(after.byPath)
      .filter((path) => path.endsWith('/print'))
      .reduce((sum, path) => sum + asked(path), 0),
    writes: { add: user('add'), set: user('set'), remove: user('remove') },
    dynamo,
    did: last,
  };
}

/** As time and mishaps would leave them: accesses in the table, users on the router, and differences between them. */
async function fillBothSides({ stage, clock }: Fleet, { companyId, routerId, router }: Outlet): Promise<void> {
  const { table } = stage.services;
  const code = { password: new Secret(PASSWORD), consultToken: new Secret('token') };
  const seal = () => sealCode(stage.services.box('access-codes'), companyId, code);
  const oneForAll = await seal();
  const now = clock.now();
  const accesses = Array.from({ length: USERS + CHANGES.finished }, (_, n): Access => {
    const isFinished = n >= USERS;
    return sampleAccess({
      id: `${routerId}-${n}`,
      companyId,
      routerId,
      sealedCode: oneForAll,
      username: `PT-${String(n).padStart(8, '0')}`,
      grants: isFinished ? [] : [sampleGrant(1_000_000 + n, { since: now, seconds: HOUR_S })],
      clock: 'use',
      devices: 1,
      madeAt: now,
      desired: isFinished ? 'absent' : 'present',
      observed: isFinished ? 'absent' : 'present',
      confirmedAt: now,
      createdAt: now,
    });
  });
  const undisturbed = accesses.slice(CHANGES.missing + CHANGES.changed, USERS);
  const isUndisturbed = new Set(undisturbed.map(({ id }) => id));
  await sideBySide(20, accesses, async (access) => {
    // Those that will be visited have a code of their own to be opened.
    const item = accessItem(isUndisturbed.has(access.id) ? access : { ...access, sealedCode: await seal() });
    await table.write({ kind: 'put', key: keys.access(companyId, access.id), item });
    // A visit notes the delivery in the purchases behind an access.
    for (const { purchaseId } of access.grants)
      await table.write({ kind: 'put', key: keys.purchase(companyId, purchaseId), item: { version: 1 } });
  });
  router.addUsers(
    accesses.slice(CHANGES.missing).map((access, n) => ({
      name: access.username,
      password: PASSWORD,
      profile: n < CHANGES.changed ? 'default' : access.profileName,
      comment: commentOf(access),
      'limit-uptime': '1h',
    })),
  );
}
