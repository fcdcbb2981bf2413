export interface Stoppable {
  stop(): Promise<void>;
}

/** Doors close first, so that what is under way can still be finished; then the engines; the folder's lock goes last. */
const order = ['door', 'engine', 'lock'] as const;
type Rank = (typeof order)[number];

/** What has to be stopped again. */
export class Running {
  readonly #parts: { readonly rank: Rank; readonly part: Stoppable }[] = [];
  readonly #starting: Promise<unknown>[] = [];
  #stopped: Promise<void> | undefined;

  add(rank: Rank, part: Stoppable): void {
    this.#parts.push({ rank, part });
  }

  /** Parts start side by side; one that comes up after another has failed is stopped too. */
  async start<Part extends Stoppable>(rank: Rank, starting: Promise<Part>): Promise<Part> {
    this.#starting.push(starting);
    const part = await starting;
    this.add(rank, part);
    return part;
  }

  get isStopping(): boolean {
    return this.#stopped !== undefined;
  }

  stop(): Promise<void> {
    return (this.#stopped ??= this.#stopAll());
  }

  async #stopAll(): Promise<void> {
    await Promise.allSettled(this.#starting);
    for (const rank of order) {
      const parts = this.#parts.filter((one) => one.rank === rank);
      await Promise.allSettled(parts.map(({ part }) => part.stop()));
    }
  }
}
