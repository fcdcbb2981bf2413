/** List prices of AWS in us-east-1, in US dollars, as of December 2026: look them up again before you rely on them. */
export const prices = {
  /** HTTP API: a request. */
  apiRequest: 1.0 / 1e6,
  lambdaRequest: 0.2 / 1e6,
  /** arm64. */
  lambdaGigabyteSecond: 0.0000133334,
  dynamoWriteUnit: 0.625 / 1e6,
  dynamoReadUnit: 0.125 / 1e6,
  dynamoGigabyteMonth: 0.25,
  /** Point-in-time recovery. */
  backupGigabyteMonth: 0.2,
  /** Symmetric keys; ECC signing costs more, and only logins and new keys sign. */
  kmsRequest: 0.03 / 1e4,
  kmsKeyMonth: 1,
  sqsFifoRequest: 0.5 / 1e6,
  logGigabyte: 0.5,
  schedulerInvocation: 1.0 / 1e6,
  metricMonth: 0.3,
  alarmMonth: 0.1,
  dashboardMonth: 3,
  transferGigabyte: 0.09,
} as const;

/**
 * What cannot be counted on one machine: how long a function waits for others. Billed time is what was counted of calls and
 * these.
 */
export const assumed = {
  /** A charge at a gateway, its order included. */
  gatewaySeconds: 1.5,
  /** One round trip to a router through a tunnel. */
  routerRoundTripSeconds: 0.08,
  /** A call of DynamoDB, KMS or SQS from a warm function. */
  awsCallSeconds: 0.006,
  /** Code of ours between calls. */
  ownSeconds: 0.01,
  /** Phones that look at the plans for each one that buys. */
  looksPerPurchase: 3,
  heartbeatMinutes: 15,
} as const;
