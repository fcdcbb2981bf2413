import { errorReasons } from '#shared/gateways/gateway.ts';

/**
 * The card tokens this Conekta knows. The token alone decides what happens. The names themselves are Conekta's own test
 * tokens, good for ever; with a suffix after `_` they are like real ones, good once: `tok_test_visa_4242_a1`.
 *
 * tok_test_visa_4242, tok_test_visa_1881, tok_test_mastercard_4444,          paid
 * tok_test_mastercard_5100, tok_test_amex_0005, tok_test_amex_8431
 * tok_test_card_declined, tok_test_insufficient_funds,                       402, a declined charge, worded as the bank does
 * tok_test_suspected_fraud, tok_test_restricted_card
 * tok_test_msi_error                                                         402, tokenized too long ago; no charge
 * tok_test_code_<code of contract 7.2>                                       refused with that code: 402 and a declined
 *                                                                            charge, or 401, 404, 422, 429 and no charge
 * tok_test_3ds                                                               pending_payment, with a page to go to
 * tok_test_pending                                                           pending_payment, without one
 *
 * Any other token: 422 `nonexistent_token`. A second use of one with a suffix: 402 `tokenization.used`.
 */
export type TokenMeaning =
  | { readonly kind: 'pays'; readonly last4: string }
  | { readonly kind: 'waits'; readonly challenge: boolean }
  | { readonly kind: 'refuses'; readonly status: number; readonly code: string; readonly text: string }
  | {
      readonly kind: 'declines';
      readonly code: string;
      readonly failureCode: string;
      readonly last4: string;
      readonly text: string;
    };

const declines = (failureCode: string, last4: string, code: string, text: string): TokenMeaning => ({
  kind: 'declines',
  code: `conekta.errors.processing.${code}`,
  failureCode,
  last4,
  text,
});

const vocabulary: Readonly<Record<string, TokenMeaning>> = {
  tok_test_visa_4242: { kind: 'pays', last4: '4242' },
  tok_test_visa_1881: { kind: 'pays', last4: '1881' },
  tok_test_mastercard_4444: { kind: 'pays', last4: '4444' },
  tok_test_mastercard_5100: { kind: 'pays', last4: '5100' },
  tok_test_amex_0005: { kind: 'pays', last4: '0005' },
  tok_test_amex_8431: { kind: 'pays', last4: '8431' },
  tok_test_card_declined: declines('card_declined', '0002', 'bank.declined', 'The card was declined by its bank.'),
  tok_test_insufficient_funds: declines(
    'insufficient_funds',
    '0127',
    'bank.insufficient_funds',
    'The card has insufficient funds.',
  ),
  tok_test_suspected_fraud: declines(
    'suspected_fraud',
    '0036',
    'charge.card_payment.suspicious_behaviour',
    'The card was declined: suspicious behaviour.',
  ),
  tok_test_restricted_card: declines(
    'restricted_card',
    '0044',
    'bank.restricted_card',
    'The card was declined: it is restricted.',
  ),
  tok_test_msi_error: {
    kind: 'refuses',
    status: 402,
    code: 'conekta.errors.processing.tokenization.expired',
    text: 'The card was tokenized more than 10 minutes ago.',
  },
  tok_test_3ds: { kind: 'waits', challenge: true },
  tok_test_pending: { kind: 'waits', challenge: false },
  ...Object.fromEntries(errorReasons.map((code) => [`tok_test_code_${code}`, meaningOfCode(code)])),
};

/** Longest first, so that no name hides a longer one that starts with it. */
const names = Object.keys(vocabulary).toSorted((a, b) => b.length - a.length);

/** Whether a token is one of the names above, which are never used up. */
export const isEverlasting = (token: string): boolean => Object.hasOwn(vocabulary, token);

/** @returns undefined for a token that was never made */
export function meaningOf(token: string): TokenMeaning | undefined {
  const name = names.find((known) => token === known || token.startsWith(`${known}_`));
  return name === undefined ? undefined : vocabulary[name];
}

function meaningOfCode(code: string): TokenMeaning {
  const status = statusOfCode(code);
  // Without a word of the contract's search in it, so that only the code can decide.
  const text = 'Refused as asked.';
  return status === 402 && !code.includes('tokenization')
    ? { kind: 'declines', code, failureCode: code, last4: '0002', text }
    : { kind: 'refuses', status, code, text };
}

function statusOfCode(code: string): number {
  if (/not_found$/.test(code)) return 404;
  if (/^(authentication|invalid_api_key|unauthorized)/.test(code)) return 401;
  if (/^(rate_limit|quota)/.test(code)) return 429;
  if (/^(parameter|missing|invalid_(parameter|amount|currency|email|phone))/.test(code)) return 422;
  return 402;
}
