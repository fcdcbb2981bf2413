import type { Faults } from './faults.ts';

/** How many hotspot users a licence lets be active at once, by its level (routeros.md 4.3, rule 10). */
const ACTIVE_USERS = { 3: 1, 4: 200, 5: 500, 6: Infinity } as const;

/** The level of the simulated board where no fault says another. */
const DEFAULT_LEVEL = 6;

export function licenceLevel(faults: Faults): keyof typeof ACTIVE_USERS {
  return faults.last('licence')?.level ?? DEFAULT_LEVEL;
}

export const activeUsersAllowed = (faults: Faults): number => ACTIVE_USERS[licenceLevel(faults)];
