import { webhookSettingsRows } from '#shared/http/contracts/webhook-settings.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toTransactionBody } from '#shared/http/wire/webhook-settings.ts';
import { lookUpByReference } from '#shared/purchases/look-up.ts';

export const handler = endpoint(webhookSettingsRows.showTransaction, async ({ caller, params }, services) => {
  const found = await lookUpByReference(params.external_reference, caller.user, services);
  return { status: 200, body: toTransactionBody(found) };
});
