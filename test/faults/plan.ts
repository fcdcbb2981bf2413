/**
 * What a seed stands for. Everything that is decided is decided here, before anything runs: the same seed is the same plan.
 * What may still differ from run to run is how calls of processes that run at once interleave, and which of two of them a
 * message reaches first; a call is struck by its name (actor, label, number), never by the moment it is made.
 */
import type { FaultInput } from '#shared/local/router/faults.ts';
import type { CardKind, DisputeStep, Trouble } from '../stage/gateways/far-gateway.ts';
import { forgeries, type Forgery } from './mail.ts';
import { type Call, type Mode, modesOf } from './modes.ts';
import { drawFor, randomOf } from './random.ts';
import type { Treatment } from './unruly-queue.ts';

export interface PlannedBuyer {
  readonly beat: number;
  readonly card: CardKind;
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
  readonly trouble?: Trouble;
  readonly gatewayMends: boolean;
  /** How charges that wait for a person or a bank end now. */
  readonly settles?: 'paid' | 'declined' | 'expired';
  readonly settlesRefunds?: 'refunded' | 'failed';
  readonly releasesLate: boolean;
  /** Whoever was sent to a page or a counter pays although the order was closed. */
  readonly paysLate: boolean;
  /** What becomes of notifications that wait. */
  readonly carries: Carrier;
  readonly forges?: Forgery;
  /** Whether buyers ask what became of their purchase. */
  readonly polls: boolean;
  /** A bank's step about the how many-th charge. */
  readonly disputes?: { readonly nth: number; readonly step: DisputeStep };
  /** The operator gives back at the gateway itself, all or so much. */
  readonly byHand?: { readonly nth: number; readonly minor?: number };
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
  treatHint(nth: number): Treatment;
}

/** `kept`: it comes later. */
const reliable = ['delivered', 'delivered', 'doubled', 'reversed', 'kept'] as const;
export type Carrier = (typeof reliable)[number] | 'lost';
const disputeSteps: readonly DisputeStep[] = ['opened', 'opened', 'won', 'lost'];

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

const troubles: readonly Trouble[] = [
  { on: 'charge', kind: 'reset', when: 'after', times: 1 },
  { on: 'charge', kind: 'reset', when: 'before', times: 1 },
  { on: 'charge', kind: 'late', times: 1 },
  { on: 'charge', kind: 'server-error', when: 'after', times: 2 },
  { on: 'open', kind: 'server-error', when: 'before', times: 1 },
  { on: 'open', kind: 'too-many-requests', times: 1 },
  { on: 'look', kind: 'server-error', when: 'before', times: 2 },
  { on: 'look', kind: 'html-body', when: 'before', times: 2 },
  { on: 'cancel', kind: 'server-error', when: 'before', times: 1 },
  { on: 'cancel', kind: 'reset', when: 'after', times: 1 },
  { on: 'refund', kind: 'reset', when: 'after', times: 1 },
  { on: 'refund', kind: 'reset', when: 'before', times: 1 },
  { on: 'refund', kind: 'refused', times: 2 },
  { on: 'refund', kind: 'refused' },
  { on: 'refund', kind: 'pending', times: 2 },
];
/** What nobody hears of but by a webhook or the daily comparison. */
const secrets: readonly Trouble[] = [{ on: 'charge', kind: 'twice', times: 1 }];

const buyersCards: readonly CardKind[] = ['good', 'good', 'good', 'good', 'declined', 'page', 'waits'];
const amounts = [undefined, undefined, 5, 10, 15] as const;

/** @param comparison whether what nobody is told of is found out all the same */
export function planOf(seed: number, comparison: boolean): SeedPlan {
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
  const tells = chance(0.5);
  const known = tells ? [...troubles, ...secrets] : troubles;
  const carriers = tells && !comparison ? reliable : [...reliable, 'lost' as const];
  const buyers = Array.from({ length: 2 + upTo(2) }, (): PlannedBuyer => ({
    beat: upTo(2),
    card: pick<CardKind>(buyersCards, 'good'),
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
    ...(chance(0.35) && { trouble: pick(known, { on: 'look', kind: 'html-body', when: 'before' }) }),
    gatewayMends: chance(0.3),
    ...(chance(0.4) && { settles: pick(['paid', 'paid', 'declined', 'expired'] as const, 'paid') }),
    ...(chance(0.3) && { settlesRefunds: pick(['refunded', 'refunded', 'failed'] as const, 'refunded') }),
    releasesLate: chance(0.4),
    paysLate: chance(0.25),
    carries: pick<Carrier>(carriers, 'delivered'),
    ...(chance(0.2) && { forges: pick<Forgery>(forgeries, 'unsigned') }),
    polls: chance(0.3),
    ...(tells && chance(0.3) && { disputes: { nth: upTo(2), step: pick(disputeSteps, 'opened') } }),
    ...(tells && chance(0.15) && { byHand: { nth: upTo(2), ...(chance(0.5) && { minor: 500 }) } }),
    ...(chance(0.3) && { rescues: pick(['reintentar-reembolso', 'entregar'] as const, 'entregar') }),
  }));
  const treatment = (fate: string, place: string): Treatment => {
    const draw = drawFor(seed, fate);
    if (draw < loses) return { lost: true };
    return { doubled: draw > 1 - doubles, overtakes: drawFor(seed, place) < overtakes, onlyOnce };
  };
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
    treat: (nth) => treatment(`message ${nth}`, `overtakes ${nth}`),
    treatHint: (nth) => treatment(`hint ${nth}`, `hint overtakes ${nth}`),
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
