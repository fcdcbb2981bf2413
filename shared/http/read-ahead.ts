import { type Key, keys } from '../store/table.ts';
import type { ReadAhead, Row } from './contract.ts';

interface Ids {
  readonly companyId: string | null;
  readonly routerId: unknown;
  readonly productId: unknown;
  readonly purchaseId: unknown;
  readonly userId: unknown;
}

type Params = Readonly<Record<string, unknown>>;

/**
 * Keys of what a staff row names, to be read together with its caller.
 *
 * @param ownCompanyId of the caller, as the session says: an operator's rows name no company
 * @param params the path's, valid
 */
export function readAheadKeys(row: Row, ownCompanyId: string | null, params: unknown): readonly Key[] {
  const { empresa_id, router_id, producto_id, id, usuario_id }: Params = isParams(params) ? params : {};
  const named = typeof empresa_id === 'string' ? empresa_id : null;
  const ids: Ids = {
    companyId: named ?? ownCompanyId,
    routerId: router_id,
    productId: producto_id,
    purchaseId: id,
    userId: usuario_id,
  };
  return (row.reads ?? []).flatMap((what) => keyOf(what, ids) ?? []);
}

const isParams = (params: unknown): params is Params => typeof params === 'object' && params !== null;

function keyOf(what: ReadAhead, { companyId, routerId, productId, purchaseId, userId }: Ids): Key | undefined {
  if (what === 'user') return typeof userId === 'number' ? keys.user(userId) : undefined;
  if (companyId === null) return undefined;
  switch (what) {
    case 'company':
      return keys.company(companyId);
    case 'router':
      return typeof routerId === 'string' ? keys.router(companyId, routerId) : undefined;
    case 'health':
      return typeof routerId === 'string' ? keys.health(companyId, routerId) : undefined;
    case 'product':
      return typeof productId === 'number' ? keys.product(companyId, productId) : undefined;
    case 'purchase':
      return typeof purchaseId === 'number' ? keys.purchase(companyId, purchaseId) : undefined;
  }
}
