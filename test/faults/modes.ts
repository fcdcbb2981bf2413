import type { Deed } from '../stage/gateways/deed.ts';

/** What can happen to one outbound call. Before: nothing reached the far end. After: it took effect there. */
export const modes = [
  /** The process is gone: nothing it still tries to send leaves, not even from a `finally`. */
  'kill-before',
  'kill-after',
  /** One answer is lost; the AWS SDK repeats the request. */
  'lose-before',
  'lose-after',
  /** This answer and those of all repeats are lost. */
  'fail-before',
  'fail-after',
  /** The call, or its answer, is held while time passes and others work: a process that froze and woke up. */
  'delay-before',
  'delay-after',
  /** Held like that, then it takes effect, and then the process dies. */
  'delay-kill',
  /** The same bytes reach the far end twice; the caller hears the second answer, or the first. */
  'duplicate-before',
  'duplicate-after',
  /** The caller hears nothing, and the effect comes 45 s later. */
  'late',
] as const;
export type Mode = (typeof modes)[number];

export type Service = 'dynamodb' | 'kms' | 'sqs' | 'gateway' | 'router';

export interface Call {
  /** One run of one function: `buyer`, `worker`, `sweep`, `admin`; in schedules with a number. */
  readonly actor: string;
  readonly service: Service;
  readonly label: string;
  /** The how many-th call of this actor with this label, from 0. */
  readonly nth: number;
  /** What it is for, of a gateway's. */
  readonly deed: Deed | undefined;
  /** The gateway order it is about, or empty. */
  readonly orderId: string;
}

export type Plan = (call: Call) => Mode | undefined;

const unapplicable: Readonly<Record<Service, readonly Mode[]>> = {
  // The SDK's own repeat of a request is the late copy of an AWS call: it comes while the caller still waits.
  dynamodb: ['late'],
  kms: [],
  sqs: ['late'],
  // No client of ours repeats a POST, and nothing could tell Conekta's doubled refund from two (payments A.6).
  gateway: ['lose-before', 'lose-after', 'duplicate-before', 'duplicate-after'],
  // TCP delivers a sentence once or not at all; there is nobody who would repeat it.
  router: ['lose-before', 'lose-after', 'duplicate-before', 'duplicate-after'],
};

/** Calls that change nothing at the far end. */
const isRead = ({ service, label }: Pick<Call, 'service' | 'label'>): boolean =>
  service === 'kms' || /^(GET |router .*\/(print|login)|router \/login|BatchGet|GetItem|Query)/.test(label);

/** What differs from another mode by the effect only. */
const byEffectOnly: ReadonlySet<Mode> = new Set([
  ...(['kill-after', 'lose-after', 'fail-after'] as const),
  ...(['delay-kill', 'duplicate-before', 'duplicate-after', 'late'] as const),
]);

/** Mercado Pago knows a request again by its key: some network between us may well double it. */
const hasKey = (label: string): boolean => label.startsWith('POST /v1/');

export function modesOf(call: Call): readonly Mode[] {
  const { service, label } = call;
  const isPointless = (mode: Mode) => isRead(call) && byEffectOnly.has(mode);
  const applies = (mode: Mode) =>
    !unapplicable[service].includes(mode) || (mode.startsWith('duplicate') && hasKey(label));
  return modes.filter((mode) => applies(mode) && !isPointless(mode));
}
