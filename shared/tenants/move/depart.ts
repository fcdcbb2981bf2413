/**
 * A company leaves for another deployment: what is its is put away, so that nothing here can act on it any more, and then
 * told record by record. First put away, then told: what the file says is the last that was known here.
 */
import type { Clock } from '../../platform/clock.ts';
import type { SecretBox, SecretPurpose } from '../../security/secret-box.ts';
import { apiKeyPointerSchema } from '../../store/api-keys.ts';
import type { CompanyStore } from '../../store/companies.ts';
import type { Departure, DepartureStore } from '../../store/departures.ts';
import type { LogoStore } from '../../store/logos.ts';
import { purchaseSchema } from '../../store/purchases.ts';
import { routerSchema } from '../../store/routers.ts';
import { type Key, keys, prefixes, type StoredItem, type Table } from '../../store/table.ts';
import { peersOwed } from '../../store/tunnel-peers.ts';
import type { UserStore } from '../../store/users.ts';
import { LOGO_FOLDER } from '../logo.ts';
import { inLanes } from './in-lanes.ts';
import type { MoveRecord } from './move-file.ts';
import { withSealed } from './sealed-values.ts';

export interface DepartParts {
  readonly table: Table;
  readonly companies: CompanyStore;
  readonly users: UserStore;
  readonly departures: DepartureStore;
  readonly clock: Clock;
  /** Waits so many milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
  box(purpose: SecretPurpose): SecretBox;
  logos(use: 'read'): Promise<LogoStore>;
}

/** The longest that a function of ours runs: what began before the company was put away has ended then. */
const UNDER_WAY_MS = 60_000;
/** Each round takes what the one before was too early for; more are not needed unless something writes for ever. */
const ROUNDS = 10;

/**
 * Not worth taking along: visits to routers and what was seen there, which are seen anew; ends of a tunnel that is this
 * deployment's; the pages of a comparison; and where
 * Conekta sends webhooks, which is told of the new address. Keys of repeated requests do go along: who asks again is
 * answered, not charged again.
 */
const leftBehind = [
  prefixes.jobs,
  prefixes.health,
  prefixes.registrations,
  prefixes.allNamed,
  prefixes.tunnelKeys,
  'ARRIVAL',
];

/**
 * Takes a company out, or goes on with one that was being taken out. One that left before, and has not come back, is there to
 * be told once more.
 *
 * @returns undefined when there is no such company
 */
export async function takeOut(companyId: string, parts: DepartParts): Promise<Departure | undefined> {
  const { departures, clock, pause } = parts;
  const [company, before] = await Promise.all([parts.companies.find(companyId), departures.find(companyId)]);
  if (!company && (!before || before.endedAt !== null)) return before;
  const goesOn = before?.endedAt === null;
  const departure = goesOn ? before : await departures.begin(companyId, clock.now());
  // First of all: nobody finds it any more, so nothing new begins.
  await departures.takeOut(departure, keys.company(companyId));
  const waitMs = departure.at + UNDER_WAY_MS - clock.now();
  let taken = await takeRound(departure, parts);
  if (waitMs > 0) await pause(waitMs);
  for (let round = 1; taken > 0 || round === 1; round += 1) {
    if (round === ROUNDS) throw new Error('A company that is taken out is still being written to');
    taken = await takeRound(departure, parts);
  }
  // Its routers may not dial in any more.
  await parts.table.write(peersOwed());
  return departure;
}

async function takeRound(departure: Departure, { table, users, departures }: DepartParts): Promise<number> {
  const { companyId } = departure;
  let taken = 0;
  const take = async (key: Key): Promise<void> => {
    if (await departures.takeOut(departure, key)) taken += 1;
  };
  for (const { id, email } of await users.list({ role: null, companyId })) {
    await take(keys.email(email));
    await take(keys.user(id));
  }
  await inLanes(table.walk(keys.company(companyId).pk), async (item) => {
    // What stands elsewhere first: after a crash in between, this item leads there again.
    for (const key of elsewhere(item)) await take(key);
    await take({ pk: item.pk, sk: item.sk });
  });
  return taken;
}

/** Items in partitions of their own that belong to this one. */
function elsewhere(item: StoredItem): readonly Key[] {
  if (item.sk.startsWith(prefixes.purchases)) return [keys.purchaseOwner(purchaseSchema.parse(item).id)];
  if (item.sk.startsWith(prefixes.apiKeys)) return [keys.apiKey(apiKeyPointerSchema.parse(item).hash)];
  if (item.sk.startsWith(prefixes.routers)) {
    const { tunnelPublicKey } = routerSchema.parse(item);
    return tunnelPublicKey === null ? [] : [keys.tunnelKey(tunnelPublicKey)];
  }
  return [];
}

/** A company that left, as the other deployment is told of it. */
export async function* departed(departure: Departure, parts: DepartParts): AsyncGenerator<MoveRecord> {
  const { companyId, at } = departure;
  yield { kind: 'company', companyId, departedAt: at };
  yield* told(companyId, parts.departures.taken(departure), parts);
}

/** A company that stays, as it stands now. What changes while it is read may be told of before or after. */
export async function* copied(companyId: string, parts: DepartParts): AsyncGenerator<MoveRecord> {
  yield { kind: 'company', companyId, departedAt: null };
  yield* told(companyId, standing(companyId, parts), parts);
}

async function* standing(companyId: string, { table, users }: DepartParts): AsyncGenerator<StoredItem> {
  const staff = (await users.list({ role: null, companyId })).flatMap(({ id, email }) => [
    keys.email(email),
    keys.user(id),
  ]);
  yield* found(staff, table);
  for await (const item of table.walk(keys.company(companyId).pk)) {
    yield* found(elsewhere(item), table);
    yield item;
  }
}

async function* found(wanted: readonly Key[], table: Table): AsyncGenerator<StoredItem> {
  for (const key of wanted) {
    const [item] = await table.batchGet([key]);
    if (item) yield { ...item, ...key };
  }
}

async function* told(
  companyId: string,
  items: AsyncIterable<StoredItem>,
  parts: DepartParts,
): AsyncGenerator<MoveRecord> {
  const open = async (purpose: SecretPurpose, sealed: string) =>
    (await parts.box(purpose).open(companyId, sealed)).reveal();
  for await (const item of items) {
    if (leftBehind.some((prefix) => item.sk.startsWith(prefix))) continue;
    yield { kind: 'item', item: await withSealed(item, open) };
    if (item.sk === 'COMPANY') yield* logoOf(item, parts);
  }
}

async function* logoOf({ logoUrl }: StoredItem, { logos }: DepartParts): AsyncGenerator<MoveRecord> {
  if (typeof logoUrl !== 'string') return;
  const name = logoUrl.slice(LOGO_FOLDER.length);
  const bytes = await (await logos('read')).find(name);
  if (bytes) yield { kind: 'logo', name, base64: Buffer.from(bytes).toString('base64') };
}
