import { readEvent, verifyDigest } from '#shared/gateways/conekta/webhook.ts';
import { webhookRows } from '#shared/http/contracts/webhooks.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { rawBody, webhookReceived } from '#shared/http/wire/webhook.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { receiveWebhook } from '#shared/purchases/receive-webhook.ts';

export const handler = endpoint(webhookRows.conekta, async (request, { companies, purchases, hints }) => {
  const { params, event, headers, receivedAt, logger } = request;
  const body = rawBody(event);
  const said = readEvent(body.toString('utf8'));
  const heard = await receiveWebhook(
    {
      gateway: 'conekta',
      companyId: params.empresa_id,
      purchaseId: said?.purchaseId ?? null,
      gatewayId: said?.orderRef ?? null,
      approvedId: said?.approvedId ?? null,
    },
    ({ conekta: { webhook } }) =>
      Promise.resolve(webhook ? verifyDigest(body, headers['digest'], webhook.publicKeyPem) : 'unverifiable'),
    { companies, purchases, hints, logger },
  );
  if (heard === 'forged') throw new Refusal('webhook-forged');
  return webhookReceived(receivedAt);
});
