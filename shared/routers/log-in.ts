import type { Logger } from '../platform/logger.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { Secret } from '../security/secret.ts';
import type { Router, RouterStore } from '../store/routers.ts';
import { RouterFault, type RouterSession } from './client.ts';

interface LogInParts {
  readonly routers: RouterStore;
  readonly routerCredentials: SecretBox;
  readonly logger: Logger;
}

type Dial = (username: string, password: Secret) => Promise<RouterSession>;

/**
 * With the credentials in force; if the router refuses those, or there are none, with those of the last kit. These are in
 * force once the router took them: it has run the kit.
 *
 * @throws RouterFault as the transport does
 */
export async function logIn(router: Router, parts: LogInParts, dial: Dial): Promise<RouterSession> {
  const { companyId, username, sealedPassword, pendingUsername, pendingSealedPassword } = router;
  try {
    if (sealedPassword === null) throw new RouterFault('login-refused', 'router has no stored password');
    return await dial(username, await parts.routerCredentials.open(companyId, sealedPassword));
  } catch (error) {
    if (!(error instanceof RouterFault) || error.kind !== 'login-refused') throw error;
    if (pendingUsername === null || pendingSealedPassword === null) throw error;
  }
  const session = await dial(pendingUsername, await parts.routerCredentials.open(companyId, pendingSealedPassword));
  await promote(router, parts);
  return session;
}

/** If the write is lost, or a newer kit was printed meanwhile, they stay pending: the next visit does this again. */
async function promote(router: Router, { routers, logger }: LogInParts): Promise<void> {
  try {
    const promoted = await routers.promotePending(router);
    logger.info('router took the credentials of its kit', { routerId: router.id, promoted });
  } catch (error) {
    logger.error('credentials of a kit not promoted', error, { routerId: router.id });
  }
}
