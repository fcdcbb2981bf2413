/** The exhaustive part: each call of each story, struck in each way that applies. */
import { type GatewayName, gatewayNames } from '#shared/gateways/gateway.ts';
import { mendEverything } from './far-ends.ts';
import { type Call, type Mode, modesOf, type Plan } from './modes.ts';
import { Run, type Setting } from './run.ts';
import { scenarios } from './scenarios.ts';
import type { Scenario } from './story.ts';
import { callsMade, callsStruck } from './wires.ts';
import type { World } from './world.ts';

/** A story on a gateway. */
export interface Stage {
  readonly scenario: string;
  readonly gateway: GatewayName;
}

export interface Cell extends Stage {
  readonly actor: string;
  readonly label: string;
  readonly nth: number;
  readonly mode: Mode;
}

export const nameOfStage = ({ scenario, gateway }: Stage): string => `${scenario} / ${gateway}`;
export const nameOfCell = ({ actor, label, nth, mode, ...stage }: Cell): string =>
  `${nameOfStage(stage)} / ${actor} / ${label} #${nth} / ${mode}`;

const storyOf = (name: string): Scenario => {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (!found) throw new Error(`There is no story called ${name}`);
  return found;
};

/** Each story, on each of these gateways where it makes sense. */
export const stagesOn = (gateways: readonly GatewayName[]): readonly Stage[] =>
  scenarios.flatMap(({ name: scenario, on = gatewayNames }) =>
    gateways.filter((gateway) => on.includes(gateway)).map((gateway) => ({ scenario, gateway })),
  );

/** How many polls of one who waits are struck: any further one is like these. */
const POLLS = 2;
const isPoll = ({ label, nth }: Call): boolean => (label === 'BatchGetItem' || label === 'GetItem') && nth > POLLS;
/** A quiet sweep reads the index and nothing else: its first and second stand for all. */
const isIdle = ({ label, nth }: Call): boolean => label === 'Query' && nth > 1;

/** Of many equal steps, such as the looks of a whole day, the first and the last stand for all. */
const EDGE = 3;
function withoutMiddle(places: readonly Call[]): readonly Call[] {
  const siteOf = ({ actor, label }: Call): string => `${actor} ${label}`;
  const last = new Map(places.map((call) => [siteOf(call), call.nth]));
  return places.filter((call) => call.nth < EDGE || call.nth > (last.get(siteOf(call)) ?? 0) - EDGE);
}

/** The worker speaks with routers only, and it is all the same to it who was paid: struck on one gateway. */
const isElsewhere = ({ actor }: Call, { gateway }: Stage): boolean =>
  actor.startsWith('worker') && gateway !== gatewayNames[0];

const settingOf = ({ gateway }: Stage, { listens = false }: Scenario, plan: Plan, isPlain: boolean): Setting => ({
  gateway,
  listens,
  plan,
  isPlain,
});

/** Plays a story without a blow, and lists where it could be struck. */
export async function cellsOf(world: World, stage: Stage): Promise<{ cells: Cell[]; broken: readonly string[] }> {
  const scenario = storyOf(stage.scenario);
  const run = await Run.open(world, settingOf(stage, scenario, scenario.given, true));
  await scenario.play(run);
  await mendEverything(run);
  const broken = await run.end();
  const places = callsMade().filter(
    (call) => scenario.strikes(call) && !isPoll(call) && !isIdle(call) && !isElsewhere(call, stage),
  );
  const cells = withoutMiddle(places).flatMap((call) => {
    const { actor, label, nth } = call;
    const tried = modesOf(call).filter((mode) => scenario.tries?.(mode, call) ?? true);
    return tried.map((mode): Cell => ({ ...stage, actor, label, nth, mode }));
  });
  return { cells, broken };
}

export interface CellResult {
  readonly broken: readonly string[];
  /** Whether the call was made at all this time. */
  readonly reached: boolean;
}

export async function playCell(world: World, cell: Cell): Promise<CellResult> {
  const scenario = storyOf(cell.scenario);
  const isStruck = ({ actor, label, nth }: Call) => actor === cell.actor && label === cell.label && nth === cell.nth;
  const plan: Plan = (call) => (isStruck(call) ? cell.mode : scenario.given(call));
  const run = await Run.open(world, settingOf(cell, scenario, plan, false));
  await scenario.play(run);
  await mendEverything(run);
  const broken = await run.end();
  return { broken, reached: callsStruck().some(({ call }) => isStruck(call)) };
}
