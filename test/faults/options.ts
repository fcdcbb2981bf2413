import { parseArgs } from 'node:util';
import { type GatewayName, gatewayNames } from '#shared/gateways/gateway.ts';

export interface Options {
  /** How many schedules, and the first one's seed. */
  readonly seeds: number;
  readonly from: number;
  /** This one only, with its log. */
  readonly seed: number | undefined;
  /** Only cells whose name contains this. */
  readonly cell: string | undefined;
  /** Both, unless one is named. */
  readonly gateways: readonly GatewayName[];
  /** Whether the daily comparison heals what nobody was told of. */
  readonly comparison: boolean;
  /** Whether routers are compared with what should be on them. */
  readonly reconcile: boolean;
  readonly matrixOnly: boolean;
  readonly seedsOnly: boolean;
  readonly mutants: boolean;
  /** Stop at the first violation. */
  readonly first: boolean;
  /** Begin nothing new after this time. */
  readonly minutes: number;
  readonly workers: number;
}

const DEFAULT_SEEDS = 200;
/** A run waits for half of its time, for what is held back or has to come to rest: on two cores a third one pays. */
const DEFAULT_WORKERS = 4;

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string' },
      from: { type: 'string' },
      seed: { type: 'string' },
      cell: { type: 'string' },
      gateway: { type: 'string' },
      comparison: { type: 'string', default: 'off' },
      reconcile: { type: 'string', default: 'off' },
      'matrix-only': { type: 'boolean', default: false },
      'seeds-only': { type: 'boolean', default: false },
      mutants: { type: 'boolean', default: false },
      first: { type: 'boolean', default: false },
      minutes: { type: 'string' },
      workers: { type: 'string' },
    },
  });
  return {
    seeds: numberOf('seeds', values.seeds, DEFAULT_SEEDS),
    from: numberOf('from', values.from, 1),
    seed: values.seed === undefined ? undefined : numberOf('seed', values.seed, 0),
    cell: values.cell,
    gateways: values.gateway === undefined ? gatewayNames : [oneOf('gateway', values.gateway, gatewayNames)],
    comparison: oneOf('comparison', values.comparison, ['on', 'off'] as const) === 'on',
    reconcile: oneOf('reconcile', values.reconcile, ['on', 'off'] as const) === 'on',
    matrixOnly: values['matrix-only'],
    seedsOnly: values['seeds-only'],
    mutants: values.mutants,
    first: values.first,
    minutes: numberOf('minutes', values.minutes, Infinity),
    workers: numberOf('workers', values.workers, DEFAULT_WORKERS),
  };
}

function numberOf(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new Error(`--${name} takes a number, not "${text}"`);
  return value;
}

function oneOf<const T extends string>(name: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((one) => one === text);
  if (choice === undefined) throw new Error(`--${name} takes ${choices.join(' or ')}, not "${text}"`);
  return choice;
}
