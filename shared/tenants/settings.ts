/** What a company may set for itself, and what holds where it did not. */
import { DELIVERY_DEADLINE_MS } from '../purchases/purchase-schedule.ts';
import type { Company } from '../store/companies.ts';

const MINUTE = 60_000;
export const DEFAULT_TIME_ZONE = 'America/Mexico_City';
/** How long a buyer's name, e-mail, phone and device are kept: a dispute may come after more than a year. */
const DEFAULT_RETENTION_MONTHS = 18;

/** Of a buyer whose access does not come: in minutes. Less would give back what a router's reboot delays. */
export const DELIVERY_DEADLINE_MINUTES = { min: 5, max: 60 } as const;
export const RETENTION_MONTHS = { min: 1, max: 120 } as const;

export const deliveryDeadlineMs = ({ deliveryDeadlineMinutes }: Company): number =>
  deliveryDeadlineMinutes === undefined ? DELIVERY_DEADLINE_MS : deliveryDeadlineMinutes * MINUTE;

/** An IANA name, in which the company's days begin and end. */
export const timeZoneOf = (company: Pick<Company, 'timeZone'> | undefined): string =>
  company?.timeZone ?? DEFAULT_TIME_ZONE;

export const retentionMonths = (company: Company): number => company.retentionMonths ?? DEFAULT_RETENTION_MONTHS;
