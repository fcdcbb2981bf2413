import { myCompanyRows } from '#shared/http/contracts/my-company.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { modifiedFields } from '#shared/http/wire/modified-fields.ts';
import { toConfiguredBody } from '#shared/http/wire/my-company.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { requireCompany } from '#shared/tenants/company.ts';
import { replaceMercadoPago, sealTelegram } from '#shared/tenants/credentials.ts';

export const handler = endpoint(myCompanyRows.configureCredentials, async ({ caller, body }, services) => {
  const { companyId } = caller;
  const { companies } = services;
  const company = await requireCompany(companies, companyId);
  if (!company.active) throw new Refusal('company-not-active');

  const mercadoPago = {
    accessToken: body.access_token,
    webhookSecret: body.webhook_secret,
    publicKey: body.public_key,
    mode: body.mode,
  };
  const telegram = {
    botToken: body.telegram_bot_token,
    chatId: body.telegram_chat_id,
    enabled: body.notificaciones_telegram,
  };
  const fields = modifiedFields(mercadoPago, telegram);
  const common = { success: true, empresa: { id: company.id, nombre: company.name } } as const;
  if (fields.length === 0) {
    const message = 'No se enviaron cambios. Credenciales actuales se mantienen.';
    return { status: 200, body: { ...common, message, configurado: toConfiguredBody(company) } };
  }

  const box = services.box('gateway-credentials');
  const sealedTelegram = await sealTelegram(companyId, telegram, services.box('telegram-tokens'));
  await replaceMercadoPago(companyId, mercadoPago, { companies, box, known: company }, sealedTelegram);
  const after = await requireCompany(companies, companyId);
  return {
    status: 200,
    body: {
      ...common,
      message: 'Credenciales actualizadas correctamente',
      campos_modificados: fields,
      configuracion_actual: toConfiguredBody(after),
    },
  };
});
