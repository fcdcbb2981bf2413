import type { PlantedMistake } from './checker.ts';
import { inBody, inHeaders, inPath, inRequest } from './spoil.ts';

const OPEN = /^POST \/orders$/;
const LIST = /^GET \/orders\?/;
const WEBHOOK = /^POST \/webhooks$/;
const KEY = /^POST \/webhook_keys$/;

/** Mistakes for Conekta's file to find. */
export const conektaMistakes: readonly PlantedMistake[] = [
  {
    what: 'an item name of one letter',
    on: OPEN,
    spoil: inBody((body) => ({ ...body, line_items: [{ name: 'W', unit_price: 1, quantity: 1 }] })),
    says: 'body/line_items/*/name must NOT have fewer than 3 characters',
  },
  {
    what: 'a price with decimals',
    on: OPEN,
    spoil: inBody((body) => ({ ...body, line_items: [{ name: 'WiFi', unit_price: 19.99, quantity: 1 }] })),
    says: 'body/line_items/*/unit_price must be integer',
  },
  {
    what: 'a customer without a phone',
    on: OPEN,
    spoil: inBody((body) => ({ ...body, customer_info: { name: 'Ana', email: 'ana@correo.mx' } })),
    says: "body/customer_info must have required property 'phone'",
  },
  {
    what: 'a nested value in the metadata',
    on: OPEN,
    spoil: inBody((body) => ({ ...body, metadata: { purchase: { id: 1 } } })),
    says: 'body/metadata/purchase must match a schema in anyOf',
  },
  {
    what: 'a text that is too long in the metadata',
    on: OPEN,
    spoil: inBody((body) => ({ ...body, metadata: { note: 'x'.repeat(250) } })),
    says: 'body/metadata/note must NOT have more than 249 characters',
  },
  {
    what: 'a field nobody knows',
    on: OPEN,
    spoil: inBody((body) => ({ ...body, purchase_id: '1' })),
    says: 'body/purchase_id is not known',
  },
  {
    what: 'no currency',
    on: OPEN,
    spoil: inBody(({ currency: _, ...body }) => body),
    says: "body must have required property 'currency'",
  },
  { what: 'no body', on: OPEN, spoil: inRequest((request) => ({ ...request, body: '' })), says: 'the body is missing' },
  {
    what: 'another version of the API',
    on: OPEN,
    spoil: inHeaders({ accept: 'application/vnd.conekta-v1.0.0+json' }),
    says: 'header Accept is "application/vnd.conekta-v1.0.0+json"',
  },
  { what: 'any version of the API', on: OPEN, spoil: inHeaders({ accept: '*/*' }), says: 'header Accept is "*/*"' },
  {
    what: 'a body that says it is a form',
    on: OPEN,
    spoil: inHeaders({ 'content-type': 'application/x-www-form-urlencoded' }),
    says: 'the Content-Type of the body is "application/x-www-form-urlencoded"',
  },
  {
    what: 'no key',
    on: OPEN,
    spoil: inHeaders({ authorization: undefined }),
    says: 'header Authorization has no bearer token',
  },
  {
    what: 'a language Conekta does not speak',
    on: OPEN,
    spoil: inHeaders({ 'accept-language': 'fr' }),
    says: 'header Accept-Language must be equal to one of the allowed values',
  },
  { what: 'a path that is not there', on: OPEN, spoil: inPath(() => '/order'), says: 'POST /order is no operation' },
  {
    what: 'a query nobody reads',
    on: OPEN,
    spoil: inPath((path) => `${path}?dry_run=1`),
    says: 'query dry_run is not known',
  },
  {
    what: 'a page longer than there are',
    on: LIST,
    spoil: inPath((path) => path.replace(/limit=\d+/, 'limit=251')),
    says: 'query limit must be <= 250',
  },
  {
    what: 'a time with a fraction',
    on: LIST,
    spoil: inPath((path) => path.replace(/(updated_at\.gte=\d+)/, '$1.5')),
    says: 'query updated_at.gte must be integer',
  },
  {
    what: 'a webhook at an address of this machine',
    on: WEBHOOK,
    spoil: inBody((body) => ({ ...body, url: 'https://localhost/webhook' })),
    says: 'body/url must match pattern "^(?!.*(localhost|127\\.0\\.0\\.1)).*$"',
  },
  {
    what: 'a webhook without an address',
    on: WEBHOOK,
    spoil: inBody(({ url: _, ...body }) => body),
    says: "body must have required property 'url'",
  },
  {
    what: 'events in one text',
    on: WEBHOOK,
    spoil: inBody((body) => ({ ...body, subscribed_events: 'order.paid' })),
    says: 'body/subscribed_events must be array',
  },
  {
    what: 'a signing key that is active in words',
    on: KEY,
    spoil: inBody((body) => ({ ...body, active: 'yes' })),
    says: 'body/active must be boolean',
  },
];
