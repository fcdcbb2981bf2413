import { settingsRows } from '#shared/http/contracts/settings.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toSettingsBody } from '#shared/http/wire/settings.ts';
import { Refusal } from '#shared/platform/refusal.ts';

export const handler = endpoint(settingsRows.update, async ({ caller, body }, { companies }) => {
  const company = await companies.update(caller.companyId, {
    declineLimitOfEmail: body.limite_rechazos_email,
    declineLimitOnRouter: body.limite_rechazos_router,
    deliveryDeadlineMinutes: body.plazo_entrega_minutos,
    timeZone: body.zona_horaria,
    colour: body.color,
    supportContact: body.contacto_soporte,
    retentionMonths: body.retencion_meses,
  });
  if (!company) throw new Refusal('company-not-found');
  return { status: 200, body: toSettingsBody(company) };
});
