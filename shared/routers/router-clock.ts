/** What a router's own clock shows, as its API prints it (routeros.md 4.4). Null where it does not say. */
export interface RouterClock {
  /** `jul/14/2023` before 7.10, `2023-07-14` since. */
  readonly date: string | null;
  /** `13:05:09`, local to the router. */
  readonly time: string | null;
  /** `-06:00`; some versions print seconds, below zero as an unsigned number of 32 bits. */
  readonly gmtOffset: string | null;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const NAMED = /^([a-z]{3})\/(\d{1,2})\/(\d{4})$/i;
const NUMBERED = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{1,2}):(\d{2}):(\d{2})$/;
const OFFSET = /^([+-]?)(\d{1,2}):(\d{2})(?::\d{2})?$/;

/**
 * How far a router's clock is ahead of ours, in seconds; below zero when it is behind.
 *
 * @param now ours, milliseconds
 * @returns null when its clock, or the offset of its time zone, cannot be read
 */
export function clockErrorSeconds({ date, time, gmtOffset }: RouterClock, now: number): number | null {
  const day = dayOf(date ?? '');
  const [, hours, minutes, seconds] = TIME.exec(time ?? '') ?? [];
  const offset = offsetSeconds(gmtOffset ?? '');
  if (day === undefined || hours === undefined || offset === undefined) return null;
  const local = day / 1000 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return Math.round(local - offset - now / 1000);
}

function dayOf(date: string): number | undefined {
  const named = NAMED.exec(date);
  if (named) {
    const month = MONTHS.indexOf((named[1] ?? '').toLowerCase());
    return month < 0 ? undefined : Date.UTC(Number(named[3]), month, Number(named[2]));
  }
  const [, year, month, day] = NUMBERED.exec(date) ?? [];
  return year === undefined ? undefined : Date.UTC(Number(year), Number(month) - 1, Number(day));
}

function offsetSeconds(text: string): number | undefined {
  if (/^-?\d+$/.test(text)) return Number(text) | 0;
  const [, sign, hours, minutes] = OFFSET.exec(text) ?? [];
  if (hours === undefined) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}
