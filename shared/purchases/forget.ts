/** Personal data of buyers: how long it is kept, and whose it is. Rows of money stay, without the person. */
import { firstPurchaseId } from '../platform/ids.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { canonicalMac } from '../routers/mac-address.ts';
import type { CompanyStore } from '../store/companies.ts';
import type { Forget, ForgetStore, ForgetSubject } from '../store/forgets.ts';
import type { Purchase, PurchaseStore } from '../store/purchases.ts';
import { retentionMonths } from '../tenants/settings.ts';
import { openStates } from './purchase.ts';

export interface ForgetParts {
  readonly forgets: ForgetStore;
  readonly purchases: PurchaseStore;
  readonly companies: CompanyStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

const DAY_MS = 24 * 60 * 60_000;
/** A charge that may still come needs the buyer's e-mail; it is known how it ends long before then. */
const OPEN_AGAIN_MS = 5 * 60_000;
const PAGE = 100;
/** Of a company with years of sales the rest comes with the next sweeps. */
const PAGES_AT_ONCE = 10;

/** Goes on with a walk that is due. Safe to run twice at once: one of the two gets on. */
export async function walkAndForget(before: Forget, parts: ForgetParts): Promise<void> {
  const { forgets, companies, clock, logger } = parts;
  const { companyId, subject } = before;
  if (!subject) return;
  const now = clock.now();
  const company = await companies.find(companyId);
  if (!company) return;
  const untilId =
    subject.kind === 'old' ? firstPurchaseId(monthsBefore(now, retentionMonths(company))) : before.untilId;
  const walked = await walk({ ...before, untilId }, subject, parts);
  const forgotten = before.forgotten + walked.forgotten;
  const isAtEnd = walked.nextId >= untilId;
  const fromId = walked.openId ?? walked.nextId;
  const isOver = isAtEnd && walked.openId === undefined;
  const rest = isAtEnd ? OPEN_AGAIN_MS : 0;
  const changes =
    isOver && subject.kind !== 'old'
      ? { subject: null, endedAt: now, dueAt: null }
      : { dueAt: now + (isOver ? DAY_MS : rest) };
  if (walked.forgotten > 0) logger.info('buyers forgotten', { companyId, count: walked.forgotten });
  await forgets.advance(before, { fromId, untilId, forgotten, ...changes });
}

interface Walked {
  readonly nextId: number;
  readonly forgotten: number;
  /** The first whose charge may still come: it has to be looked at again. */
  readonly openId: number | undefined;
}

async function walk(
  { companyId, fromId, untilId }: Forget,
  subject: ForgetSubject,
  { purchases, clock }: ForgetParts,
): Promise<Walked> {
  let nextId = fromId;
  let forgotten = 0;
  let openId: number | undefined;
  for (let page = 0; page < PAGES_AT_ONCE && nextId < untilId; page += 1) {
    const found = await purchases.inRange(companyId, nextId, untilId - 1, PAGE);
    for (const purchase of found.filter((one) => one.forgottenAt === null && isAbout(one, subject))) {
      // One that moves at this moment is looked at again.
      if (!openStates.has(purchase.state) && (await purchases.forget(purchase, clock.now()))) forgotten += 1;
      else openId ??= purchase.id;
    }
    nextId = found.length < PAGE ? untilId : (found.at(-1)?.id ?? nextId) + 1;
  }
  return { nextId, forgotten, openId };
}

function isAbout({ customer, macAddress }: Purchase, subject: ForgetSubject): boolean {
  switch (subject.kind) {
    case 'old':
      return true;
    case 'email':
      return customer.email.toLowerCase() === subject.value.toLowerCase();
    case 'phone':
      return customer.phone !== null && national(customer.phone) === national(subject.value);
    case 'mac':
      return macAddress !== null && canonicalMac(macAddress) === canonicalMac(subject.value);
  }
}

/** With or without the country's code, and however it is spaced. */
const national = (phone: string): string => phone.replace(/\D/g, '').slice(-10);

/** The same time of the same day, so many months before; of a month that is shorter its last day or the next one's first. */
function monthsBefore(now: number, months: number): number {
  const date = new Date(now);
  date.setUTCMonth(date.getUTCMonth() - months);
  return date.getTime();
}
