import { readNotice, verifySignature } from '#shared/gateways/mercado-pago/webhook.ts';
import { webhookRows } from '#shared/http/contracts/webhooks.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { rawBody, webhookReceived } from '#shared/http/wire/webhook.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { receiveWebhook } from '#shared/purchases/receive-webhook.ts';

export const handler = endpoint(webhookRows.mercadoPago, async ({ event, headers, receivedAt, logger }, services) => {
  const notice = readNotice(event.queryStringParameters ?? {}, rawBody(event).toString('utf8'));
  const { companies, purchases, hints } = services;
  const heard = await receiveWebhook(
    { ...notice, gateway: 'mercado-pago', gatewayId: notice.paymentId },
    async ({ id, mercadoPago: { sealedWebhookSecret } }) => {
      if (sealedWebhookSecret === null) return 'unverifiable';
      return verifySignature({
        header: headers['x-signature'],
        requestId: headers['x-request-id'],
        dataId: notice.dataId,
        secret: await services.box('gateway-credentials').open(id, sealedWebhookSecret),
        now: receivedAt,
      });
    },
    { companies, purchases, hints, logger },
  );
  if (heard === 'forged') throw new Refusal('webhook-forged');
  return webhookReceived(receivedAt);
});
