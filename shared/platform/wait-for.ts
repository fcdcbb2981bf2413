import { type Clock, pause } from './clock.ts';

const FIRST_READ_MS = 15;
const READ_GROWTH = 1.6;
const SLOWEST_READ_MS = 500;

/**
 * Reads again and again, ever slower, until `read` gives something or the time is over.
 *
 * @param until milliseconds, absolute
 */
export async function waitFor<T>(
  read: () => Promise<T | undefined>,
  until: number,
  clock: Clock,
): Promise<T | undefined> {
  for (let delayMs = FIRST_READ_MS; ; delayMs = Math.min(delayMs * READ_GROWTH, SLOWEST_READ_MS)) {
    const left = until - clock.now();
    if (left <= 0) return undefined;
    await pause(Math.min(delayMs, left));
    const found = await read();
    if (found !== undefined) return found;
  }
}
