/** What is measured of a deployment, and its unit (CloudWatch's embedded metric format: one line of the log each). */
export const metricUnits = {
  /** How long the oldest thing on the due index has been waiting, each sweep; messages for Telegram apart. */
  'due-lag': 'Seconds',
  /** Since when a buyer has paid whose access the router does not have yet. */
  undelivered: 'Seconds',
  /** Since when a buyer has no claim on an access any more that may still be on the router. */
  'not-removed': 'Seconds',
  /** How old a purchase is whose gateway has not told yet whether it charged. */
  doubt: 'Seconds',
  /** How long past the last planned look such a doubt is open. */
  'doubt-overdue': 'Seconds',
  /** How long ago a refund was decided that its gateway has neither made nor refused. */
  'refund-open': 'Seconds',
  /** Refunds that the gateway refused, each time it does: those that stand are tried each day, so a day's sum is how many. */
  'refunds-failed': 'Count',
  /** Routers that are down, as far as one page of the fleet shows. */
  'routers-down': 'Count',
  /** Those of them that went down a short while ago: of a large fleet some are always down. */
  'routers-lost': 'Count',
  /** Windows in which a router reached its limit of declined cards. */
  'decline-storms': 'Count',
  /** 1 for a sweep in which Telegram did not answer, 0 for one in which it did; nothing where there was nothing to tell. */
  'telegram-silent': 'Count',
  /** How long the oldest message for Telegram has been waiting. */
  untold: 'Seconds',
  /** Answers of 5xx that the contract has for what somebody else failed at, such as a router that is down. */
  'declared-failures': 'Count',
  sales: 'Count',
  /** From the payment to the access seen on the router. */
  delivery: 'Seconds',
} as const;

export type MetricName = keyof typeof metricUnits;
export type Measured = Readonly<Partial<Record<MetricName, number>>>;

/** Metrics of one deployment, apart from those of another in the same account. */
export const metricNamespace = (stage: string): string => `Pagos/${stage}`;

/**
 * The line that CloudWatch reads metrics from. No dimensions: by router or company each would be a metric of its own, and
 * billed as one.
 *
 * @param at milliseconds
 */
export function metricLine(stage: string, measured: Measured, at: number): Record<string, unknown> {
  const names = Object.keys(metricUnits).filter((name): name is MetricName => name in measured);
  const Metrics = names.map((Name) => ({ Name, Unit: metricUnits[Name] }));
  const directive = { Namespace: metricNamespace(stage), Dimensions: [[]], Metrics };
  return { _aws: { Timestamp: at, CloudWatchMetrics: [directive] }, ...measured };
}
