/** The exhaustive part: each call of each story, struck in each way that applies. */
import { mendEverything } from './far-ends.ts';
import { type Call, type Mode, modesOf } from './modes.ts';
import { Run } from './run.ts';
import { scenarios } from './scenarios.ts';
import type { Scenario } from './story.ts';
import { callsMade, callsStruck } from './wires.ts';
import type { World } from './world.ts';

export interface Cell {
  readonly scenario: string;
  readonly actor: string;
  readonly label: string;
  readonly nth: number;
  readonly mode: Mode;
}

export const nameOfCell = ({ scenario, actor, label, nth, mode }: Cell): string =>
  `${scenario} / ${actor} / ${label} #${nth} / ${mode}`;

const storyOf = (name: string): Scenario => {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (!found) throw new Error(`There is no story called ${name}`);
  return found;
};

/** How many polls of one who waits are struck: any further one is like these. */
const POLLS = 2;
const isPoll = ({ label, nth }: Call): boolean => (label === 'BatchGetItem' || label === 'GetItem') && nth > POLLS;
/** A quiet sweep reads the index and nothing else: its first and second stand for all. */
const isIdle = ({ label, nth }: Call): boolean => label === 'Query' && nth > 1;

/** Plays a story without a blow, and lists where it could be struck. */
export async function cellsOf(world: World, name: string): Promise<{ cells: Cell[]; broken: readonly string[] }> {
  const scenario = storyOf(name);
  const run = await Run.open(world, scenario.given);
  await scenario.play(run);
  await mendEverything(run);
  const broken = await run.end();
  const places = callsMade().filter((call) => scenario.strikes(call) && !isPoll(call) && !isIdle(call));
  const cells = places.flatMap((call) => {
    const { actor, label, nth } = call;
    const tried = modesOf(call).filter((mode) => scenario.tries?.(mode, call) ?? true);
    return tried.map((mode): Cell => ({ scenario: name, actor, label, nth, mode }));
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
  const run = await Run.open(world, (call) => (isStruck(call) ? cell.mode : scenario.given(call)));
  await scenario.play(run);
  await mendEverything(run);
  const broken = await run.end();
  return { broken, reached: callsStruck().some(({ call }) => isStruck(call)) };
}
