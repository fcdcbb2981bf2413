import { settingsRows } from '#shared/http/contracts/settings.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toNoticeBody } from '#shared/http/wire/settings.ts';

const SHOWN = 50;

export const handler = endpoint(settingsRows.listNotices, async ({ caller }, { notices }) => {
  const newest = await notices.newest(caller.companyId, SHOWN);
  return { status: 200, body: { avisos: newest.map(toNoticeBody) } };
});
