import { logoRows } from '#shared/http/contracts/logos.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { judgePicture, replaceLogo } from '#shared/tenants/logo.ts';

export const handler = endpoint(logoRows.upload, async ({ caller, body: { file }, logger }, services) => {
  const picture = judgePicture(file.name, Buffer.from(await file.arrayBuffer()));
  const parts = { companies: services.companies, logos: await services.logos('write'), logger };
  const logo_url = await replaceLogo(parts, caller.companyId, picture);
  return { status: 200, body: { message: 'Logo actualizado correctamente', logo_url } };
});
