import type { Properties } from './queries.ts';
import { hasTrait } from './version.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * The row of `/system/clock`.
 *
 * @param utcMs what the router takes for the time
 */
export function clockRow(utcMs: number, offsetMinutes: number, version: string): Properties {
  const [date = '', rest = ''] = new Date(utcMs + offsetMinutes * 60_000).toISOString().split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  const distance = Math.abs(offsetMinutes);
  const twoDigits = (number: number): string => String(number).padStart(2, '0');
  return {
    time: rest.slice(0, 8),
    date: hasTrait(version, 'dates-in-numbers') ? date : `${MONTHS[Number(month) - 1]}/${day}/${year}`,
    'time-zone-autodetect': 'true',
    'time-zone-name': 'manual',
    'gmt-offset': `${offsetMinutes < 0 ? '-' : '+'}${twoDigits(Math.trunc(distance / 60))}:${twoDigits(distance % 60)}`,
    'dst-active': 'false',
  };
}
