/**
 * What an import of the reference service's tables would do, decided row by row before anything is written. Pure: what
 * stands here already is looked up in items that were read before.
 */
import type { ApiKey } from '../../store/api-keys.ts';
import type { Product } from '../../store/products.ts';
import { type Attributes, type Key, keys } from '../../store/table.ts';
import type { User } from '../../store/users.ts';
import {
  apiKeyFrom,
  type Circumstances,
  type CompanyDraft,
  companyFrom,
  type Judgement,
  productFrom,
  type RouterDraft,
  routerFrom,
  userFrom,
} from './drafts.ts';
import type { Read, ReferenceFile, RowOf, TableName } from './reference-file.ts';

/** What is to be written for one row. */
export type Task =
  | { readonly kind: 'company'; readonly draft: CompanyDraft }
  | { readonly kind: 'router'; readonly draft: RouterDraft; readonly activeKey: ApiKey | null }
  | { readonly kind: 'product'; readonly product: Product }
  | { readonly kind: 'user'; readonly user: User }
  | { readonly kind: 'api-key'; readonly apiKey: ApiKey }
  /** A key that is written with its router. */
  | { readonly kind: 'none' };

/** One row of the file. `label` is its id, or its place where it has none that can be read. */
export interface Line {
  readonly table: TableName;
  readonly label: string;
  readonly verdict:
    | { readonly kind: 'create'; readonly task: Task }
    | { readonly kind: 'there' }
    | { readonly kind: 'refused'; readonly reason: string };
  readonly notes: readonly string[];
}

type Lookup = (key: Key) => Attributes | undefined;

/** Everything that `planImport` looks up. */
export function keysToRead(file: ReferenceFile): Key[] {
  const companyOf = ({ empresa_id }: { readonly empresa_id: string | null }) =>
    empresa_id === null ? [] : [keys.company(empresa_id)];
  const routerOf = (row: { readonly empresa_id: string; readonly router_id: string }) => [
    ...companyOf(row),
    keys.router(row.empresa_id, row.router_id),
  ];
  const found = [
    ...readable(file.empresas).map((row) => keys.company(row.id)),
    ...readable(file.routers).flatMap((row) => [...companyOf(row), keys.router(row.empresa_id, row.id)]),
    ...readable(file.productos).flatMap((row) => [
      ...routerOf(row),
      keys.product(row.empresa_id, row.id),
      keys.profileGuard(row.empresa_id, row.router_id, row.perfil_mikrotik_id),
    ]),
    ...readable(file.usuarios).flatMap((row) => [...companyOf(row), keys.user(row.id), keys.email(row.email)]),
    ...readable(file.api_keys_tracking).flatMap((row) => [
      ...routerOf(row),
      keys.apiKey(row.key_hash.toLowerCase()),
      keys.apiKeyOfRouter(row.empresa_id, row.router_id, row.key_id),
    ]),
  ];
  return [...new Map(found.map((key) => [nameOf(key), key])).values()];
}

/** The highest number of a table, refused rows included: once corrected, they must find it free. */
export const highestNumber = (reads: readonly Read<{ readonly id: number }>[]): number =>
  readable(reads).reduce((highest, { id }) => Math.max(highest, id), 0);

/** @param standing what stands here, of `keysToRead` */
export function planImport(file: ReferenceFile, standing: Lookup, circumstances: Circumstances): Line[] {
  /** Rows that are there or will be: what others may refer to. */
  const usable = new Set<string>();
  const taken = new Set<string>();
  const isUsable = (key: Key) => usable.has(nameOf(key)) || standing(key) !== undefined;

  /** @param own the items that are the row's alone: no two rows may claim one */
  function judge<Row, Draft>(
    table: TableName,
    reads: readonly Read<Row>[],
    own: (row: Row) => readonly Key[],
    judgeRow: (row: Row) => Judgement<Draft> | 'there',
    toTask: (draft: Draft) => Task,
  ): Line[] {
    return reads.map((read): Line => {
      const line = { table, label: read.label, notes: [] };
      if ('problem' in read) return { ...line, verdict: { kind: 'refused', reason: read.problem } };
      const claims = own(read.row).map(nameOf);
      if (claims.some((claim) => taken.has(claim)))
        return { ...line, verdict: { kind: 'refused', reason: 'an earlier row of the file has its id, or its place' } };
      const judgement = judgeRow(read.row);
      if (judgement !== 'there' && 'refused' in judgement)
        return { ...line, verdict: { kind: 'refused', reason: judgement.refused } };
      for (const claim of claims) {
        taken.add(claim);
        usable.add(claim);
      }
      if (judgement === 'there') return { ...line, verdict: { kind: 'there' } };
      return { ...line, verdict: { kind: 'create', task: toTask(judgement.draft) }, notes: judgement.notes };
    });
  }

  const needsCompany = (companyId: string) =>
    isUsable(keys.company(companyId)) ? undefined : { refused: `its company ${companyId} is not there` };
  const isRemoved = (router: Key) => (standing(router)?.['removedAt'] ?? null) !== null;
  const needsRouter = (companyId: string, routerId: string) => {
    const router = keys.router(companyId, routerId);
    const isThere = isUsable(router) && !isRemoved(router);
    return needsCompany(companyId) ?? (isThere ? undefined : { refused: `its router ${routerId} is not there` });
  };

  const companies = judge(
    'empresas',
    file.empresas,
    (row) => [keys.company(row.id)],
    (row) => (standing(keys.company(row.id)) ? 'there' : companyFrom(row, circumstances)),
    (draft) => ({ kind: 'company', draft }),
  );
  const routers = judge(
    'routers',
    file.routers,
    (row) => [keys.router(row.empresa_id, row.id)],
    (row) =>
      needsCompany(row.empresa_id) ??
      (standing(keys.router(row.empresa_id, row.id)) ? 'there' : routerFrom(row, circumstances)),
    (draft) => ({ kind: 'router', draft, activeKey: null }),
  );
  const products = judge(
    'productos',
    file.productos,
    (row) => [
      keys.product(row.empresa_id, row.id),
      keys.profileGuard(row.empresa_id, row.router_id, row.perfil_mikrotik_id),
    ],
    (row) => {
      const guard = standing(keys.profileGuard(row.empresa_id, row.router_id, row.perfil_mikrotik_id));
      if (guard && guard['productId'] !== row.id)
        return { refused: `its profile is product ${String(guard['productId'])} here` };
      if (standing(keys.product(row.empresa_id, row.id)))
        return guard ? 'there' : { refused: 'its number is another product`s here' };
      return needsRouter(row.empresa_id, row.router_id) ?? productFrom(row, circumstances);
    },
    (product) => ({ kind: 'product', product }),
  );
  const spellings = Map.groupBy(readable(file.usuarios), ({ email }) => email.toLowerCase());
  const users = judge(
    'usuarios',
    file.usuarios,
    (row) => [keys.user(row.id)],
    (row) => {
      const [user, guard] = [standing(keys.user(row.id)), standing(keys.email(row.email))];
      if (user && user['email'] === row.email) return 'there';
      const twin = spellings.get(row.email.toLowerCase())?.find((other) => other !== row);
      if (twin) return { refused: `its e-mail differs from user ${twin.id}'s in letter case at most` };
      if (guard) return { refused: `its e-mail is user ${String(guard['userId'])}'s here, letter case apart` };
      if (user) return { refused: 'its number is another user`s here' };
      return (row.empresa_id === null ? undefined : needsCompany(row.empresa_id)) ?? userFrom(row, circumstances);
    },
    (user) => ({ kind: 'user', user }),
  );
  const apiKeys = judge(
    'api_keys_tracking',
    file.api_keys_tracking,
    (row) => [keys.apiKey(row.key_hash.toLowerCase()), keys.apiKeyOfRouter(row.empresa_id, row.router_id, row.key_id)],
    (row) => {
      const key = standing(keys.apiKey(row.key_hash.toLowerCase()));
      if (key) return isSameKey(key, row) ? 'there' : { refused: 'its hash is another key`s here' };
      if (standing(keys.apiKeyOfRouter(row.empresa_id, row.router_id, row.key_id)))
        return { refused: 'its id is another key`s here' };
      return needsRouter(row.empresa_id, row.router_id) ?? { draft: apiKeyFrom(row, circumstances), notes: [] };
    },
    (apiKey) => ({ kind: 'api-key', apiKey }),
  );
  return [...companies, ...joinKeys(routers, products, users, apiKeys)];
}

/** A new router is written together with its key in force, as ours are: there is no moment in which it has none. */
function joinKeys(
  routers: readonly Line[],
  products: readonly Line[],
  users: readonly Line[],
  apiKeys: readonly Line[],
) {
  const joined = new Set<ApiKey>();
  const withKeys = routers.map((line): Line => {
    if (line.verdict.kind !== 'create' || line.verdict.task.kind !== 'router') return line;
    const { draft } = line.verdict.task;
    const inForce = apiKeys
      .flatMap(({ verdict }) =>
        verdict.kind === 'create' && verdict.task.kind === 'api-key' ? [verdict.task.apiKey] : [],
      )
      .filter((key) => key.routerId === draft.id && key.companyId === draft.companyId && key.revokedAt === null)
      .toSorted((one, other) => other.issuedAt - one.issuedAt);
    const activeKey = inForce.find(({ hash }) => hash === draft.keyHash) ?? inForce[0] ?? null;
    if (activeKey) joined.add(activeKey);
    const others = inForce.filter((key) => key !== activeKey).map(({ id }) => id);
    const notes = others.length === 0 ? [] : [`keys beside the one in force are good as well: ${others.join(', ')}`];
    return {
      ...line,
      verdict: { kind: 'create', task: { kind: 'router', draft, activeKey } },
      notes: [...line.notes, ...notes],
    };
  });
  const rest = apiKeys.map((line): Line => {
    const { verdict } = line;
    const isJoined = verdict.kind === 'create' && verdict.task.kind === 'api-key' && joined.has(verdict.task.apiKey);
    return isJoined ? { ...line, verdict: { kind: 'create', task: { kind: 'none' } } } : line;
  });
  return [...withKeys, ...products, ...users, ...rest];
}

const isSameKey = (item: Attributes, row: RowOf<'api_keys_tracking'>): boolean =>
  item['id'] === row.key_id && item['companyId'] === row.empresa_id && item['routerId'] === row.router_id;

const readable = <Row>(reads: readonly Read<Row>[]): Row[] =>
  reads.flatMap((read) => ('row' in read ? [read.row] : []));

export const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;
