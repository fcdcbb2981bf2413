import type { IncomingMessage } from 'node:http';
import type { ConektaRoute } from './faults.ts';
import { hashOf } from './orders.ts';
import { Problem } from './problem.ts';

/** What a request asks for. */
interface ConektaRequest {
  readonly route: ConektaRoute;
  /** Empty where the path has none. */
  readonly id: string;
  readonly address: URL;
}

const paths: readonly { readonly route: ConektaRoute; readonly method: string; readonly path: RegExp }[] = [
  { route: 'create-order', method: 'POST', path: /^\/orders$/ },
  { route: 'search-orders', method: 'GET', path: /^\/orders$/ },
  { route: 'get-order', method: 'GET', path: /^\/orders\/([^/]+)$/ },
  { route: 'create-charge', method: 'POST', path: /^\/orders\/([^/]+)\/charges$/ },
  { route: 'cancel-order', method: 'POST', path: /^\/orders\/([^/]+)\/cancel$/ },
  { route: 'refund', method: 'POST', path: /^\/orders\/([^/]+)\/refunds$/ },
  { route: 'create-webhook', method: 'POST', path: /^\/webhooks$/ },
  { route: 'list-webhooks', method: 'GET', path: /^\/webhooks$/ },
  { route: 'update-webhook', method: 'PUT', path: /^\/webhooks\/([^/]+)$/ },
  { route: 'delete-webhook', method: 'DELETE', path: /^\/webhooks\/([^/]+)$/ },
  { route: 'create-webhook-key', method: 'POST', path: /^\/webhook_keys$/ },
  { route: 'list-webhook-keys', method: 'GET', path: /^\/webhook_keys$/ },
  { route: 'get-webhook-key', method: 'GET', path: /^\/webhook_keys\/([^/]+)$/ },
  { route: 'delete-webhook-key', method: 'DELETE', path: /^\/webhook_keys\/([^/]+)$/ },
];

export function requestOf({ method, url = '/', headers }: IncomingMessage): ConektaRequest | undefined {
  const address = new URL(url, `http://${headers.host ?? 'conekta'}`);
  for (const row of paths) {
    const match = row.method === method ? row.path.exec(address.pathname) : null;
    if (match) return { route: row.route, id: match[1] ?? '', address };
  }
  return undefined;
}

/** @returns the company a key belongs to, which is the key's hash: the key itself is not kept */
export function ownerOf({ headers }: IncomingMessage): string {
  const [, key] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
  if (key === undefined) throw Problem.missingKey();
  if (!/^key_[\w-]+$/.test(key) || /_(bad|revoked)(?![a-z\d])/i.test(key) || key === 'key_test_default')
    throw Problem.unauthorized();
  if (!/application\/vnd\.conekta-v2\.\d+\.\d+\+json/.test(headers.accept ?? '')) throw Problem.wrongVersion();
  return hashOf(key);
}

export function jsonOf(body: string): unknown {
  if (body === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    throw new Problem(400, 'malformed_request_error', {
      code: 'conekta.errors.malformed_request.json',
      text: 'The body is not JSON.',
    });
  }
}

export function callsByRoute(calls: ReadonlyMap<ConektaRoute, number>): Record<ConektaRoute, number> {
  const of = (route: ConektaRoute) => calls.get(route) ?? 0;
  return {
    'create-order': of('create-order'),
    'create-charge': of('create-charge'),
    'get-order': of('get-order'),
    'search-orders': of('search-orders'),
    'cancel-order': of('cancel-order'),
    refund: of('refund'),
    'create-webhook': of('create-webhook'),
    'list-webhooks': of('list-webhooks'),
    'update-webhook': of('update-webhook'),
    'delete-webhook': of('delete-webhook'),
    'create-webhook-key': of('create-webhook-key'),
    'list-webhook-keys': of('list-webhook-keys'),
    'get-webhook-key': of('get-webhook-key'),
    'delete-webhook-key': of('delete-webhook-key'),
  };
}
