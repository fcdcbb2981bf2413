import type { Capability } from './platform/capabilities.ts';

/** What makes a worker run: a message on a queue, or the clock. */
export type Trigger = { readonly queue: 'router-jobs' | 'gateway-hints' } | { readonly everyMinutes: number };

/**
 * One entry point that no request starts, as data: what a row is to an endpoint. Read by the stacks, the bundle, the
 * sandbox's pumps and the tests. The handler is not imported here but named: the file `functions/<id>.ts` exports `handler`.
 */
export interface Worker {
  readonly id: string;
  readonly needs: readonly Capability[];
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** What the router jobs feed stands in the network that reaches the routers; nothing else does. */
  readonly trigger: Trigger;
}

/** Keeps the literal types, and so the list of needs, of a worker. */
function defineWorker<const W extends Worker>(worker: W): W {
  return worker;
}

export const workers = {
  /** Does one router job at a time; the only function that opens router credentials (design 4 and 5). */
  routerJobs: defineWorker({
    id: 'queue/router-jobs',
    needs: ['table', 'router-credentials:open', 'access-codes:open'],
    timeoutSeconds: 20,
    memoryMb: 512,
    trigger: { queue: 'router-jobs' },
  }),
  /** Asks a gateway about one purchase, moments after a webhook or a buyer said that it changed (design 3). */
  gatewayHints: defineWorker({
    id: 'queue/gateway-hints',
    needs: ['table', 'jobs:send', 'gateway-credentials:open'],
    timeoutSeconds: 40,
    memoryMb: 512,
    trigger: { queue: 'gateway-hints' },
  }),
  /** Re-drives everything on the due index whose time has come (design 3). */
  settleDue: defineWorker({
    id: 'sweep/settle-due',
    needs: ['table', 'jobs:send', 'gateway-credentials:open', 'telegram-tokens:open', 'own-url', 'hub:write'],
    timeoutSeconds: 55,
    memoryMb: 512,
    trigger: { everyMinutes: 1 },
  }),
};

/** Every worker there is, for those that walk them. */
export const allWorkers: readonly Worker[] = Object.values(workers);

/** The queue of router jobs, the same in the cloud and in the sandbox (design 4). */
export const routerJobsQueue = {
  /** A larger batch would mix the jobs of several routers and wait for the slowest. */
  batchSize: 1,
  /** Longer than the worker's timeout, so that a running job is never handed to a second worker. */
  visibilitySeconds: 25,
  /** The worker always acknowledges, so what comes back this often crashed it every time. */
  maxReceives: 3,
} as const;

/** The queue of hints: its messages may be lost or late, since each hint stands on the due index as well. */
export const gatewayHintsQueue = {
  batchSize: 1,
  visibilitySeconds: 45,
  maxReceives: 2,
} as const;
