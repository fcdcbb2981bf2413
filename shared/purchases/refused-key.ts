import type { DeclineReason } from '../gateways/gateway.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { NoticeStore } from '../store/notices.ts';
import type { Purchase } from '../store/purchases.ts';

interface Parts {
  readonly notices: NoticeStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The gateways' words for a key that is wrong, replaced or not allowed to charge (contract 7.2, 7.3). */
const keyReasons: ReadonlySet<DeclineReason> = new Set([
  'authentication_error',
  'invalid_api_key',
  'unauthorized_request',
  'mp:authentication_error',
  'mp:invalid_access_token',
]);

/** A sale ended because of the key. */
export const isKeyRefusal = ({ state, refusal }: Purchase): boolean =>
  state === 'declined' && refusal !== null && keyReasons.has(refusal.reason);

/**
 * A gateway that does not take the company's key sells nothing, and tells nothing of what was sold, until somebody looks: the
 * operator is told, once a day for each gateway. Never throws, for whoever noticed has something better to do.
 */
export async function tellOfRefusedKey({ id, companyId, gateway }: Purchase, parts: Parts): Promise<void> {
  const { notices, clock, logger } = parts;
  const now = clock.now();
  try {
    const since = now - (now % DAY_MS);
    if (await notices.add(companyId, { kind: 'key-refused', gateway, since, createdAt: now }))
      logger.warn('gateway refuses the key', { companyId, gateway, purchaseId: id, alarm: 'gateway-key-refused' });
  } catch (error) {
    logger.error('refused key not told', error, { companyId, gateway });
  }
}
