/**
 * Trust on first use: the certificate a router shows when it is logged in to for the first time is the one it has to show
 * from then on. Editing its address or its login begins anew (tenants/edit-router.ts).
 */
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Router, RouterStore } from '../store/routers.ts';
import { RouterFault, type RouterSession, type RouterTarget, type RouterTransport } from './client.ts';

interface Parts {
  readonly transport: RouterTransport;
  readonly routers: RouterStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** @throws RouterFault as `RouterTransport.connect` */
export async function connectPinned(
  router: Router,
  target: Omit<RouterTarget, 'pinned'>,
  deadlineMs: number,
  parts: Parts,
): Promise<RouterSession> {
  try {
    const session = await parts.transport.connect({ ...target, pinned: router.certFingerprint }, deadlineMs);
    await remember(router, session.fingerprint, parts);
    return session;
  } catch (error) {
    if (error instanceof RouterFault && error.kind === 'certificate-changed') await tell(router, parts);
    throw error;
  }
}

/** What cannot be written now is written at the next visit. */
async function remember(router: Router, fingerprint: string | null, { routers, logger }: Parts): Promise<void> {
  if (fingerprint === null || (router.certFingerprint !== null && router.certChangedAt === null)) return;
  try {
    await routers.pinCertificate(router, fingerprint);
  } catch (error) {
    logger.error('certificate not pinned', error, { routerId: router.id });
  }
}

/** Once, until the pinned one is seen again or the router is edited. */
async function tell(router: Router, { routers, clock, logger }: Parts): Promise<void> {
  if (router.certChangedAt !== null) return;
  try {
    if (await routers.reportChangedCertificate(router, clock.now()))
      logger.warn('router shows another certificate', { routerId: router.id, alarm: 'router-certificate-changed' });
  } catch (error) {
    // The next visit is refused as well.
    logger.error('changed certificate not told', error, { routerId: router.id, alarm: 'router-certificate-changed' });
  }
}
