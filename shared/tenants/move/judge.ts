/** What an import would do with the companies of a file, decided before anything is written. */
import { companySchema } from '../../store/companies.ts';
import { apiKeySchema } from '../../store/api-keys.ts';
import type { ArrivalStore, DepartureStore } from '../../store/departures.ts';
import { ownerSchema } from '../../store/purchases.ts';
import { routerSchema } from '../../store/routers.ts';
import { keys, prefixes, type StoredItem, type Table } from '../../store/table.ts';
import { userSchema, type UserStore } from '../../store/users.ts';
import { type Belongings, byCompany, type MoveRecord } from './move-file.ts';

export interface JudgeParts {
  readonly table: Table;
  readonly users: UserStore;
  readonly departures: DepartureStore;
  readonly arrivals: ArrivalStore;
}

/** Reads the file, once more, from its beginning. */
export type ReadAgain = () => AsyncIterable<MoveRecord>;

/** `asleep`: written by a run that did not come to its end. */
type Standing =
  | { readonly kind: 'new' }
  | { readonly kind: 'asleep' }
  | { readonly kind: 'there' }
  | { readonly kind: 'refused'; readonly reason: string };

export interface Arriving {
  readonly companyId: string;
  /** Null of a copy. */
  readonly departedAt: number | null;
  readonly name: string;
  readonly standing: Standing;
  readonly items: number;
  /** What the operator has to see to. */
  readonly notes: readonly string[];
  /** Of what has a number from a counter. */
  readonly highest: { readonly product: number; readonly user: number };
}

/**
 * Reads all of it.
 *
 * @param takesBack that the very file in which a company left here may bring it back
 * @throws FileRefused when the file is not whole
 */
export async function judge(read: ReadAgain, parts: JudgeParts, takesBack: boolean): Promise<Arriving[]> {
  const arriving: Arriving[] = [];
  for await (const company of byCompany(read())) arriving.push(await judgeCompany(company, parts, takesBack));
  return arriving;
}

async function judgeCompany(company: Belongings, parts: JudgeParts, takesBack: boolean): Promise<Arriving> {
  const { companyId, departedAt, own } = company;
  const notes: string[] = [];
  let standing = await standingOf(company, parts, takesBack);
  let name = '';
  let [items, product, user] = [0, 0, 0];
  for await (const record of own) {
    if (record.kind !== 'item') continue;
    const { item } = record;
    items += 1;
    if (item.sk === 'COMPANY') ({ name } = companySchema.parse(item));
    if (item.sk.startsWith(prefixes.products)) product = Math.max(product, numberIn(item));
    if (item.sk === 'USER') user = Math.max(user, userSchema.parse(item).id);
    if (standing.kind !== 'new') continue;
    const reason = await takenBy(item, companyId, parts);
    if (reason !== undefined) standing = { kind: 'refused', reason };
    const note = await noteOn(item, parts);
    if (note !== undefined) notes.push(note);
  }
  return { companyId, departedAt, name, standing, items, notes, highest: { product, user } };
}

async function standingOf(
  { companyId, departedAt }: Belongings,
  { table, arrivals, departures }: JudgeParts,
  takesBack: boolean,
): Promise<Standing> {
  const refused = (reason: string): Standing => ({ kind: 'refused', reason });
  const [company, arrival, departure] = await Promise.all([
    table.get(keys.company(companyId), companySchema),
    arrivals.find(companyId),
    departures.find(companyId),
  ]);
  if (company) {
    if (departedAt === null || arrival?.departedAt !== departedAt)
      return refused('a company of this id is here already');
    return { kind: arrival.awake ? 'there' : 'asleep' };
  }
  if (departedAt === null || !departure || departure.at < departedAt) return { kind: 'new' };
  // What was sold between the writing of this file and its leaving from here is in a later one.
  if (departure.at > departedAt) return refused('it left here later than this file was written');
  return takesBack ? { kind: 'new' } : refused('it left here in this move; if nobody else has it, say --take-back');
}

/** Why a company cannot come: what of it stands in partitions of its own may be somebody else's here. */
async function takenBy({ pk, sk }: StoredItem, companyId: string, { table }: JudgeParts): Promise<string | undefined> {
  if (sk === 'OWNER') {
    const owner = await table.get({ pk, sk }, ownerSchema);
    if (owner && owner.companyId !== companyId) return 'the number of one of its purchases is taken here';
  }
  if (sk === 'KEY') {
    const key = await table.get({ pk, sk }, apiKeySchema);
    if (key && key.companyId !== companyId) return 'one of its API keys is another company`s here';
  }
  return undefined;
}

async function noteOn(item: StoredItem, { users }: JudgeParts): Promise<string | undefined> {
  if (item.sk.startsWith(prefixes.routers)) {
    const { id, tunnelAddress, removedAt } = routerSchema.parse(item);
    if (tunnelAddress === null || removedAt !== null) return undefined;
    return `router ${id} is off until it runs a new kit: its tunnel ended at the other deployment`;
  }
  if (item.sk !== 'USER') return undefined;
  const { id, email, companyId } = userSchema.parse(item);
  const same = await users.findByEmail(email);
  if (same) return same.companyId === companyId ? undefined : `user ${id} is left out: its e-mail is taken here`;
  return (await users.find(id)) ? `user ${id} gets another number: this one is taken here` : undefined;
}

const numberIn = ({ sk }: StoredItem): number => Number(sk.slice(prefixes.products.length));
