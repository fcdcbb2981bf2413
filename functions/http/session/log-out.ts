import { sessionRows } from '#shared/http/contracts/session.ts';
import { endpoint } from '#shared/http/endpoint.ts';

/** Tokens are not listed anywhere, so one cannot be ended alone: every session of the user is over. */
export const handler = endpoint(sessionRows.logOut, async ({ caller }, { users }) => {
  await users.endSessions(caller.user.id);
  return { status: 200, body: { message: 'Sesión cerrada exitosamente' } };
});
