import { describe, expect, it } from 'vitest';
import { dayBegins, dayIn, isTimeZone } from '#shared/platform/time-zone.ts';

describe('days in a time zone', () => {
  it('begin when the people there say so', () => {
    expect(dayIn('America/Mexico_City', Date.UTC(2026, 10, 25, 5, 59))).toBe('2026-11-24');
    expect(dayIn('America/Mexico_City', Date.UTC(2026, 10, 25, 6))).toBe('2026-11-25');
    expect(dayIn('America/Tijuana', Date.UTC(2026, 6, 1, 6, 59))).toBe('2026-06-30');
  });

  it.each([
    ['America/Mexico_City', '2026-11-25', Date.UTC(2026, 10, 25, 6)],
    ['America/Tijuana', '2026-07-01', Date.UTC(2026, 6, 1, 7)],
    ['America/Caracas', '2026-01-01', Date.UTC(2026, 0, 1, 4)],
    ['UTC', '2026-02-28', Date.UTC(2026, 1, 28)],
    ['Asia/Kathmandu', '2026-02-28', Date.UTC(2026, 1, 27, 18, 15)],
    // The clock goes from 23:59:59 to 01:00:00 there on that night.
    ['America/Santiago', '2026-09-06', Date.UTC(2026, 8, 6, 4)],
  ])('of %s: %s', (zone, day, begins) => {
    expect(dayBegins(zone, day)).toBe(begins);
  });

  it('are none of what is no date, and zones none of what is no zone', () => {
    expect(dayBegins('UTC', 'yesterday')).toBeUndefined();
    expect(dayBegins('UTC', '2026-13-01')).toBeUndefined();
    expect(isTimeZone('America/Mexico_City')).toBe(true);
    expect(isTimeZone('Mexico')).toBe(false);
    expect(isTimeZone('')).toBe(false);
  });
});
