/**
 * The card tokens this Mercado Pago knows. The token alone decides, as the cardholder's name does on its test cards
 * (payments.md B.7). Bare names are good for ever; with a suffix after `_` they are like real ones, good once:
 * `mp_test_APRO_a1`.
 *
 * mp_test_APRO                                 approved
 * mp_test_CONT                                 in_process, decided later; rejected at once in `binary_mode`
 * mp_test_FUND, _CALL, _SECU, _EXPI, _FORM,    rejected, with the status_detail of the list below
 * _CARD, _INST, _DUPL, _LOCK, _CTNA, _ATTE,
 * _BLAC, _UNSU, _TEST, _OTHE
 * mp_test_3DS                                  pending_challenge when the request takes part in 3-D Secure, else rejected
 * mp_test_detail_<status_detail>               any other status_detail of payments.md B.4, such as
 *                                              mp_test_detail_cc_rejected_high_risk
 *
 * mp_test_expired                              400 with cause 2062, made too long ago
 *
 * Any other token: 400 with cause 2006. A second use of one with a suffix: 400 with cause 3003.
 */
export type TokenMeaning =
  | { readonly kind: 'approves' }
  | { readonly kind: 'challenges' }
  | { readonly kind: 'reviews'; readonly detail: string }
  | { readonly kind: 'rejects'; readonly detail: string }
  | { readonly kind: 'expired' };

const PREFIX = 'mp_test_';

const holders: Readonly<Record<string, string>> = {
  OTHE: 'cc_rejected_other_reason',
  CALL: 'cc_rejected_call_for_authorize',
  FUND: 'cc_rejected_insufficient_amount',
  SECU: 'cc_rejected_bad_filled_security_code',
  EXPI: 'cc_rejected_bad_filled_date',
  FORM: 'cc_rejected_bad_filled_other',
  CARD: 'cc_rejected_bad_filled_card_number',
  INST: 'cc_rejected_invalid_installments',
  DUPL: 'cc_rejected_duplicated_payment',
  LOCK: 'cc_rejected_card_disabled',
  CTNA: 'cc_rejected_card_type_not_allowed',
  ATTE: 'cc_rejected_max_attempts',
  BLAC: 'cc_rejected_blacklist',
  // These two details are not in the documents we have; third parties show them.
  UNSU: 'cc_unsupported_unsupported',
  TEST: 'cc_amount_rate_limit_exceeded',
};

const rejections = [
  ...Object.values(holders),
  'cc_rejected_card_error',
  'cc_rejected_time_out',
  'cc_rejected_high_risk',
  'cc_rejected_3ds_challenge',
  'cc_rejected_3ds_mandatory',
  'rejected_by_regulations',
];
const reviews = ['pending_contingency', 'pending_review_manual', 'offline_process'];

const vocabulary: ReadonlyMap<string, TokenMeaning> = new Map<string, TokenMeaning>([
  [`${PREFIX}APRO`, { kind: 'approves' }],
  [`${PREFIX}CONT`, { kind: 'reviews', detail: 'pending_contingency' }],
  [`${PREFIX}3DS`, { kind: 'challenges' }],
  ...named(holders, (detail) => ({ kind: 'rejects', detail })),
  ...detailed(rejections, (detail) => ({ kind: 'rejects', detail })),
  ...detailed(reviews, (detail) => ({ kind: 'reviews', detail })),
]);

const EXPIRED = `${PREFIX}expired`;

/** Every token that is never used up. */
export const tokenNames: readonly string[] = [...vocabulary.keys()];

/** Longest first, so that no name hides a longer one that starts with it. */
const longestFirst = tokenNames.toSorted((a, b) => b.length - a.length);

/** Whether a token is one of the names above, which are never used up. */
export const isEverlasting = (token: string): boolean => vocabulary.has(token);

/** @returns undefined for a token that was never made */
export function meaningOf(token: string): TokenMeaning | undefined {
  if (token === EXPIRED || token.startsWith(`${EXPIRED}_`)) return { kind: 'expired' };
  const name = longestFirst.find((known) => token === known || token.startsWith(`${known}_`));
  return name === undefined ? undefined : vocabulary.get(name);
}

type Entries = readonly (readonly [string, TokenMeaning])[];

function named(details: Readonly<Record<string, string>>, meaning: (detail: string) => TokenMeaning): Entries {
  return Object.entries(details).map(([name, detail]) => [PREFIX + name, meaning(detail)]);
}

function detailed(details: readonly string[], meaning: (detail: string) => TokenMeaning): Entries {
  return details.map((detail) => [`${PREFIX}detail_${detail}`, meaning(detail)]);
}
