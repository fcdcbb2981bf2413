import type { PlantedMistake } from './checker.ts';
import { inAnswer, inBody, inHeaders, inPath, inRequest, inStatus } from './spoil.ts';

const CHARGE = /^POST \/v1\/payments$/;
const CANCEL = /^PUT \/v1\/payments\/\d+$/;
const REFUND = /^POST \/v1\/payments\/\d+\/refunds$/;
const SEARCH = /^GET \/v1\/payments\/search\?external_reference=/;
const CHANGES = /^GET \/v1\/payments\/search\?range=/;
const READ = /^GET \/v1\/payments\/\d+$/;

/** Mistakes for Mercado Pago's file to find, or for its words. */
export const mercadoPagoMistakes: readonly PlantedMistake[] = [
  {
    what: 'an issuer that is a number',
    on: CHARGE,
    spoil: inBody((body) => ({ ...body, issuer_id: 25 })),
    says: 'body/issuer_id must be string',
  },
  {
    what: 'a key that is no UUID',
    on: CHARGE,
    spoil: inHeaders({ 'x-idempotency-key': 'k1' }),
    says: 'header X-Idempotency-Key must match format "uuid"',
  },
  {
    what: 'no key',
    on: CHARGE,
    spoil: inHeaders({ 'x-idempotency-key': undefined }),
    says: 'header X-Idempotency-Key is missing',
  },
  {
    what: 'a refund without a key',
    on: REFUND,
    spoil: inHeaders({ 'x-idempotency-key': undefined }),
    says: 'header X-Idempotency-Key is missing',
  },
  {
    what: 'a third of a centavo',
    on: CHARGE,
    spoil: inBody((body) => ({ ...body, transaction_amount: 19.993 })),
    says: 'body/transaction_amount has more than two decimals',
  },
  {
    what: 'a sum of floats',
    on: REFUND,
    spoil: inBody((body) => ({ ...body, amount: 0.1 + 0.2 })),
    says: 'body/amount has more than two decimals',
  },
  {
    what: 'an amount as text',
    on: CHARGE,
    spoil: inBody((body) => ({ ...body, transaction_amount: '19.99' })),
    says: 'body/transaction_amount must be number',
  },
  {
    what: 'nothing to pay',
    on: CHARGE,
    spoil: inBody((body) => ({ ...body, transaction_amount: 0 })),
    says: 'body/transaction_amount must be >= 0.01',
  },
  {
    what: 'a refund as text',
    on: REFUND,
    spoil: inBody((body) => ({ ...body, amount: '7.00' })),
    says: 'body/amount must be number',
  },
  {
    what: 'half an installment',
    on: CHARGE,
    spoil: inBody((body) => ({ ...body, installments: 1.5 })),
    says: 'body/installments must be integer',
  },
  {
    what: 'a payer without an e-mail',
    on: CHARGE,
    spoil: inBody((body) => ({ ...body, payer: { identification: { type: 'RFC', number: 'XAXX010101000' } } })),
    says: "body/payer must have required property 'email'",
  },
  {
    what: 'an e-mail that is none',
    on: CHARGE,
    spoil: inBody((body) => ({ ...body, payer: { email: 'ana' } })),
    says: 'body/payer/email must match format "email"',
  },
  {
    what: 'no payer',
    on: CHARGE,
    spoil: inBody(({ payer: _, ...body }) => body),
    says: "body must have required property 'payer'",
  },
  {
    what: 'a card without its method',
    on: CHARGE,
    spoil: inBody(({ payment_method_id: _, ...body }) => body),
    says: 'body/payment_method_id is missing',
  },
  {
    what: 'a statement that is too long',
    on: CHARGE,
    spoil: inBody((body) => ({ ...body, statement_descriptor: 'x'.repeat(23) })),
    says: 'body/statement_descriptor must NOT have more than 22 characters',
  },
  {
    what: 'a reference that is too long',
    on: CHARGE,
    spoil: inBody((body) => ({ ...body, external_reference: 'x'.repeat(257) })),
    says: 'body/external_reference is too long',
  },
  {
    what: 'an address for notifications without its host',
    on: CHARGE,
    spoil: inBody((body) => ({ ...body, notification_url: '/api/v1/webhook/mercado-pago' })),
    says: 'body/notification_url must match format "uri"',
  },
  {
    what: 'a field nobody knows',
    on: CHARGE,
    spoil: inBody((body) => ({ ...body, purchase_id: '1' })),
    says: 'body/purchase_id is not known',
  },
  {
    what: 'no body',
    on: CHARGE,
    spoil: inRequest((request) => ({ ...request, body: '' })),
    says: 'the body is missing',
  },
  {
    what: 'a body that says it is a form',
    on: CHARGE,
    spoil: inHeaders({ 'content-type': 'application/x-www-form-urlencoded' }),
    says: 'the Content-Type of the body is "application/x-www-form-urlencoded"',
  },
  {
    what: 'no access token',
    on: CHARGE,
    spoil: inHeaders({ authorization: undefined }),
    says: 'header Authorization has no bearer token',
  },
  {
    what: 'an access token in the address',
    on: READ,
    spoil: inPath((path) => `${path}?access_token=TEST-specs`),
    says: 'query access_token is not known',
  },
  {
    what: 'a payment that is no number',
    on: READ,
    spoil: inPath(() => '/v1/payments/HS7'),
    says: 'path id must be integer',
  },
  {
    what: 'another version of the path',
    on: READ,
    spoil: inPath(() => '/v2/payments/7'),
    says: 'GET /v2/payments/7 is no operation',
  },
  {
    what: 'a cancel with one l',
    on: CANCEL,
    spoil: inBody((body) => ({ ...body, status: 'canceled' })),
    says: 'body/status must be equal to one of the allowed values',
  },
  {
    what: 'a search in no order',
    on: SEARCH,
    spoil: inPath((path) => path.replace('&sort=date_created', '')),
    says: 'query sort is missing',
  },
  {
    what: 'a search in an order there is none of',
    on: SEARCH,
    spoil: inPath((path) => path.replace('criteria=desc', 'criteria=newest')),
    says: 'query criteria must be equal to one of the allowed values',
  },
  {
    what: 'a range of an unknown time',
    on: CHANGES,
    spoil: inPath((path) => path.replace('range=date_last_updated', 'range=date_updated')),
    says: 'query range must be equal to one of the allowed values',
  },
  {
    what: 'a time in seconds',
    on: CHANGES,
    spoil: inPath((path) => path.replace(/begin_date=[^&]+/, 'begin_date=1700000000')),
    says: 'query begin_date must match format "date-time"',
  },
  {
    what: 'an answer with a status there is none of',
    on: CHARGE,
    spoil: inAnswer((body) => ({ ...body, status: 'paid' })),
    says: 'answer/status must be equal to one of the allowed values',
  },
  {
    what: 'a payment answered with an id of text',
    on: READ,
    spoil: inAnswer((body) => ({ ...body, id: '133000000001' })),
    says: 'answer/id must be integer',
  },
  {
    what: 'a found payment with an issuer that is a number',
    on: SEARCH,
    spoil: inAnswer((body) => ({ ...body, results: [{ issuer_id: 25 }] })),
    says: 'answer/results/*/issuer_id must be string',
  },
  {
    what: 'a refund answered in centavos of text',
    on: REFUND,
    spoil: inAnswer((body) => ({ ...body, amount: '700' })),
    says: 'answer/amount must be number',
  },
  {
    what: 'a refund that is decided in another word',
    on: REFUND,
    spoil: inAnswer((body) => ({ ...body, status: 'done' })),
    says: 'answer/status must be equal to one of the allowed values',
  },
  {
    what: 'an answered field nobody knows',
    on: REFUND,
    spoil: inAnswer((body) => ({ ...body, amount_centavos: 700 })),
    says: 'answer/amount_centavos is not known',
  },
  {
    what: 'an answer with another status than there are',
    on: CHARGE,
    spoil: inStatus(202),
    says: 'POST /v1/payments answers no 202',
  },
  {
    what: 'a payment where an error is told',
    on: CHARGE,
    spoil: inStatus(400),
    says: "answer must have required property 'message'",
  },
];
