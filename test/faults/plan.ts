/**
 * What a seed stands for. Everything that is decided is decided here, before anything runs: the same seed is the same plan.
 * What may still differ from run to run is how calls of processes that run at once interleave, and which of two of them a
 * message reaches first; a call is struck by its name (actor, label, number), never by the moment it is made.
 */
import type { ConektaFaultInput } from '#shared/local/conekta/faults.ts';
import type { FaultInput } from '#shared/local/router/faults.ts';
import { type Call, type Mode, modesOf } from './modes.ts';
import { drawFor, randomOf } from './random.ts';
import type { Treatment } from './unruly-queue.ts';

export interface PlannedBuyer {
  readonly beat: number;
  readonly token: string;
  /** The same request so many times at once: a phone that repeats. */
  readonly copies: number;
}

export interface PlannedRefund {
  readonly beat: number;
  /** Of the how many-th purchase that can be refunded. */
  readonly nth: number;
  /** Pesos; everything when left out. */
  readonly amount?: number;
}

export interface Beat {
  readonly jumpMs: number;
  readonly sweeps: number;
  /** Whether the next beat waits for this one's requests. */
  readonly awaited: boolean;
  readonly routerFault?: FaultInput;
  readonly routerMends: boolean;
  readonly gatewayFault?: ConektaFaultInput;
  readonly gatewayMends: boolean;
  /** How charges that wait for a person or a bank end now. */
  readonly settles?: 'paid' | 'declined' | 'expired';
  readonly settlesRefunds?: 'refunded' | 'failed';
  readonly releasesLate: boolean;
  /** Whoever was sent to a page or a counter pays although the order was closed. */
  readonly paysLate: boolean;
  /** What the admin does about failed refunds. */
  readonly rescues?: 'reintentar-reembolso' | 'entregar';
}

export interface SeedPlan {
  readonly buyers: readonly PlannedBuyer[];
  readonly refunds: readonly PlannedRefund[];
  readonly beats: readonly Beat[];
  readonly faultRate: number;
  strike(call: Call): Mode | undefined;
  treat(nth: number): Treatment;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const jumps = [0, 3 * SECOND, 16 * SECOND, 26 * SECOND, 61 * SECOND, 130 * SECOND, 11 * MINUTE, 16 * MINUTE] as const;
const rates = [0, 0.01, 0.03, 0.06] as const;

const routerFaults: readonly FaultInput[] = [
  { name: 'refuse-connections' },
  { name: 'refuse-connections' },
  { name: 'close', times: 1, when: 'after', command: '/ip/hotspot/user/add' },
  { name: 'reset', times: 2, when: 'before' },
  { name: 'close-on-accept', times: 2 },
  { name: 'trap', message: 'failure: busy', times: 1, command: '/ip/hotspot/user/add' },
  { name: 'wrong-login', times: 2 },
];

const gatewayFaults: readonly ConektaFaultInput[] = [
  { route: 'create-charge', kind: 'reset', when: 'after', times: 1 },
  { route: 'create-charge', kind: 'reset', when: 'before', times: 1 },
  { route: 'create-charge', kind: 'late', times: 1 },
  { route: 'create-charge', kind: 'server-error', when: 'after', times: 2 },
  { route: 'create-order', kind: 'server-error', when: 'before', times: 1 },
  { route: 'create-order', kind: 'too-many-requests', times: 1 },
  { route: 'get-order', kind: 'server-error', when: 'before', times: 2 },
  { route: 'get-order', kind: 'html-body', when: 'before', times: 2 },
  { route: 'cancel-order', kind: 'server-error', when: 'before', times: 1 },
  { route: 'cancel-order', kind: 'reset', when: 'after', times: 1 },
  { route: 'refund', kind: 'reset', when: 'after', times: 1 },
  { route: 'refund', kind: 'reset', when: 'before', times: 1 },
  { route: 'refund', kind: 'no-balance', times: 2 },
  { route: 'refund', kind: 'no-balance' },
  { route: 'refund', kind: 'refund-pending', times: 2 },
];

const tokens = ['visa_4242', 'visa_4242', 'visa_4242', 'visa_4242', 'card_declined', '3ds', 'pending'] as const;
const amounts = [undefined, undefined, 5, 10, 15] as const;

export function planOf(seed: number): SeedPlan {
  const random = randomOf(seed);
  const chance = (p: number): boolean => random() < p;
  const pick = <T>(from: readonly [T, ...T[]] | readonly T[], otherwise: T): T =>
    from[Math.floor(random() * from.length)] ?? otherwise;
  const upTo = (most: number): number => Math.floor(random() * (most + 1));

  const beatCount = 4 + upTo(2);
  const faultRate = pick<number>(rates, 0);
  const loses = pick([0, 0.1, 0.4], 0);
  const doubles = pick([0, 0.15], 0);
  const overtakes = pick([0, 0.15], 0);
  const onlyOnce = chance(0.5);
  const buyers = Array.from({ length: 2 + upTo(2) }, (): PlannedBuyer => ({
    beat: upTo(2),
    token: pick<string>(tokens, 'visa_4242'),
    copies: chance(0.25) ? 2 : 1,
  }));
  const refunds = Array.from({ length: upTo(3) }, (): PlannedRefund => {
    const amount = pick<number | undefined>(amounts, undefined);
    return { beat: 1 + upTo(beatCount - 2), nth: upTo(2), ...(amount !== undefined && { amount }) };
  });
  const beats = Array.from({ length: beatCount }, (_, index): Beat => ({
    jumpMs: index === 0 ? 0 : pick<number>(jumps, 0),
    sweeps: index === 0 ? 0 : upTo(2),
    awaited: chance(0.6),
    ...(chance(0.2) && { routerFault: pick(routerFaults, { name: 'refuse-connections' }) }),
    routerMends: chance(0.4),
    ...(chance(0.35) && {
      gatewayFault: pick(gatewayFaults, { route: 'get-order', kind: 'empty-json', when: 'before' }),
    }),
    gatewayMends: chance(0.3),
    ...(chance(0.4) && { settles: pick(['paid', 'paid', 'declined', 'expired'] as const, 'paid') }),
    ...(chance(0.3) && { settlesRefunds: pick(['refunded', 'refunded', 'failed'] as const, 'refunded') }),
    releasesLate: chance(0.4),
    paysLate: chance(0.25),
    ...(chance(0.3) && { rescues: pick(['reintentar-reembolso', 'entregar'] as const, 'entregar') }),
  }));
  return {
    buyers,
    refunds,
    beats,
    faultRate,
    strike: (call) => {
      const place = `${call.actor} ${call.label} ${call.nth}`;
      if (drawFor(seed, place) >= faultRate) return undefined;
      const possible = modesOf(call);
      return possible[Math.floor(drawFor(seed + 1, place) * possible.length)];
    },
    treat: (nth) => {
      const draw = drawFor(seed, `message ${nth}`);
      if (draw < loses) return { lost: true };
      return { doubled: draw > 1 - doubles, overtakes: drawFor(seed, `overtakes ${nth}`) < overtakes, onlyOnce };
    },
  };
}

/** The plan in words, for who replays a seed. */
export function tell(seed: number, plan: SeedPlan): string[] {
  const { faultRate, buyers, refunds, beats } = plan;
  return [
    `seed ${seed}: each call is struck with probability ${faultRate}`,
    ...buyers.map((buyer, index) => `buyer ${index + 1}: ${JSON.stringify(buyer)}`),
    ...refunds.map((refund, index) => `refund ${index + 1}: ${JSON.stringify(refund)}`),
    ...beats.map((beat, index) => `beat ${index}: ${JSON.stringify(beat)}`),
  ];
}
