/** Processes that play: each with a world of its own, since a world takes over its process's wires. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Tally } from './coverage.ts';
import type { GatewayName } from '#shared/gateways/gateway.ts';
import type { Cell, Stage } from './matrix.ts';
import type { Healing } from './world.ts';

export type Task =
  | { readonly kind: 'list'; readonly stage: Stage }
  | { readonly kind: 'cell'; readonly cell: Cell }
  | { readonly kind: 'seed'; readonly seed: number; readonly gateway: GatewayName; readonly withLog: boolean };

export interface Report {
  readonly broken: readonly string[];
  readonly tally: Tally;
  /** For `list`. */
  readonly cells?: readonly Cell[];
  /** For `cell`: whether the call was made at all. */
  readonly reached?: boolean;
  /** For `seed`: the plan, and what was logged. */
  readonly told?: readonly string[];
}

/** A world grows slower with its books; a new one takes a fraction of a second. */
const TASKS_EACH = 600;
/** Nothing takes this long but a run that hangs. */
const TASK_WITHIN_MS = 120_000;

/**
 * Plays all tasks, a few at a time.
 *
 * @param mayGoOn asked before each task
 * @returns how many were played
 */
export async function playAll(
  tasks: readonly Task[],
  { workers, ...healing }: { readonly workers: number } & Healing,
  mayGoOn: () => boolean,
  heard: (task: Task, report: Report) => void,
): Promise<number> {
  let next = 0;
  let played = 0;
  const lane = async (): Promise<void> => {
    while (next < tasks.length && mayGoOn()) {
      const member = new Member(healing);
      try {
        for (let own = 0; own < TASKS_EACH && mayGoOn(); own += 1) {
          const task = tasks[next++];
          if (!task) break;
          const report = await member.play(task);
          played += 1;
          heard(task, report);
          if (member.gone) break;
        }
      } finally {
        await member.dismiss();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, tasks.length) }, lane));
  return played;
}

class Member {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  gone = false;

  constructor({ comparison, reconcile }: Healing) {
    const file = fileURLToPath(new URL('crew-member.ts', import.meta.url));
    const heals = [...(comparison ? ['comparison'] : []), ...(reconcile ? ['reconcile'] : [])];
    this.#process = fork(file, heals, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#ended = new Promise((resolve) => this.#process.once('exit', () => resolve()));
  }

  play(task: Task): Promise<Report> {
    return new Promise((resolve) => {
      const fail = (why: string) => (): void => {
        this.gone = true;
        this.#process.kill();
        done({ broken: [why], tally: { transitions: {}, sites: {} } });
      };
      const crashed = fail('the process that played it ended');
      const timer = setTimeout(fail('it hangs'), TASK_WITHIN_MS);
      const done = (report: Report): void => {
        clearTimeout(timer);
        this.#process.off('exit', crashed);
        this.#process.off('message', done);
        resolve(report);
      };
      this.#process.once('exit', crashed);
      this.#process.once('message', done);
      this.#process.send(task);
    });
  }

  async dismiss(): Promise<void> {
    if (!this.gone) this.#process.disconnect();
    await this.#ended;
  }
}
