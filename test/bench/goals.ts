import type { Row } from '#shared/http/contract.ts';
import { isAudited } from '#shared/http/trail.ts';
import type { Calls } from './own-calls.ts';

/** Medians on the sandbox. */
export const goals = { readMs: 10, writeMs: 20 } as const;

const argon2 = 'hashes a password, slow on purpose';
const purchase = 'a purchase: gateway and router';
const router = 'asks the router';
const gateway = 'asks the gateway';

/** Rows that no goal of time and calls is set for, and why. */
const excepted: Readonly<Record<string, string>> = {
  'session/log-in': argon2,
  'session/change-password': argon2,
  'users/create': argon2,
  'users/reset-password': argon2,
  'payments/pay-with-conekta': purchase,
  'payments/pay-with-mercado-pago': purchase,
  'payments/show-payment-status': gateway,
  'my-company/check-conekta': gateway,
  'my-company/check-mercado-pago': gateway,
  'my-company/test-telegram': 'asks Telegram',
  'transactions/refund': gateway,
  'transactions/retry-refund': gateway,
  'transactions/deliver': router,
  'router-tools/list-profiles': router,
  'router-tools/test-connection': router,
  'router-tools/reconcile': router,
  'router-check/show': router,
  'hotspot-users/show-profile-info': router,
  'hotspot-users/auto-reconnect': router,
  'docs/show-asset': 'a file, cached by browsers',
};

/** Rows that read in another shape than the rest, and why it is right. */
const shapes: Readonly<Record<string, string>> = {
  'routers/list-health': 'one Query, then a read for each hundred routers, healths and companies',
  'my-company/configure-credentials': 'shows what stands after a transaction: read again',
  'my-company/list-routers': 'routers, healths and watches lie apart in their partition: three Queries at once',
  'api-keys/list': 'keys lie under their hashes, which the Query gives',
  'api-keys/revoke': 'the key lies under its hash, which its number gives',
  'api-keys/show-status': 'the key lies under its hash, which the router gives',
  'dashboards/show-company-stats': 'keys lie under their hashes, which the routers give',
  'transactions/list': 'the total of all counts what the sweep has not counted yet: one more Query',
  'transactions/show': 'the access is named by the purchase',
  'webhook-settings/show-transaction': 'the number gives the company, its purchase the access',
};

/** What a row should take and do, and what of it it does not: `ok`, or why not. */
export function verdictOn(row: Row, p50: number, calls: Calls): string {
  const why = excepted[row.id];
  if (why !== undefined) return `- (${why})`;
  const many = shapes[row.id] === undefined ? tooMany(row, calls) : undefined;
  if (many !== undefined) return `MANY: ${many}`;
  if (p50 > (isRead(row) ? goals.readMs : goals.writeMs)) return 'SLOW';
  const shape = shapes[row.id];
  return shape === undefined ? 'ok' : `ok (${shape})`;
}

/** A GET that is in the trail shows a secret, and writes that it did. */
const isRead = (row: Row): boolean => row.method === 'GET' && !isAudited(row);

/** One read for the caller and what the row names; a list is one Query besides. */
function tooMany(row: Row, calls: Calls): string | undefined {
  const { GetItem: gets = 0, BatchGetItem: batches = 0, Query: queries = 0 } = calls;
  if (row.auth !== 'none' && gets + batches !== 1) return `${gets + batches} reads`;
  const isList = /\/list\b/.test(row.id);
  if (isList && queries !== 1) return `${queries} Queries`;
  return undefined;
}
