/**
 * `npm run faults`: real use cases over the embedded parts, struck at every outbound call, then by seeded schedules; then
 * time passes, and what was promised is checked from the simulators' own books. See README, "Fault runs".
 */
import type { GatewayName } from '#shared/gateways/gateway.ts';
import { Coverage } from './coverage.ts';
import { playAll, type Report, type Task } from './crew.ts';
import { huntMutants } from './hunt.ts';
import { type Cell, nameOfCell, nameOfStage, type Stage, stagesOn } from './matrix.ts';
import { type Options, readOptions } from './options.ts';
import { drawFor } from './random.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const nameOf = (task: Task): string => {
  switch (task.kind) {
    case 'list':
      return `${nameOfStage(task.stage)} / nothing struck`;
    case 'cell':
      return nameOfCell(task.cell);
    case 'seed':
      return `seed ${task.seed} (${task.gateway})`;
  }
};

/** With both gateways, seeds take turns. */
const gatewayOf = (seed: number, gateways: readonly GatewayName[]): GatewayName =>
  gateways[seed % gateways.length] ?? 'conekta';

function count(things: readonly Pick<Stage, 'gateway'>[], gateways: readonly GatewayName[]): string {
  const of = (gateway: GatewayName) => things.filter((thing) => thing.gateway === gateway).length;
  return `${things.length} (${gateways.map((gateway) => `${gateway} ${of(gateway)}`).join(', ')})`;
}

/** Asked to stop: what is being played is played to its end, its processes are dismissed, and nothing new begins. */
const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopped.abort());

/** Of a limited time, for the matrix; the schedules get the rest. */
const MATRIX_SHARE = 0.6;

class Session {
  readonly #options: Options;
  readonly #startedAt = Date.now();
  readonly #coverage = new Coverage();
  violations = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  get seconds(): number {
    return Math.round((Date.now() - this.#startedAt) / 1000);
  }

  /** @param share of the whole time */
  mayGoOn = (share = 1): boolean => {
    const { minutes, first } = this.#options;
    return !stopped.signal.aborted && this.seconds < minutes * 60 * share && !(first && this.violations > 0);
  };

  async play(
    tasks: readonly Task[],
    also: (task: Task, report: Report) => void = () => undefined,
    share = 1,
  ): Promise<number> {
    const mayGoOn = () => this.mayGoOn(share);
    return playAll(tasks, this.#options, mayGoOn, (task, report) => {
      this.#coverage.merge(report.tally);
      if (report.broken.length > 0) {
        this.violations += 1;
        say(`VIOLATION ${nameOf(task)}: ${report.broken.join('; ')}`);
      }
      also(task, report);
    });
  }

  async playMatrix(): Promise<void> {
    const { cell, gateways, minutes, matrixOnly } = this.#options;
    const cells: Cell[] = [];
    const all = stagesOn(gateways);
    const named = all.filter(({ scenario }) => cell?.startsWith(`${scenario} / `));
    await this.play(
      (named.length > 0 ? named : all).map((stage): Task => ({ kind: 'list', stage })),
      (_, report) => void cells.push(...(report.cells ?? [])),
    );
    const chosen = cells.filter((one) => cell === undefined || nameOfCell(one).includes(cell));
    say(`matrix: cells ${count(chosen, gateways)} of ${count(all, gateways)} stories (listed in ${this.seconds} s)`);
    let unreached = 0;
    // With little time a sample of all stories says more than the whole first one.
    const order = (one: Cell): number => drawFor(1, nameOfCell(one));
    if (minutes < Infinity) chosen.sort((a, b) => order(a) - order(b));
    const tasks = chosen.map((one): Task => ({ kind: 'cell', cell: one }));
    const share = matrixOnly ? 1 : MATRIX_SHARE;
    const played = await this.play(tasks, (_, { reached }) => void (unreached += reached === false ? 1 : 0), share);
    const not = unreached === 0 ? '' : `, ${unreached} of them met no such call this time`;
    say(`matrix: ${played} cells played${not} (${this.seconds} s)`);
    if (played < chosen.length) say(`matrix: stopped, ${chosen.length - played} cells were NOT played`);
  }

  async playSeeds(): Promise<void> {
    const { seed, seeds, from, gateways } = this.#options;
    const chosen = seed === undefined ? Array.from({ length: seeds }, (_, index) => from + index) : [seed];
    const withLog = seed !== undefined;
    const played = await this.play(
      chosen.map((one): Task => ({ kind: 'seed', seed: one, gateway: gatewayOf(one, gateways), withLog })),
      (_, { told }) => told?.forEach((line) => say(line.trimEnd())),
    );
    const by = chosen.map((one) => ({ gateway: gatewayOf(one, gateways) }));
    say(`schedules: ${played} of ${count(by, gateways)} from seed ${chosen[0]} played (${this.seconds} s)`);
    if (played < chosen.length) say(`schedules: stopped, ${chosen.length - played} seeds were NOT played`);
  }

  conclude(): void {
    for (const line of this.#coverage.report()) say(line);
    say(`${this.violations} violations, ${this.seconds} s`);
  }
}

const options = readOptions(process.argv.slice(2));
const session = new Session(options);
if (options.mutants) process.exitCode = (await huntMutants(say, () => session.mayGoOn(), stopped.signal)) ? 0 : 1;
else {
  if (options.seed === undefined && !options.seedsOnly) await session.playMatrix();
  if (options.cell === undefined && !options.matrixOnly) await session.playSeeds();
  session.conclude();
  process.exitCode = session.violations === 0 ? 0 : 1;
}
if (stopped.signal.aborted) process.exitCode = 130;
