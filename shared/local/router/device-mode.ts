import type { Faults } from './faults.ts';
import type { Properties } from './queries.ts';

/** What most boards' factory mode forbids since 7.17; `home` forbids more than the others (routeros.md 0, no. 7). */
const FORBIDDEN = { home: ['hotspot', 'scheduler', 'fetch'], basic: ['hotspot'], advanced: [] } as const;

/** The row of `/system/device-mode`, as far as it concerns us. */
export function deviceModeRow(faults: Faults): Properties {
  const mode = faults.last('device-mode') ? 'home' : faults.last('hotspot-inactivated') ? 'basic' : 'advanced';
  const forbidden: readonly string[] = FORBIDDEN[mode];
  const allows = (feature: string): string => String(!forbidden.includes(feature));
  return {
    mode,
    flagged: 'false',
    'flagging-enabled': 'true',
    scheduler: allows('scheduler'),
    fetch: allows('fetch'),
    hotspot: allows('hotspot'),
    'attempt-count': '0',
  };
}
