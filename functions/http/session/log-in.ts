import { sessionRows } from '#shared/http/contracts/session.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { zonelessTime } from '#shared/http/wire/timestamp.ts';
import { toSessionUser } from '#shared/http/wire/user.ts';
import { logIn } from '#shared/tenants/session.ts';

export const handler = endpoint(sessionRows.logIn, async ({ body }, services) => {
  const { user, token, expiresAt } = await logIn(services, body.email, body.password);
  return {
    status: 200,
    body: {
      access_token: token.reveal(),
      token_type: 'bearer',
      expires_at: zonelessTime(expiresAt),
      user: toSessionUser(user),
    },
  };
});
