import type { PaymentRecord } from './payments.ts';
import type { SearchRequest } from './requests.ts';

type SearchTime = SearchRequest['sort'];

/** Money is released as soon as it is approved, here. */
const times: Readonly<Record<SearchTime, (payment: PaymentRecord) => number | null>> = {
  date_created: ({ createdAt }) => createdAt,
  date_last_updated: ({ updatedAt }) => updatedAt,
  money_release_date: ({ approvedAt }) => approvedAt,
};

/** Everything that fits, in the order asked for, whatever the page. */
export function found(payments: readonly PaymentRecord[], request: SearchRequest): readonly PaymentRecord[] {
  const { sort, criteria, external_reference: reference, status } = request;
  const time = (payment: PaymentRecord) => times[sort](payment) ?? 0;
  const oldestFirst = payments
    .filter((payment) => reference === undefined || payment.externalReference === reference)
    .filter((payment) => status === undefined || payment.status === status)
    .filter((payment) => isInRange(payment, request))
    .toSorted((a, b) => time(a) - time(b));
  return criteria === 'asc' ? oldestFirst : oldestFirst.toReversed();
}

/** Both ends belong to it. */
function isInRange(payment: PaymentRecord, { range, begin_date: begin, end_date: end }: SearchRequest): boolean {
  if (range === undefined || begin === undefined || end === undefined) return true;
  const time = times[range](payment);
  return time !== null && Date.parse(begin) <= time && time <= Date.parse(end);
}
