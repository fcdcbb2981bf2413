import type { MetricName } from '#shared/platform/metrics.ts';
import type { Worker } from '#shared/workers.ts';

/** Where an alarm looks. */
export type Source =
  /** What functions of ours measure. */
  | { readonly ours: MetricName; readonly statistic: 'Minimum' | 'Maximum' | 'Sum' | 'SampleCount' }
  /** Lines of the log that a person has to see. */
  | { readonly lines: 'to see' }
  /** Messages that crashed a worker again and again. */
  | { readonly deadLetters: Extract<Worker['trigger'], { queue: string }>['queue'] }
  /** Of each hundred calls of the API, those that ended in a 5xx the contract does not have; 0 while there are few calls. */
  | { readonly api: 'undeclared 5xx percent' }
  /** Runs of a worker that ended in an error or ran out of time. */
  | { readonly errorsOf: Worker['id'] };

export interface AlarmRow {
  /** As the runbook in the README has it. */
  readonly id: string;
  readonly source: Source;
  /** It rings at this value and above; `below` is the other way round. */
  readonly at: number;
  readonly below?: true;
  readonly periodMinutes: number;
  /** How many periods in a row; one unless told otherwise. */
  readonly periods?: number;
  /** Rings when nothing is measured at all. */
  readonly ringsWhenSilent?: true;
  /** What a person at night needs: what it means, and where to look first. */
  readonly sentence: string;
}

const HOUR = 3600;
/** What a gateway does not tell is asked about an hour later at the latest: with less, such an alarm would ring on and off. */
const TWO_LOOKS_MINUTES = 120;

/** THE alarms. Nothing else wakes anybody. */
export const alarmTable: readonly AlarmRow[] = [
  {
    id: 'paid-undelivered',
    source: { ours: 'undelivered', statistic: 'Maximum' },
    // A company may allow an hour; its money goes back then.
    at: 1.25 * HOUR,
    periodMinutes: 5,
    sentence:
      'Somebody paid over an hour ago, has no access, and no refund was begun. The sweep cannot settle it: look for "due item failed" in its log.',
  },
  {
    id: 'refund-open',
    source: { ours: 'refund-open', statistic: 'Maximum' },
    at: HOUR,
    periodMinutes: TWO_LOOKS_MINUTES,
    sentence:
      'A gateway has not said for an hour whether it gave money back: it is down, or a company revoked its key. Look for "refund sent" and "gateway-key-refused" in the log of the sweep; it asks on by itself.',
  },
  {
    id: 'doubt-open',
    source: { ours: 'doubt-overdue', statistic: 'Maximum' },
    at: HOUR,
    periodMinutes: TWO_LOOKS_MINUTES,
    sentence:
      'A gateway has not said for an hour longer than planned whether it charged somebody. Usually a revoked key: find the purchase by "doubt-open" in the log, and have its company check its keys.',
  },
  {
    id: 'refunded-not-removed',
    source: { ours: 'not-removed', statistic: 'Maximum' },
    at: HOUR,
    periodMinutes: 5,
    sentence:
      'A buyer has the money back for an hour and may still be online: the router does not answer. Nobody loses; tell its operator if the router stays away.',
  },
  {
    id: 'refund-failed',
    source: { ours: 'refunds-failed', statistic: 'Sum' },
    at: 1,
    periodMinutes: 5,
    sentence:
      'A gateway refused to give money back. It is tried again each day for thirty days; the operator sees it under estado=refund_failed, and can deliver instead or refund by hand at the gateway.',
  },
  {
    id: 'router-jobs-dead',
    source: { deadLetters: 'router-jobs' },
    at: 1,
    periodMinutes: 5,
    sentence:
      'A router job crashed its worker three times and was put aside. What it was about stays due; look in the log of the worker why it crashed.',
  },
  {
    id: 'gateway-hints-dead',
    source: { deadLetters: 'gateway-hints' },
    at: 1,
    periodMinutes: 5,
    sentence:
      'A hint from a gateway crashed its worker twice and was put aside. The sweep asks about the purchase all the same; look in the log why it crashed.',
  },
  {
    id: 'api-failing',
    source: { api: 'undeclared 5xx percent' },
    at: 2,
    periodMinutes: 5,
    periods: 2,
    sentence:
      'More than 2 in 100 calls of the API fail, those not counted that a router or a gateway failed at. Look for "request failed" in the logs of the API: one row means code, all rows mean DynamoDB or KMS.',
  },
  {
    id: 'worker-failing',
    source: { errorsOf: 'queue/router-jobs' },
    at: 3,
    periodMinutes: 5,
    sentence:
      'The worker that reaches routers crashes or runs out of its 20 seconds. Buyers wait, and get their money back after ten minutes: look in its log.',
  },
  {
    id: 'hints-failing',
    source: { errorsOf: 'queue/gateway-hints' },
    at: 3,
    periodMinutes: 5,
    sentence:
      'The worker that asks gateways crashes. Lost answers are settled by the sweep instead, up to minutes later: look in its log.',
  },
  {
    id: 'sweep-failing',
    source: { errorsOf: 'sweep/settle-due' },
    at: 2,
    periodMinutes: 5,
    sentence:
      'The sweep crashes or runs out of its 55 seconds: refunds, doubts and removals wait. Look in its log, and at the graph of what is due.',
  },
  {
    id: 'sweep-silent',
    source: { ours: 'due-lag', statistic: 'SampleCount' },
    at: 1,
    below: true,
    periodMinutes: 5,
    ringsWhenSilent: true,
    sentence:
      'The sweep has not run for five minutes: nothing that was interrupted is brought to its end. Look at its schedule, and at the concurrency that the account has left.',
  },
  {
    id: 'sweep-behind',
    source: { ours: 'due-lag', statistic: 'Maximum' },
    at: 600,
    periodMinutes: 5,
    periods: 3,
    sentence:
      'Something is due for ten minutes and not done. Either one item cannot be settled ("due item failed" names it), or there is more to do than the sweep can do.',
  },
  {
    id: 'routers-down',
    source: { ours: 'routers-lost', statistic: 'Maximum' },
    at: 10,
    periodMinutes: 5,
    sentence:
      'Ten routers went down within half an hour, and are down. One is its operator`s matter, ten are ours: look at the way to the routers first (hub, NAT gateway, VPN), then at GET /admin/routers/salud.',
  },
  {
    id: 'decline-storm',
    source: { ours: 'decline-storms', statistic: 'Sum' },
    at: 1,
    periodMinutes: 5,
    sentence:
      'Stolen cards are being tried at a router; past its limit only phones in its host table can buy. The operator was told. If several routers ring, tell the gateway.',
  },
  {
    id: 'telegram-silent',
    // No sweep in which it answered.
    source: { ours: 'telegram-silent', statistic: 'Minimum' },
    at: 1,
    periodMinutes: 15,
    periods: 2,
    sentence:
      'Telegram has answered nothing for half an hour. Messages wait for three days and nothing else depends on them.',
  },
  {
    id: 'lines-to-see',
    source: { lines: 'to see' },
    at: 1,
    periodMinutes: 5,
    sentence:
      'A function wrote a line with a field "alarm", or of level ERROR. Look for it in the log groups; its correlationId finds all other lines of the same request.',
  },
];
