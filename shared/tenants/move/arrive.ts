/**
 * Companies arrive from another deployment. What is missing is written asleep: nothing of it is due, and the company itself
 * comes last, so that nobody acts on half of it. Then what was due there is made due here. Whatever ends it in between, the
 * next run goes on; of a company that is awake nothing is written again, since what it has lost meanwhile would come back.
 */
import * as z from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { type AddressPolicy, judgeHost } from '../../security/address-policy.ts';
import { Secret } from '../../security/secret.ts';
import type { SecretBox, SecretPurpose } from '../../security/secret-box.ts';
import { companySchema } from '../../store/companies.ts';
import type { LogoStore } from '../../store/logos.ts';
import { registrationOwed } from '../../store/registrations.ts';
import { routerSchema } from '../../store/routers.ts';
import { DUE_PARTITION, prefixes, type StoredItem } from '../../store/table.ts';
import { userSchema } from '../../store/users.ts';
import { logoTypeOf } from '../logo.ts';
import { inLanes } from './in-lanes.ts';
import type { Arriving, JudgeParts, ReadAgain } from './judge.ts';
import { byCompany, type MoveRecord } from './move-file.ts';
import { withSealed } from './sealed-values.ts';

export interface ArriveParts extends JudgeParts {
  readonly addressPolicy: AddressPolicy;
  readonly clock: Clock;
  box(purpose: SecretPurpose): SecretBox;
  logos(use: 'write'): Promise<LogoStore>;
}

/** @param arriving as `judge` found them; those that it refused stay out */
export async function arrive(read: ReadAgain, arriving: readonly Arriving[], parts: ArriveParts): Promise<void> {
  const wanted = new Map(arriving.map((one) => [one.companyId, one]));
  // First of all: what is made here from now on must not take a number that is still to come.
  const coming = arriving.filter(({ standing }) => standing.kind === 'new');
  for (const { highest } of coming) {
    await parts.table.raiseNumber('PRODUCT', highest.product);
    await parts.table.raiseNumber('USER', highest.user);
  }
  for await (const { companyId, departedAt, own } of byCompany(read()))
    if (departedAt !== null && wanted.get(companyId)?.standing.kind === 'new')
      await write(companyId, departedAt, own, parts);
  for await (const { companyId, departedAt, own } of byCompany(read())) {
    const kind = wanted.get(companyId)?.standing.kind;
    if (departedAt === null || (kind !== 'new' && kind !== 'asleep')) continue;
    await wake(own, parts);
    await parts.arrivals.finish({ companyId, departedAt, awake: false });
  }
}

async function write(
  companyId: string,
  departedAt: number,
  own: AsyncIterable<MoveRecord>,
  parts: ArriveParts,
): Promise<void> {
  let company: StoredItem | undefined;
  const seal = (purpose: SecretPurpose, value: string) => parts.box(purpose).seal(companyId, new Secret(value));
  await inLanes(own, async (record) => {
    if (record.kind === 'logo') return putLogo(record, parts);
    if (record.kind !== 'item') return;
    const { item } = record;
    if (item.sk === 'USER') return addUser(item, parts);
    // Made with its user.
    if (item.sk === 'EMAIL') return;
    const own = asleep(await withSealed(fitting(item, parts), seal));
    if (item.sk === 'COMPANY') company = own;
    else await parts.arrivals.put(own);
  });
  if (company) await parts.arrivals.settleIn(company, departedAt, [registrationOwed(companyId)]);
}

/** What is different in this deployment, until its operator has looked. */
function fitting(item: StoredItem, { addressPolicy, clock }: ArriveParts): StoredItem {
  if (item.sk === 'COMPANY') {
    // Who switches it on has seen that its routers can be reached from here. Conekta is told of this address anew.
    const { conekta } = companySchema.parse(item);
    return { ...item, active: false, conekta: { ...conekta, webhook: null, webhookProblem: null } };
  }
  if (item.sk.startsWith(prefixes.routers)) {
    const { host, active, tunnelAddress } = routerSchema.parse(item);
    // Off the list of those that may dial in, too: it is another hub`s.
    if (tunnelAddress !== null) {
      const { listPk: _, listSk: __, ...unlisted } = item;
      const { pk, sk } = item;
      return { ...unlisted, pk, sk, active: false, tunnelAddress: null, tunnelPublicKey: null };
    }
    return { ...item, active: active && judgeHost(host, addressPolicy) === 'ok' };
  }
  // What ran there begins anew here; every router is compared with what should be on it.
  if (item.sk.startsWith(prefixes.reconciles)) return { ...item, run: null, dueAt: clock.now() };
  if (item.sk.startsWith(prefixes.comparisons)) return { ...item, run: null };
  return item;
}

/** Off the due index; its time stays. */
const asleep = ({ duePk: _, ...item }: StoredItem): StoredItem => ({ ...item, pk: item.pk, sk: item.sk });

/** One whose e-mail is here already is there, or is left out. A number that is taken is drawn anew: nothing refers to it. */
async function addUser(item: StoredItem, { users, table }: ArriveParts): Promise<void> {
  const user = userSchema.parse(item);
  if (await users.findByEmail(user.email)) return;
  if (await users.create(user)) return;
  await users.create({ ...user, id: await table.nextNumber('USER') });
}

async function putLogo({ name, base64 }: Extract<MoveRecord, { kind: 'logo' }>, { logos }: ArriveParts): Promise<void> {
  const type = logoTypeOf(name);
  if (type !== undefined) await (await logos('write')).put(name, Buffer.from(base64, 'base64'), type);
}

const dueSchema = z.object({ dueAt: z.number() });

async function wake(own: AsyncIterable<MoveRecord>, { arrivals }: ArriveParts): Promise<void> {
  await inLanes(own, async (record) => {
    if (record.kind !== 'item' || !dueSchema.safeParse(record.item).success) return;
    await arrivals.wake({ pk: record.item.pk, sk: record.item.sk }, DUE_PARTITION);
  });
}
