import { userRows } from '#shared/http/contracts/users.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { askedPage, nextHeaders } from '#shared/http/wire/page.ts';
import { toStaffUser } from '#shared/http/wire/user.ts';

export const handler = endpoint(userRows.list, async ({ query }, { users }) => {
  const filter = { role: query.rol || null, companyId: query.empresa_id || null };
  const asked = askedPage(query);
  if (!asked) return { status: 200, body: (await users.list(filter)).map(toStaffUser) };
  const page = await users.page(filter, asked.after, asked.limit);
  return { status: 200, body: page.items.map(toStaffUser), headers: nextHeaders(page) };
});
