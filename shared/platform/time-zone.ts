/** Days as people count them, in a time zone of their own. */

/** @param zone an IANA name @returns `2026-11-25` */
export function dayIn(zone: string, at: number): string {
  // The only locale that writes a date as ISO 8601 does.
  return formatIn(zone).format(at);
}

/** @returns milliseconds: when this day begins there; undefined for what is no date */
export function dayBegins(zone: string, day: string): number | undefined {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(midnight)) return undefined;
  // Zones are at most 14 hours from UTC, by whole quarters of an hour; a clock put forward at midnight skips its first hour.
  for (let at = midnight - 14 * HOUR; at <= midnight + 14 * HOUR; at += HOUR / 4)
    if (dayIn(zone, at) === day) return at;
  return undefined;
}

const HOUR = 60 * 60 * 1000;

export function isTimeZone(name: string): boolean {
  try {
    formatIn(name);
    return true;
  } catch {
    return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  formats.set(zone, made);
  return made;
}
