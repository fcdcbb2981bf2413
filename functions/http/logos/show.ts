import { logoRows } from '#shared/http/contracts/logos.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { logoTypeOf } from '#shared/tenants/logo.ts';

/** A picture and nothing else, whatever a browser takes it for. Its name is random: another logo has another one. */
const headers = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'",
  'cache-control': 'public, max-age=31536000, immutable',
};

export const handler = endpoint(logoRows.show, async ({ params: { file } }, services) => {
  const type = logoTypeOf(file);
  const bytes = type === undefined ? undefined : await (await services.logos('read')).find(file);
  if (type === undefined || !bytes) throw new Refusal('file-not-found');
  return { status: 200, body: bytes, headers: { ...headers, 'content-type': type } };
});
