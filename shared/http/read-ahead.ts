import { purchaseNumberIn } from '../purchases/look-up.ts';
import { censusKey } from '../store/census.ts';
import { companyFiguresKey } from '../store/figures.ts';
import { type Key, keys } from '../store/table.ts';
import type { ReadAhead, Row } from './contract.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Input {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/**
 * Keys of what a staff row names, to be read together with its caller.
 *
 * @param ownCompanyId of the caller, as the session says: an operator's rows name no company
 * @param input valid; where parts of it name the same thing the path's counts
 */
export function readAheadKeys(row: Row, ownCompanyId: string | null, { params, query, body }: Input): readonly Key[] {
  if (!row.reads) return [];
  const named: Fields = { ...fieldsOf(body), ...fieldsOf(query), ...fieldsOf(params) };
  const companyId = textIn(named, 'empresa_id') ?? ownCompanyId ?? undefined;
  return row.reads.flatMap((what) => keyOf(what, companyId, named) ?? []);
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const fieldsOf = (part: unknown): Fields => (isFields(part) ? part : {});

function textIn(named: Fields, field: string): string | undefined {
  const value = named[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberIn(named: Fields, field: string): number | undefined {
  const value = named[field];
  return typeof value === 'number' ? value : undefined;
}

function keyOf(what: ReadAhead, companyId: string | undefined, named: Fields): Key | undefined {
  const of = <T extends string | number>(id: T | undefined, key: (id: T) => Key | undefined) =>
    id === undefined ? undefined : key(id);
  const ofRouter = (key: (companyId: string, routerId: string) => Key | undefined) =>
    of(companyId, (company) => of(textIn(named, 'router_id'), (router) => key(company, router)));
  switch (what) {
    case 'user':
      return of(numberIn(named, 'usuario_id'), keys.user);
    case 'purchase-owner':
      return of(purchaseNumberIn(textIn(named, 'external_reference') ?? ''), keys.purchaseOwner);
    case 'census':
      return censusKey;
    case 'company':
      return of(companyId, keys.company);
    case 'figures':
      return of(companyId, companyFiguresKey);
    case 'comparison':
      return of(companyId, keys.comparison);
    case 'erasure':
      return of(companyId, (company) => of(textIn(named, 'solicitud_id'), (id) => keys.forget(company, id)));
    case 'router':
      return ofRouter(keys.router);
    case 'health':
      return ofRouter(keys.health);
    case 'watch':
      return ofRouter(keys.watch);
    case 'reconcile':
      return ofRouter(keys.reconcile);
    case 'api-key':
      return ofRouter((company, router) =>
        of(textIn(named, 'key_id'), (id) => keys.apiKeyOfRouter(company, router, id)),
      );
    case 'product':
      return of(companyId, (company) => of(numberIn(named, 'producto_id'), (id) => keys.product(company, id)));
    case 'purchase':
      return of(companyId, (company) => of(numberIn(named, 'id'), (id) => keys.purchase(company, id)));
  }
}
