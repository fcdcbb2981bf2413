import { myCompanyRows } from '#shared/http/contracts/my-company.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toContactBody } from '#shared/http/wire/my-company.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { sealTelegram } from '#shared/tenants/credentials.ts';

export const handler = endpoint(myCompanyRows.update, async ({ caller, body }, services) => {
  const { companyId } = caller;
  const telegram = {
    botToken: body.telegram_bot_token,
    chatId: body.telegram_chat_id,
    enabled: body.notificaciones_telegram,
  };
  const company = await services.companies.update(
    companyId,
    { name: body.nombre, contactEmail: body.contacto_email, contactPhone: body.contacto_telefono },
    await sealTelegram(companyId, telegram, services.box('telegram-tokens')),
  );
  if (!company) throw new Refusal('company-not-found');
  const message = 'Información de la empresa actualizada correctamente';
  return { status: 200, body: { message, empresa: toContactBody(company) } };
});
