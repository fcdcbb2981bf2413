import * as z from 'zod';

/** What differs between the stages of a deployment. Everything else is the same, so that `dev` proves what `prod` does. */
export interface Settings {
  /** The table and the keys survive the deletion of their stack. */
  readonly keepData: boolean;
  /** A table that was restored to an earlier moment and is used instead of the stack's own, which stays (README, "Restore"). */
  readonly restoredTable?: string;
  readonly logLevel: 'DEBUG' | 'INFO';
  readonly logRetentionDays: 7 | 90;
  /** How the worker reaches routers (README, "Reaching routers"). */
  readonly reach: Reach;
  /** What the API takes in a second, all companies together; more is answered 429 before a function runs. */
  readonly requestsPerSecond: number;
  /** A name of the operator's own for the API. Its DNS record is to point at the output `DomainTarget`. */
  readonly domain?: Domain;
  /** Router jobs at the same time. Each holds one connection; 2 is the least that SQS allows. */
  readonly workerConcurrency: number;
  /** Looks at gateways that webhooks asked for, at the same time. */
  readonly hintConcurrency: number;
}

export type Reach =
  /** Routers dial into a hub of ours, from behind any NAT; public ones are reached too. The range is theirs: never change it. */
  | { readonly kind: 'wireguard'; readonly range: string }
  /** Routers stand in these ranges, behind a transit gateway that is there already. */
  | { readonly kind: 'vpn'; readonly transitGatewayId: string; readonly ranges: readonly string[] }
  /** Routers with public addresses only. */
  | { readonly kind: 'public'; readonly natGateways: 1 | 2 };

export interface Domain {
  readonly name: string;
  /** Of a certificate for that name, in the region of the deployment. */
  readonly certificateArn: string;
}

export const stages = {
  dev: {
    keepData: false,
    logLevel: 'DEBUG',
    logRetentionDays: 7,
    reach: { kind: 'wireguard', range: '10.213.64.0/19' },
    requestsPerSecond: 50,
    workerConcurrency: 5,
    hintConcurrency: 2,
  },
  prod: {
    keepData: true,
    logLevel: 'INFO',
    logRetentionDays: 90,
    reach: { kind: 'wireguard', range: '10.213.128.0/17' },
    requestsPerSecond: 1000,
    workerConcurrency: 100,
    hintConcurrency: 20,
  },
} as const satisfies Record<string, Settings>;

export type Stage = keyof typeof stages;

const stageName = z.enum(['dev', 'prod'] satisfies Stage[]);

/** @param given the value of `cdk --context stage=...`; `dev` when absent */
export function readStage(given: unknown): Stage {
  const parsed = stageName.default('dev').safeParse(given);
  if (!parsed.success)
    throw new Error(`There is no such stage. Choose one: --context stage=${stageName.options.join('|')}`);
  return parsed.data;
}
