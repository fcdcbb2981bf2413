import type { SentRequest } from './openapi.ts';

type Body = Record<string, unknown>;

/** Mistakes put into a right request on purpose: a judge that lets one pass judges nothing. */
export const plantedMistakes: readonly {
  readonly what: string;
  readonly spoil: (request: SentRequest) => SentRequest;
}[] = [
  {
    what: 'an item name of one letter',
    spoil: inBody((body) => ({ ...body, line_items: [{ name: 'W', unit_price: 1, quantity: 1 }] })),
  },
  {
    what: 'a price with decimals',
    spoil: inBody((body) => ({ ...body, line_items: [{ name: 'WiFi', unit_price: 19.99, quantity: 1 }] })),
  },
  {
    what: 'a customer without a phone',
    spoil: inBody((body) => ({ ...body, customer_info: { name: 'Ana', email: 'ana@correo.mx' } })),
  },
  { what: 'a nested value in the metadata', spoil: inBody((body) => ({ ...body, metadata: { purchase: { id: 1 } } })) },
  {
    what: 'a text that is too long in the metadata',
    spoil: inBody((body) => ({ ...body, metadata: { note: 'x'.repeat(250) } })),
  },
  { what: 'a field nobody knows', spoil: inBody((body) => ({ ...body, purchase_id: '1' })) },
  { what: 'no currency', spoil: inBody(({ currency: _, ...body }) => body) },
  { what: 'no body', spoil: (request) => ({ ...request, body: '' }) },
  { what: 'another version of the API', spoil: inHeaders({ accept: 'application/vnd.conekta-v1.0.0+json' }) },
  { what: 'a body that says it is a form', spoil: inHeaders({ 'content-type': 'application/x-www-form-urlencoded' }) },
  { what: 'no key', spoil: inHeaders({ authorization: undefined }) },
  { what: 'a language Conekta does not speak', spoil: inHeaders({ 'accept-language': 'fr' }) },
  { what: 'a path that is not there', spoil: (request) => ({ ...request, path: '/order' }) },
  { what: 'a query nobody reads', spoil: (request) => ({ ...request, path: `${request.path}?dry_run=1` }) },
];

function inBody(change: (body: Body) => Body) {
  return (request: SentRequest): SentRequest => ({
    ...request,
    body: JSON.stringify(change(JSON.parse(request.body) as Body)),
  });
}

function inHeaders(headers: SentRequest['headers']) {
  return (request: SentRequest): SentRequest => ({ ...request, headers: { ...request.headers, ...headers } });
}
